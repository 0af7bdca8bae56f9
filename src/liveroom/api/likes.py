"""``rooms/like``: likes of a broadcast."""

from typing import Annotated

from liveroom.api.codes import Code
from liveroom.api.declare import method
from liveroom.api.parameters import Id, Request, Text, Whole
from liveroom.api.services import Services
from liveroom.api.shapes import Shape
from liveroom.domain.ids import RoomId
from liveroom.domain.likes import BATCH_MAX, COUNT_MAX, SHOWN_MAX
from liveroom.domain.sessions import Actor


class Like(Request):
    """``count``: taps that the app has gathered. ``batchId``: a name that it gives them, to send them again with."""

    room_id: Id
    count: Annotated[int, Whole(1, COUNT_MAX)] = 1
    batch_id: Annotated[str, Text(BATCH_MAX)] = ""


class Likes(Shape):
    """How the broadcast is liked."""

    likes: int
    """All likes of the broadcast; ``star`` of the room."""


@method(
    "base/v1/rooms/like",
    bad_request=Code.RoomStarInvalid,
    reply=Likes,
    codes=(Code.RoomNotExists, Code.NotInRoom, Code.RateLimited),
)
async def like(call: Like, actor: Actor, services: Services) -> Likes:
    """Like a broadcast, as its member (else 3007): gather the taps of half a second and send them as one batch.

    A batch that comes again within a user's last eight counts nothing and is answered alike: after a lost answer send
    it again. At most 600 likes of a user in 10 seconds (3004). An answer is there when what others bring meanwhile is
    written with it: at once, or within 0.2 s, rarely two.
    """
    likes = await services.likes.add(actor, RoomId(call.room_id), call.count, batch=call.batch_id)
    return Likes(likes=min(likes, SHOWN_MAX))
