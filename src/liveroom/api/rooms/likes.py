"""``rooms/like``: likes of a broadcast."""

from typing import Annotated

from liveroom.api.codes import Code
from liveroom.api.declare import method
from liveroom.api.parameters import Id, Request, Text, Whole
from liveroom.api.shapes import Shape
from liveroom.domain.accounts.sessions import Actor
from liveroom.domain.ids import RoomId
from liveroom.domain.rooms.likes import BATCH_MAX, COUNT_MAX, SHOWN_MAX
from liveroom.usecases.rooms.likes import LikeCalls


class Like(Request):
    """``count``: the taps in this batch. ``batchId``: an id chosen by the app, so that it can repeat the batch."""

    room_id: Id
    count: Annotated[int, Whole(1, COUNT_MAX)] = 1
    batch_id: Annotated[str, Text(BATCH_MAX)] = ""


class LikeCount(Shape):
    """The likes of a broadcast."""

    likes: int
    """All likes of the broadcast; ``star`` of the room."""


@method(
    "base/v1/rooms/like",
    bad_request=Code.RoomStarInvalid,
    reply=LikeCount,
    codes=(Code.RoomNotExists, Code.NotInRoom, Code.RateLimited),
)
async def like(call: Like, actor: Actor, likes: LikeCalls) -> LikeCount:
    """Like a broadcast; members only (3007). Collect taps for half a second and send them as one batch.

    A repeat of one of a user's last eight batches is not counted and gets the same answer, so send a batch again if its
    answer was lost. At most 600 likes per user in 10 seconds (3004). Batches are written together, so an answer may
    take 0.2 s, rarely 2 s.
    """
    count = await likes.add(actor, RoomId(call.room_id), call.count, batch=call.batch_id)
    return LikeCount(likes=min(count, SHOWN_MAX))
