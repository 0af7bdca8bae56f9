"""What a call is answered about a room that is not there, or keeps to itself (``usecases.privacy.visibility``).

Errors of methods tell of a room that it exists: the caller is not in it, may not do this, or names a request or message
that there is not. Here they become, at one place for all methods, what a room is answered that does not exist.
"""

from typing import Any, Final

from liveroom.api.codes import Code
from liveroom.api.declare import Method
from liveroom.domain.accounts.sessions import Actor
from liveroom.domain.errors import (
    Failure,
    MessageNotFound,
    NotInRoom,
    PermissionDenied,
    RequestNotFound,
    RoomNotFound,
)
from liveroom.domain.ids import RoomId
from liveroom.usecases.privacy.visibility import Privacy

REVEALING: Final = (RoomNotFound, NotInRoom, PermissionDenied, RequestNotFound, MessageNotFound)


async def as_seen(failure: Failure, method: Method, request: Any, actor: Actor, privacy: Privacy) -> Failure:
    """Return the failure, or what stands for it to a caller who is not to know of the room."""
    room = RoomId(getattr(request, "room_id", None) or "")
    if not room or Code.RoomNotExists not in method.codes:
        return failure
    if not _is_about_the_room(failure, method):
        return failure
    return await privacy.refusal(actor, room, failure)


def _is_about_the_room(failure: Failure, method: Method) -> bool:
    """Say whether the failure is for want of a right in the room, or of a membership.

    To open a room of somebody else's is refused whether it is live or not.
    """
    return not isinstance(failure, PermissionDenied) or method.right is not None or bool(method.sometimes)
