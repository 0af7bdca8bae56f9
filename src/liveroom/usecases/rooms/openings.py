"""What owners do with their rooms, beside entering them: reserving, opening, changing and closing.

How many rooms one user opens and keeps open is bounded, so that nobody fills the list alone (docs/decisions/0038). Not
bounded are rooms that an operator's server opens, those handed over to a user, and a room that is opened again.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from liveroom import faults
from liveroom.domain.accounts.sessions import Actor
from liveroom.domain.errors import LiveUnavailable, PermissionDenied, RoomNotFound, TooManyRooms
from liveroom.domain.ids import RoomId, UserId
from liveroom.domain.operators.caller import Operator
from liveroom.domain.rooms.model import CloseReason, LiveRoom, Room, RoomChanges
from liveroom.ports import Clock, Database, Live
from liveroom.usecases.events.relay import OutboxRelay
from liveroom.usecases.messages.screening import Screening
from liveroom.usecases.privacy.visibility import Privacy
from liveroom.usecases.rates import check_rate
from liveroom.usecases.rooms.broadcasts import Broadcasts, Committed

RESERVED_MAX: Final = 10
"""Rooms that one user has reserved and not opened; a further one takes the place of the oldest."""
_MINUTE: Final = timedelta(minutes=1)
_ARRIVING: Final = timedelta(seconds=10)
"""How long after its opening a room's owner may still be on the way in."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """What the operator allows one user; 0 is any number."""

    owned: int = 0
    """Live rooms of one owner."""
    pace: int = 0
    """Rooms opened, and rooms reserved, in a minute."""


@dataclass(frozen=True, slots=True)
class Openings:
    """Opens and reserves rooms within bounds."""

    db: Database
    live: Live
    clock: Clock
    broadcasts: Broadcasts
    relay: OutboxRelay
    bounds: Bounds

    async def reserve(self, actor: Actor, changes: RoomChanges) -> Room:
        """Do what ``Broadcasts.reserve`` does. Raises ``RateLimited``."""
        if actor.by_operator:
            return await self.broadcasts.reserve(actor, changes)
        await self.check_pace(actor, "reserve")
        return await self.broadcasts.reserve(actor, changes, most=RESERVED_MAX)

    async def open(self, actor: Actor, room_id: RoomId, changes: RoomChanges, kind: str) -> Committed:
        """Do what ``Broadcasts.open`` does.

        One room too many closes the oldest whose owner is not in it; when they are in all of them, it raises
        ``TooManyRooms``.
        """
        most = 0 if actor.by_operator else self.bounds.owned
        while True:
            try:
                return await self.broadcasts.open(actor, room_id, changes, kind, most=most)
            except TooManyRooms as full:
                if not await self._close_deserted(actor.user, full.rooms):
                    raise

    async def check_pace(self, actor: Actor, what: str = "open") -> None:
        """Count a room that somebody is about to open or to reserve. Raises ``RateLimited``."""
        if self.bounds.pace and not actor.by_operator:
            await check_rate(self.live, f"{what}:{actor.user}", limit=self.bounds.pace, window=_MINUTE)

    async def take_back(self, actor: Actor) -> None:
        """Take back one counted opening: the room was not the actor's to open, they only looked for it."""
        if self.bounds.pace and not actor.by_operator:
            await self.live.hit(f"open:{actor.user}", limit=self.bounds.pace, window=_MINUTE, count=-1)

    async def _close_deserted(self, owner: UserId, rooms: Sequence[RoomId]) -> bool:
        for room_id in rooms:
            room = await self.db.rooms.get(room_id)
            if room is None or room.owner != owner or self.clock.now() - room.opened < _ARRIVING:
                continue
            if await self.live.member(room_id, owner) is None:
                closed = await self.broadcasts.close(room_id, CloseReason.OWNER_GONE, broadcast=room.broadcast)
                if closed is not None and closed.row is not None:
                    await self.relay.deliver_later([closed.row])
                return True
        return False


@dataclass(frozen=True, slots=True)
class OwnedRooms:
    """Reserves, changes and closes rooms for their owners, admins and the operator."""

    live: Live
    openings: Openings
    broadcasts: Broadcasts
    relay: OutboxRelay
    screening: Screening
    privacy: Privacy

    async def reserve(self, actor: Actor, changes: RoomChanges) -> Room:
        """Give the actor a fresh room id. Nobody sees the room until they open it.

        Raises ``ContentRefused``, ``RateLimited``.
        """
        screened = await self.screening.room(actor.tenant.name, changes, user=actor.user)
        return await self.openings.reserve(actor, screened)

    async def update(self, actor: Actor, room_id: RoomId, changes: RoomChanges) -> LiveRoom:
        """Change a live room and return it. Raises ``RoomNotFound``, ``PermissionDenied``, ``ContentRefused``."""
        changes = await self.screening.room(actor.tenant.name, changes, user=actor.user, room=room_id)
        committed = await self.broadcasts.change(actor, room_id, changes)
        faults.point("change.committed")
        live = await self.relay.bring_up(committed.room, committed.row)
        if live is None:
            raise RoomNotFound
        return live

    async def destroy(self, actor: Actor | Operator, room_id: RoomId) -> None:
        """Close the room; one that is not there, or closed, is left alone. Raises ``PermissionDenied``."""
        try:
            committed = await self.broadcasts.close_as(actor, room_id)
        except PermissionDenied:
            if isinstance(actor, Actor) and await self.privacy.conceals(actor.tenant.name, actor.user, room_id):
                return
            raise
        faults.point("close.committed")
        if committed is not None and committed.row is not None:
            await self.relay.deliver_later([committed.row])
            await self._persist_if_possible()

    async def _persist_if_possible(self) -> None:
        try:
            await self.live.persist()
        except LiveUnavailable:
            return
