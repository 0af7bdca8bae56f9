"""The seam to likes: a part of the live store, in memory and on Redis; one suite proves both."""

from typing import Protocol

from liveroom.domain.rooms.likes import LikeCall


class LiveLikes(Protocol):
    """The likes of live rooms. What a broadcast has is in ``LiveRoom.likes``, and in the recovery store within a
    second.
    """

    async def add(self, like: LikeCall) -> int:
        """Count the likes once; return how many the broadcast has then. A batch that was counted before adds none.

        Returns when they are written, together with all that came for the room meanwhile: at most five times a second.
        Raises ``RoomNotFound``, ``NotInRoom``, ``RateLimited``, ``LiveUnavailable``.
        """
