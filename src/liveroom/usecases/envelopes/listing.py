"""Envelopes of a room, and one with its draw."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from liveroom.domain.accounts.sessions import Actor
from liveroom.domain.accounts.users import User
from liveroom.domain.envelopes.failures import EnvelopeNotFound
from liveroom.domain.envelopes.model import Envelope, EnvelopeState, Grab
from liveroom.domain.errors import NotInRoom, RoomNotFound
from liveroom.domain.ids import RoomId, TenantName, UserId
from liveroom.domain.ledger.accounts import AccountId
from liveroom.domain.rooms.paging import cut
from liveroom.ports import Clock, Database
from liveroom.usecases.envelopes.filling import names_of
from liveroom.usecases.rooms.ranks import Ranks


class EnvelopePerson(NamedTuple):
    """Somebody with their name and picture as they are now; "" of who is gone."""

    user: UserId
    name: str
    avatar: str


class ListedEnvelope(NamedTuple):
    """An envelope, and who has sent it."""

    envelope: Envelope
    sender: EnvelopePerson
    """"": the operator."""


class OpenedDraw(NamedTuple):
    """An envelope with what was grabbed so far."""

    listed: ListedEnvelope
    grabs: Sequence[tuple[Grab, EnvelopePerson]]


@dataclass(frozen=True, slots=True)
class EnvelopeLists:
    """Reads envelopes."""

    db: Database
    ranks: Ranks
    clock: Clock

    def now(self) -> datetime:
        """Return the time by which what is left of an envelope's time is told."""
        return self.clock.now()

    async def in_room(
        self, actor: Actor, room: RoomId, *, cursor: str, limit: int
    ) -> tuple[Sequence[ListedEnvelope], str]:
        """List those of the running broadcast, the newest first, for members, owner and admins.

        Raises ``RoomNotFound``, ``NotInRoom``.
        """
        broadcast = (await self.ranks.check_reader(actor, room)).room.broadcast
        page, cursor = cut(await self.db.envelopes.of_broadcast(broadcast, cursor, limit + 1), limit, _id_of)
        return await self._listed(page), cursor

    async def of_tenant(
        self, tenant: TenantName, room: RoomId | None, *, cursor: str, limit: int
    ) -> tuple[Sequence[ListedEnvelope], str]:
        """List those of a tenant, or of a room of it, the newest first."""
        rows = self.db.envelopes
        found = await (rows.of_room(room, cursor, limit + 1) if room else rows.page(tenant, cursor, limit + 1))
        page, cursor = cut([one for one in found if one.tenant == tenant], limit, _id_of)
        return await self._listed(page), cursor

    async def get(self, actor: Actor, id: str) -> OpenedDraw:
        """Return an envelope with its grabs: to members of the room, its owner and admins; to whoever has sent it or
        grabbed a part also later. Raises ``EnvelopeNotFound``, ``NotInRoom``.
        """
        found = await self.of(actor.tenant.name, id)
        users = {found.listed.sender.user, *(person.user for _, person in found.grabs)}
        if actor.user not in users:
            try:
                await self.ranks.check_reader(actor, found.listed.envelope.room)
            except RoomNotFound:
                raise NotInRoom from None
        return found

    async def of(self, tenant: TenantName, id: str) -> OpenedDraw:
        """Return an envelope of a tenant with its grabs. Raises ``EnvelopeNotFound``."""
        envelope = await self.db.envelopes.get(id)
        if envelope is None or envelope.tenant != tenant or envelope.state is EnvelopeState.UNPAID:
            raise EnvelopeNotFound
        grabs = await self.db.envelopes.grabs(id)
        people = await self._people({envelope.source, *(grab.account for grab in grabs)})
        listed = ListedEnvelope(envelope, people[envelope.source])
        return OpenedDraw(listed, [(grab, people[grab.account]) for grab in grabs])

    async def _listed(self, page: Sequence[Envelope]) -> Sequence[ListedEnvelope]:
        people = await self._people({envelope.source for envelope in page})
        return [ListedEnvelope(envelope, people[envelope.source]) for envelope in page]

    async def _people(self, accounts: set[AccountId]) -> Mapping[AccountId, EnvelopePerson]:
        owners = {id: UserId(name.owner) for id, name in (await self.db.ledger_accounts.names(accounts)).items()}
        users: dict[UserId, User] = {one.id: one for one in await self.db.users.list(sorted(set(owners.values())))}
        return {id: EnvelopePerson(user, *names_of(users, user)) for id, user in owners.items()}


def _id_of(envelope: Envelope) -> str:
    return envelope.id
