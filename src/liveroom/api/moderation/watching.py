"""``admin/*`` with which operators look into rooms unseen."""

from typing import Annotated, Any

import msgspec

from liveroom.api.codes import Code
from liveroom.api.declare import Who, method
from liveroom.api.media.methods import Livekit, Mesh, ice_row
from liveroom.api.parameters import Id, Json, Request, Text
from liveroom.api.shapes import Shape
from liveroom.domain.ids import RoomId, UserId
from liveroom.domain.media.model import SIGNAL_MAX, WATCHER_NAME_MAX, LivekitPass, Signal
from liveroom.domain.operators.caller import Operator
from liveroom.domain.payloads import wire_time
from liveroom.usecases.media.watchers import Watchers
from liveroom.usecases.media.watching import MediaWatching


class WatchMedia(Request):
    """``turnOnly``: needed where browsers send media to each other, see below."""

    room_id: Id
    turn_only: bool = False


class WatchedMedia(Shape):
    """What lets an operator receive a room's media, unseen."""

    provider: str
    """``livekit`` or ``mesh``."""
    expire: str
    livekit: Livekit | None
    """With ``livekit``: a token of a hidden participant who only receives."""
    mesh: Mesh | None
    """With ``mesh``: TURN servers, to be used with ``iceTransportPolicy: "relay"``."""
    identity: str
    """Whom LiveKit knows as the participant; with ``mesh`` the sender of your signals, until ``expire``."""


@method(
    "base/v1/admin/watch_media",
    bad_request=Code.RoomQueryParams,
    who=Who.KEY,
    permission="rooms.watch",
    reply=WatchedMedia,
    codes=(Code.RoomNotExists, Code.PermissionDenied, Code.ServiceUnavailable),
)
async def watch_media(call: WatchMedia, operator: Operator, watching: MediaWatching) -> WatchedMedia:
    """Return credentials to look into a live room without being seen; the audit keeps who did.

    With LiveKit: a hidden participant, for ten minutes. Where browsers send to each other (mesh), the host's browser
    would learn the operator's address and send one more picture, so it is refused (3000) without ``turnOnly`` and
    without a TURN server; then signals go by ``admin/watch_signal``, also for ten minutes. TRTC has no hidden viewer:
    3000; look at the cover, or enter as a user.
    """
    watched = await watching.admit(operator, RoomId(call.room_id), turn_only=call.turn_only)
    operator.change.note({}, {"watched": call.room_id, "turnOnly": call.turn_only})
    media, expire = watched.media, wire_time(watched.media.expires)
    if isinstance(media, LivekitPass):
        livekit = Livekit(url=media.url, token=media.token)
        return WatchedMedia(provider="livekit", expire=expire, livekit=livekit, mesh=None, identity=watched.identity)
    mesh = Mesh(ice_servers=[ice_row(server) for server in media.ice_servers])
    return WatchedMedia(provider="mesh", expire=expire, livekit=None, mesh=mesh, identity=watched.identity)


class WatchSignal(Request):
    """``identity``: from ``admin/watch_media``. ``to``: a member who may publish. ``payload``: any object or text."""

    room_id: Id
    identity: Annotated[str, Text(WATCHER_NAME_MAX)]
    to: Id
    payload: Annotated[bytes, Json(SIGNAL_MAX)]


@method(
    "base/v1/admin/watch_signal",
    bad_request=Code.RoomQueryParams,
    who=Who.KEY,
    permission="rooms.watch",
    noted=False,
    codes=(Code.UserNotExists, Code.PermissionDenied, Code.RateLimited),
)
async def watch_signal(call: WatchSignal, operator: Operator, watchers: Watchers) -> None:
    """Relay a signal to a member who publishes in a mesh room; they answer by ``rtc/signal`` to the ``identity``.

    What they answer comes on [``console:watch``](console-socket.md#channels). Not in the room: 206; the identity is not
    yours for this room, its ten minutes are over, or the member may not publish: 3000. More than 300 in ten seconds:
    3004. The audit notes ``admin/watch_media``, not each signal.
    """
    room, identity, to = RoomId(call.room_id), UserId(call.identity), UserId(call.to)
    await watchers.send(operator, room, identity, to, call.payload)


class WatcherNews(Shape):
    """What ``console:watch`` says: a member's signal to an operator who looks in."""

    room_id: str
    identity: str
    """To whom it was sent."""
    from_user_id: str
    payload: dict[str, Any] | str
    """The ``payload`` given to ``rtc/signal``, unchanged."""


def write_watcher_news(signal: Signal, identity: UserId) -> bytes:
    """Return what the console's channel says of a signal."""
    payload: Any = msgspec.Raw(signal.payload)
    news = WatcherNews(room_id=signal.room, identity=identity, from_user_id=signal.sender, payload=payload)
    return msgspec.json.encode(news)
