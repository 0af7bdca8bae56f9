"""What owners do with their rooms, beside entering them: reserving, changing and closing."""

from dataclasses import dataclass

from liveroom import faults
from liveroom.domain.accounts.sessions import Actor
from liveroom.domain.errors import LiveUnavailable, PermissionDenied, RoomNotFound
from liveroom.domain.ids import RoomId
from liveroom.domain.rooms.model import LiveRoom, Room, RoomChanges
from liveroom.domain.tenants.server_keys import Operator
from liveroom.ports import Live
from liveroom.usecases.events.relay import OutboxRelay
from liveroom.usecases.messages.screening import Screening
from liveroom.usecases.privacy.visibility import Privacy
from liveroom.usecases.rooms.broadcasts import Broadcasts
from liveroom.usecases.rooms.openings import Openings


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
