"""Entering a room, and opening it that way.

Admission is one function of the live store; an enter goes through the user's bucket, then the room's. A refusal takes
the presence entry back; a crash between the two leaves at most an index entry without a member (LIVE.md 1).
"""

import asyncio
from dataclasses import dataclass

from liveroom import faults
from liveroom.domain.accounts.sessions import Actor
from liveroom.domain.accounts.users import Profile
from liveroom.domain.errors import (
    BadRequest,
    Failure,
    PasswordMissing,
    PasswordWrong,
    PermissionDenied,
    RoomConcealed,
    RoomNotFound,
)
from liveroom.domain.follows.blocks import MANY
from liveroom.domain.ids import EntryId, RoomId, StayId, UserId, new_id
from liveroom.domain.presence.members import PresenceEntry, Role, wanted_role
from liveroom.domain.presence.signs import Heartbeat
from liveroom.domain.rooms.model import Policies, RoomChanges
from liveroom.ports import Admission, ClaimedPresence, Clock, Database, Entered, Live, PresenceClaim
from liveroom.usecases.events.relay import OutboxRelay
from liveroom.usecases.follows.reaching import blockers_of
from liveroom.usecases.hooks.entering import EnterRequest, EntryHooks
from liveroom.usecases.rooms.leaving import Departures
from liveroom.usecases.rooms.listings import Listings
from liveroom.usecases.rooms.openings import Openings
from liveroom.usecases.rooms.passwords import Passwords
from liveroom.usecases.rooms.ranks import is_admin


@dataclass(frozen=True, slots=True)
class Admissions:
    """Has the live store let people in: admins also where others are refused, hosts by opening the room."""

    db: Database
    live: Live
    entry_hooks: EntryHooks
    openings: Openings
    relay: OutboxRelay
    policies: Policies

    async def reserve(self, actor: Actor, request: EnterRequest) -> tuple[RoomId, EnterRequest]:
        """Give somebody who names no room a fresh one; return it, and the request as screened."""
        request = await self.entry_hooks.screened(actor, None, request)
        return (await self.openings.reserve(actor, request.changes)).id, request

    async def admit(
        self, actor: Actor, presence_claim: PresenceClaim, claimed: ClaimedPresence, request: EnterRequest
    ) -> Entered:
        """Make the actor, whose presence entry is claimed, a member. Raises what ``Entering.enter`` raises."""
        if claimed.profile is None:
            claimed = await self._read(actor, claimed)
        if claimed.blockers == (MANY,):
            claimed = claimed._replace(blockers=await self._owner_among_blockers(presence_claim))
        admission = self._admission(presence_claim, claimed, request, actor)
        try:
            entered = await self._try_admit(actor, admission)
        except RoomNotFound:
            if admission.wanted is Role.AUDIENCE:
                raise
            await self._open(actor, admission, request)
            entered = await self._try_admit(actor, admission)
        asked_more = admission.wanted is not None and admission.wanted.is_host and not entered.role.is_host
        if asked_more and await is_admin(self.db, actor.user):
            return await self.live.admit(admission._replace(admin=True))
        return entered

    async def _try_admit(self, actor: Actor, admission: Admission) -> Entered:
        """Let somebody in, an admin also where others need a link, an invitation or a password."""
        try:
            return await self.live.admit(admission)
        except (RoomConcealed, PasswordWrong):
            if not await is_admin(self.db, actor.user):
                raise
            return await self.live.admit(admission._replace(admin=True))

    async def _open(self, actor: Actor, admission: Admission, request: EnterRequest) -> None:
        await self.openings.check_pace(actor)
        changes = await self.entry_hooks.before_live(actor, admission.room, request)
        try:
            committed = await self.openings.open(actor, admission.room, changes, request.kind)
        except PermissionDenied:
            if admission.wanted is None:
                await self.openings.take_back(actor)
                raise RoomNotFound from None
            raise
        faults.point("open.committed")
        if await self.relay.bring_up(committed.room, committed.row) is None:
            raise RoomNotFound

    async def _read(self, actor: Actor, claimed: ClaimedPresence) -> ClaimedPresence:
        """Return the claim with what the user's record did not know, and keep it there."""
        user = await self.db.users.get(actor.user)
        profile = user.profile if user is not None else Profile()
        blockers = await blockers_of(self.db, actor.user)
        await self.live.put_profile(actor.user, profile, blockers, first=True)
        return claimed._replace(profile=profile, blockers=blockers)

    async def _owner_among_blockers(self, claim: PresenceClaim) -> tuple[UserId, ...]:
        """Return the room's owner if they have blocked a user whom more have blocked than a record keeps."""
        room = await self.live.room(claim.room)
        return () if room is None else tuple(await self.db.blocks.blockers_among(claim.heartbeat.user, [room.owner]))

    def _admission(
        self,
        presence_claim: PresenceClaim,
        claimed: ClaimedPresence,
        request: EnterRequest,
        actor: Actor,
    ) -> Admission:
        return Admission(
            tenant=actor.tenant.name,
            room=presence_claim.room,
            user=actor.user,
            session=actor.session,
            entry=claimed.entry,
            stay=StayId(presence_claim.entry),
            wanted=request.wanted,
            label=request.label,
            profile=claimed.profile or Profile(),
            admin=request.promoted,
            anyone_hosts=self.policies.anyone_hosts,
            keepalive=claimed.keepalive,
            password=request.password,
            link=request.link,
            blockers=claimed.blockers,
        )


