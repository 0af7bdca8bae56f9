"""Live covers that a host's own app sends: frames of what it shows, where no pushed stream gives the room's picture."""

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final

from liveroom.domain.accounts.sessions import Actor
from liveroom.domain.errors import NotOffered
from liveroom.domain.events.outbox import OutboxRow, RoomChanged
from liveroom.domain.ids import RoomId
from liveroom.domain.rooms.model import RoomStatus
from liveroom.domain.rooms.permissions import Right
from liveroom.domain.streams.covers import takes_from_host
from liveroom.domain.uploads.model import Upload
from liveroom.ports import Clock, Database, Tx
from liveroom.usecases.events.relay import OutboxRelay
from liveroom.usecases.rates import check_rate
from liveroom.usecases.rooms.ranks import Ranks

FRAMES: Final = 4
"""That are taken of a room in a minute: apps send one every 30 seconds."""
_A_MINUTE: Final = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class HostCovers:
    """Takes them in, as uploads, and shows them."""

    db: Database
    clock: Clock
    relay: OutboxRelay
    ranks: Ranks

    async def check(self, actor: Actor, room: RoomId) -> None:
        """Raise unless a frame of the actor's may be uploaded for a live room.

        ``RoomNotFound``, ``PermissionDenied`` for whoever does not own it, ``NotOffered`` where the room shows none or
        a stream gives it, ``RateLimited``.
        """
        found = (await self.ranks.check(actor, room, Right.CONFIGURE)).room
        if not takes_from_host(found.options):
            raise NotOffered("the room shows no live covers, or has one of its stream")
        await check_rate(self.ranks.live, f"live covers:{room}", limit=FRAMES, window=_A_MINUTE)

    async def show(self, upload: Upload, url: str) -> None:
        """Have lists show a frame that was published. Nothing happens where the room takes none any more."""

        async def work(tx: Tx) -> OutboxRow | None:
            room = await tx.rooms.lock(upload.room)
            if room is None or room.state is not RoomStatus.LIVE or not takes_from_host(room.options):
                return None
            if room.options.live_cover == url:
                return None
            await tx.rooms.put(replace(room, options=replace(room.options, live_cover=url), rev=room.rev + 1))
            return await tx.outbox.add(room.tenant, RoomChanged(room.id), self.clock.now())

        row = await self.db.transact(work)
        if row is not None:
            await self.relay.deliver_later([row])
