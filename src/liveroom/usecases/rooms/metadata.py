"""Reading and changing the metadata of rooms: one object per room; of simultaneous changes one succeeds."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from liveroom.domain.accounts.sessions import Actor
from liveroom.domain.errors import RoomNotFound, StaleVersion
from liveroom.domain.events.outbox import OutboxRow, RoomMetadataChanged
from liveroom.domain.ids import RoomId
from liveroom.domain.rooms.metadata import Metadata, MetadataRow, metadata_in, next_version
from liveroom.domain.rooms.model import RoomStatus, running_room
from liveroom.domain.rooms.permissions import Right
from liveroom.ports import Clock, Database, Live, Tx
from liveroom.usecases.events.relay import OutboxRelay
from liveroom.usecases.rates import check_rate
from liveroom.usecases.rooms.ranks import Ranks, check_in, role_of

CHANGES: Final = 50
"""Changes that one user may try within ``WINDOW``: each is published to the whole room."""
WINDOW: Final = timedelta(seconds=10)


@dataclass(frozen=True, slots=True)
class RoomMetadata:
    """What members read, and hosts and moderators write."""

    db: Database
    live: Live
    clock: Clock
    ranks: Ranks
    relay: OutboxRelay

    async def get(self, actor: Actor, room_id: RoomId) -> Metadata:
        """Return a room's metadata, for its members. Raises ``RoomNotFound``, ``NotInRoom``."""
        kept = await self.live.metadata.read(actor.tenant.name, room_id, actor.user)
        return kept or await self._fill(room_id)

    async def set(self, actor: Actor, room_id: RoomId, value: bytes, *, version: int) -> Metadata:
        """Replace a room's metadata, whose version has to be that one; return it with its new version.

        Raises ``RoomNotFound``, ``PermissionDenied``, ``RateLimited``; ``StaleVersion`` with what holds now.
        """
        await check_rate(self.live, f"metadata:{actor.user}", limit=CHANGES, window=WINDOW)
        ranked = await self.ranks.check(actor, room_id, Right.ARRANGE)

        async def work(tx: Tx) -> tuple[Metadata, OutboxRow]:
            room = running_room(await tx.rooms.lock(room_id), actor.tenant.name)
            await check_in(tx, room, actor, Right.ARRANGE, role_of(ranked))
            current = metadata_in(room.broadcast, await tx.metadata.get(room_id))
            if version != current.version:
                raise StaleVersion(current)
            now = self.clock.now()
            changed = Metadata(next_version(version, now), value)
            await tx.metadata.put(MetadataRow(room_id, room.broadcast, changed, actor.user, now))
            return changed, await tx.outbox.add(room.tenant, RoomMetadataChanged(room_id, actor.user), now)

        changed, row = await self.db.transact(work)
        await self.relay.deliver_later([row])
        return changed

    async def _fill(self, room_id: RoomId) -> Metadata:
        """Return what SQL knows, and keep it beside the live room. What is newer by then stays there."""
        room, row = await self.db.rooms.get(room_id), await self.db.metadata.get(room_id)
        if room is None or room.state is not RoomStatus.LIVE:
            raise RoomNotFound
        metadata = metadata_in(room.broadcast, row)
        await self.live.metadata.put(room_id, room.broadcast, metadata)
        return metadata