@dataclass(frozen=True, slots=True)
class Entering:
    """Puts people in rooms."""

    live: Live
    clock: Clock
    passwords: Passwords
    entry_hooks: EntryHooks
    admissions: Admissions
    departures: Departures
    listings: Listings

    async def enter(
        self,
        actor: Actor,
        room_id: RoomId | None,
        *,
        role: str | None,
        changes: RoomChanges,
        kind: str = "",
        password: str = "",
        link: str = "",
    ) -> Entered:
        """Put the actor in the room, opening it when it is not live and they come as its host.

        Entering twice is entering once; entering elsewhere ends the session's audience presence entry. Raises
        ``RoomNotFound``, ``RoomFull``, ``RoomBanned``, ``PasswordMissing``, ``PasswordWrong``, ``RateLimited`` after
        wrong passwords or too many openings, ``PermissionDenied``, ``HookRefused``, ``ContentRefused``,
        ``BadRequest``, ``QuotaExceeded``.
        """
        asked = wanted_role(role)
        if room_id is None and asked[0] is Role.AUDIENCE:
            raise BadRequest("roomId: required")
        request = EnterRequest(*asked, changes, kind, link=link)
        if not password:
            try:
                return await self._enter(actor, room_id, request)
            except PasswordWrong:
                raise PasswordMissing from None
        async with self.passwords.guess(actor, room_id, password) as digests:
            return await self._enter(actor, room_id, request._replace(password=digests))

    async def _enter(self, actor: Actor, room_id: RoomId | None, request: EnterRequest) -> Entered:
        request = await self.entry_hooks.before_enter(actor, room_id, request)
        if room_id is None:
            room_id, request = await self.admissions.reserve(actor, request)
        now = self.clock.now()
        heartbeat = Heartbeat(actor.user, actor.session, now, keepalive=False, by_socket=actor.by_socket)
        presence_claim = PresenceClaim(heartbeat, room_id, EntryId(new_id(now)), host=False)
        entry = PresenceEntry(presence_claim.entry, actor.user, actor.session, room_id, host=False)
        try:
            claimed = await self.live.claim_presence(presence_claim)
            faults.point("enter.claimed")
            entry = entry._replace(id=claimed.entry)
            if entry.id != presence_claim.entry and await self.departures.have_taken_back(entry):
                claimed = await self.live.claim_presence(presence_claim)
                entry = entry._replace(id=claimed.entry)
            entered = await self.admissions.admit(actor, presence_claim, claimed, request)
            faults.point("enter.admitted")
            if entered.role.is_host:
                await self.live.claim_presence(presence_claim._replace(entry=entry.id, host=True))
        except (Failure, asyncio.CancelledError) as failure:
            await self.departures.take_back(entry, failure, fresh=entry.id == presence_claim.entry)
            raise
        left = await self.departures.leave_former(claimed.former) if claimed.former else ()
        await self.listings.update([(entered.room, entered.reappeared), *((one.room, one.hidden) for one in left)])
        await self.live.persist()
        return entered
