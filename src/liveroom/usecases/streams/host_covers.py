"""Live covers that a host's own app sends: frames of what it shows, where no pushed stream gives the room's picture."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from liveroom.domain.accounts.sessions import Actor
from liveroom.domain.errors import NotOffered
from liveroom.domain.ids import RoomId
from liveroom.domain.rooms.permissions import Right
from liveroom.domain.streams.covers import takes_from_host
from liveroom.domain.uploads.model import Upload
from liveroom.usecases.rates import check_rate
from liveroom.usecases.rooms.ranks import Ranks
from liveroom.usecases.streams.covers import CoverWriter

FRAMES: Final = 4
"""That are taken of a room in a minute: apps send one every 30 seconds."""
_A_MINUTE: Final = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class HostCovers:
    """Takes them in, as uploads, and shows them."""

    writer: CoverWriter
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
        await self.writer.show(upload.room, url, gives=lambda room: takes_from_host(room.options))
