"""Hosts of agencies: invited by the agency or the operator, with it by their own consent.

Whoever changes a host's time with an agency has locked all that is open of that host's: so two invitations that are
accepted at once make one membership.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from liveroom.domain.accounts.sessions import Actor
from liveroom.domain.accounts.users import User, present
from liveroom.domain.agencies.failures import AgencyJoined, AgencyNotFound, AgencyNotJoined, InvitationNotFound
from liveroom.domain.agencies.model import HOSTS_MAX, Agency, AgencyId, AgencyState, Membership, MembershipState
from liveroom.domain.errors import QuotaExceeded
from liveroom.domain.events import agencies as agency_events
from liveroom.domain.events.records import NewEvent, of_user
from liveroom.domain.ids import TenantName, UserId, new_id
from liveroom.domain.operators.caller import Operator
from liveroom.domain.payloads import wire_time
from liveroom.ports import Clock, Database, Tx
from liveroom.usecases.events.recorder import EventRecorder

_AGENCY: Final = "agency"
_OVER: Final = (MembershipState.LEFT, MembershipState.WITHDRAWN)
_REMEMBERED: Final = 50
"""How many of a host's invitations are looked at for one that was answered before."""


@dataclass(frozen=True, slots=True)
class AgencyHosts:
    """Invites hosts, takes their answers, and lets them go."""

    db: Database
    clock: Clock
    recorder: EventRecorder
    notice: timedelta
    """How long a host is with the agency still after they have left."""

    async def invite(self, caller: Actor | Operator, id: AgencyId, host: UserId) -> Membership:
        """Invite a host; return the open invitation, or the membership of who is with the agency already.

        Raises ``AgencyNotFound`` (also for whoever is not its owner), ``UserNotFound``, ``QuotaExceeded``.
        """
        tenant, by = caller.tenant.name, _name_of(caller)

        async def work(tx: Tx) -> Membership:
            agency, now = _open(await tx.agencies.lock(id), caller), self.clock.now()
            user = present(await tx.users.get(host), tenant)
            known = [one for one in await tx.agencies.lock_host(user.id) if one.agency == agency.id]
            found = next((one for one in known if one.state is MembershipState.INVITED or one.is_with(now)), None)
            if found is not None:
                return found
            if await tx.agencies.open_count(agency.id) >= HOSTS_MAX:
                raise QuotaExceeded(f"an agency has at most {HOSTS_MAX} hosts")
            made = Membership(new_id(now), tenant, agency.id, user.id, MembershipState.INVITED, now, by)
            await self._put(tx, made, agency_events.invited(made, now))
            return made

        return await self.db.transact(work)

    async def accept(self, actor: Actor, id: str) -> Membership:
        """Have the caller join the agency that has invited them.

        Raises ``InvitationNotFound``, ``AgencyNotFound`` (closed since); ``AgencyJoined`` for who is with another.
        """

        async def work(tx: Tx) -> Membership:
            now, open = self.clock.now(), await tx.agencies.lock_host(actor.user)
            invitation = next((one for one in open if one.id == id), None)
            if invitation is None:
                raise InvitationNotFound
            if invitation.state is MembershipState.JOINED:
                return invitation
            agency = _open(await tx.agencies.get(invitation.agency), None)
            await self._free(tx, open, now)
            joined = replace(invitation, state=MembershipState.JOINED, terms=agency.terms, decided=now)
            await self._put(tx, joined, agency_events.joined(joined, now))
            return joined

        return await self.db.transact(work)

    async def refuse(self, actor: Actor, id: str) -> None:
        """Have the caller refuse an invitation; again changes nothing. Raises ``InvitationNotFound``."""

        async def work(tx: Tx) -> None:
            await tx.agencies.lock_host(actor.user)
            known = await tx.agencies.of_host(actor.user, _REMEMBERED)
            invitation = next((one for one in known if one.id == id), None)
            if invitation is not None and invitation.state is MembershipState.REFUSED:
                return
            if invitation is None or invitation.state is not MembershipState.INVITED:
                raise InvitationNotFound
            refused = replace(invitation, state=MembershipState.REFUSED, decided=self.clock.now())
            await tx.agencies.put_membership(refused)

        await self.db.transact(work)

    async def leave(self, actor: Actor) -> Membership:
        """Have the caller leave their agency once the notice is over; again changes nothing. Raises
        ``AgencyNotJoined``.
        """

        async def work(tx: Tx) -> Membership:
            now = self.clock.now()
            current = next((one for one in await tx.agencies.lock_host(actor.user) if one.is_with(now)), None)
            if current is None:
                raise AgencyNotJoined
            if current.ends is not None:
                return current
            return await self._end(tx, current, now + self.notice, now)

        return await self.db.transact(work)

    async def dismiss(self, caller: Actor | Operator, id: AgencyId, host: UserId) -> Membership:
        """Let a host go at once, or withdraw their invitation; again changes nothing.

        Raises ``AgencyNotFound``, ``AgencyNotJoined``.
        """

        async def work(tx: Tx) -> Membership:
            agency, now = _own(await tx.agencies.get(id), caller), self.clock.now()
            found = [one for one in await tx.agencies.lock_host(host) if one.agency == agency.id]
            if found:
                return await self._end(tx, found[-1], now, now)
            known = (one for one in await tx.agencies.of_host(host, _REMEMBERED) if one.agency == agency.id)
            over = next((one for one in known if one.state in _OVER), None)
            if over is None:
                raise AgencyNotJoined
            return over

        return await self.db.transact(work)

    async def end_in(self, tx: Tx, user: User) -> None:
        """End what is open of a user's, within the transaction that deletes them."""
        now = self.clock.now()
        for one in await tx.agencies.lock_host(user.id):
            await self._end(tx, one, now, now)

    async def end_some(self, agency: AgencyId, after: str, limit: int) -> str:
        """End what is open of a closed agency's, some at a time; return the cursor of the next ones, "" at the end."""
        found = await self.db.agencies.open_of(agency, after, limit)

        async def work(tx: Tx) -> None:
            now = self.clock.now()
            for host in sorted({one.host for one in found}):
                for one in await tx.agencies.lock_host(host):
                    if one.agency == agency:
                        await self._end(tx, one, now, now)

        await self.db.transact(work)
        return found[-1].id if len(found) == limit else ""

    async def _free(self, tx: Tx, open: Sequence[Membership], now: datetime) -> None:
        """Note that a host has left the agency that they were with. Raises ``AgencyJoined`` if they are still."""
        for one in open:
            if one.state is not MembershipState.JOINED:
                continue
            agency = await tx.agencies.get(one.agency)
            is_open = agency is not None and agency.state is AgencyState.OPEN
            if is_open and one.is_with(now):
                raise AgencyJoined("" if one.ends is None else wire_time(one.ends))
            await tx.agencies.put_membership(replace(one, state=MembershipState.LEFT, ends=one.ends or now))

    async def _end(self, tx: Tx, one: Membership, ends: datetime, now: datetime) -> Membership:
        if one.state is MembershipState.INVITED:
            ended = replace(one, state=MembershipState.WITHDRAWN)
            await tx.agencies.put_membership(ended)
            return ended
        state = MembershipState.LEFT if ends <= now else MembershipState.JOINED
        ended = replace(one, state=state, ends=ends if one.ends is None else min(one.ends, ends))
        await self._put(tx, ended, agency_events.left(ended, now))
        return ended

    async def _put(self, tx: Tx, membership: Membership, event: NewEvent) -> None:
        await tx.agencies.put_membership(membership)
        await self.recorder.record(tx, membership.tenant, of_user(membership.host), [event])


def own_agency(agency: Agency | None, tenant: TenantName, owner: UserId | None) -> Agency:
    """Return an agency of the tenant's that the caller may see: a user (``owner``) their own. Raises
    ``AgencyNotFound``.
    """
    if agency is None or agency.tenant != tenant or (owner is not None and agency.owner != owner):
        raise AgencyNotFound
    return agency


def _own(agency: Agency | None, caller: Actor | Operator) -> Agency:
    return own_agency(agency, caller.tenant.name, caller.user if isinstance(caller, Actor) else None)


def _open(agency: Agency | None, caller: Actor | Operator | None) -> Agency:
    found = agency if caller is None else _own(agency, caller)
    if found is None or found.state is not AgencyState.OPEN:
        raise AgencyNotFound
    return found


def _name_of(caller: Actor | Operator) -> str:
    return _AGENCY if isinstance(caller, Actor) else caller.actor
