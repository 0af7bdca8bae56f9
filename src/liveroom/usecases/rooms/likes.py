"""Liking a broadcast."""

from dataclasses import dataclass

from liveroom.domain.accounts.sessions import Actor
from liveroom.domain.ids import RoomId
from liveroom.domain.rooms.likes import LikeCall, check_count
from liveroom.ports import Live


@dataclass(frozen=True, slots=True)
class LikeCalls:
    """What members do with likes. Whoever may not write may like."""

    live: Live

    async def add(self, actor: Actor, room: RoomId, count: int, *, batch: str = "") -> int:
        """Count the actor's likes once, whatever comes again under the batch's name; return those of the broadcast.

        Raises ``LikesInvalid``, ``RoomNotFound``, ``NotInRoom``, ``RateLimited``.
        """
        check_count(count)
        return await self.live.likes.add(LikeCall(actor.tenant.name, room, actor.user, count, batch))
