"""``rtc/*``: what lets a member into the room's audio and video, and signals between browsers."""

from typing import Annotated, Any

import msgspec

from liveroom.api.codes import Code
from liveroom.api.declare import Data, method
from liveroom.api.parameters import Id, Json, Request, Text
from liveroom.api.shapes import Shape
from liveroom.domain.accounts.sessions import Actor
from liveroom.domain.ids import RoomId, UserId
from liveroom.domain.media.model import (
    SIGNAL_MAX,
    WATCHER_NAME_MAX,
    IceServer,
    LivekitPass,
    MediaPass,
    MeshPass,
    TrtcPass,
)
from liveroom.domain.payloads import wire_time
from liveroom.domain.presence.members import Role
from liveroom.usecases.media.connected import ConnectedMedia
from liveroom.usecases.media.participants import Media


class Ice(Shape):
    """An RTCIceServer, as ``RTCPeerConnection`` takes it."""

    urls: list[str]
    username: str | msgspec.UnsetType = msgspec.UNSET
    """Left out if the server needs none; likewise ``credential``."""
    credential: str | msgspec.UnsetType = msgspec.UNSET


class Mesh(Shape):
    """What browsers need to connect to each other."""

    ice_servers: list[Ice]
    """STUN and TURN servers; none are needed within one network."""


class Trtc(Shape):
    """What Tencent's SDK needs to enter the room."""

    sdk_app_id: int
    user_id: str
    user_sig: str
    private_map_key: str
    """Says what the member may do there: everything, only receive, or receive and send what is not muted. Valid until
    ``expire``."""
    room_id_kind: str
    """``number``: the SDK's ``roomId`` is the room's id as a number; ``string``: its ``strRoomId`` is the text."""


class Livekit(Shape):
    """What LiveKit's SDK needs to connect."""

    url: str
    token: str


class Credential(Shape, tag_field="provider"):
    """What lets a member into the room's media."""

    role: str
    """``owner`` and ``anchor`` publish, and so do users in a seat (such as a ``speaker``), except for what a host has
    muted there; all others receive."""
    expire: str
    """Until when it allows entering; users who are in stay."""


class MeshCredential(Credential, tag="mesh"):
    """Browsers send media to each other, and exchange signals by ``rtc/signal``."""

    mesh: Mesh


class TrtcCredential(Credential, tag="trtc"):
    """Tencent's TRTC carries the media."""

    trtc: Trtc


class LivekitCredential(Credential, tag="livekit"):
    """A LiveKit server carries the media."""

    livekit: Livekit


AnyCredential = MeshCredential | TrtcCredential | LivekitCredential


class MediaRoom(Request):
    """The room; the caller must be in it."""

    room_id: Id


@method(
    "base/v1/rtc/credential",
    bad_request=Code.RoomQueryParams,
    reply=AnyCredential,
    codes=(Code.NotInRoom,),
)
async def credential(call: MediaRoom, actor: Actor, media: Media) -> AnyCredential:
    """Return a member's credential for the room's media; ask again when the role or seat changes.

    Not a member: 3007.
    """
    admitted = await media.admit(actor, RoomId(call.room_id))
    return shown_credential(admitted.role, admitted.media, actor)


class ConnectedCredential(Shape):
    """What lets a member receive the owner of a room that theirs is connected with."""

    room_id: str
    """The other room: signals about its media name it."""
    user_id: str
    """Its owner."""
    credential: AnyCredential
    """For the media of the other room, only to receive: ``role`` is ``audience``."""


@method(
    "base/v1/rtc/connected",
    bad_request=Code.RoomQueryParams,
    reply=list[ConnectedCredential],
    data=Data.LIST,
    codes=(Code.RoomNotExists, Code.NotInRoom),
)
async def connected(call: MediaRoom, actor: Actor, connected_media: ConnectedMedia) -> list[ConnectedCredential]:
    """Return a member's credentials for the media of the rooms that the room is connected with; none if it is not.

    Ask again at each ``connection.changed``. Not a member: 3007.
    """
    return [
        ConnectedCredential(
            room_id=host.room,
            user_id=host.owner,
            credential=shown_credential(Role.AUDIENCE, media, actor),
        )
        for host, media in await connected_media.admit(actor, RoomId(call.room_id))
    ]


def shown_credential(role: Role, media: MediaPass, actor: Actor) -> AnyCredential:
    """Return what lets somebody into media, as clients read it."""
    common: dict[str, Any] = {"role": role, "expire": wire_time(media.expires)}
    match media:
        case MeshPass(ice_servers=servers):
            return MeshCredential(**common, mesh=Mesh(ice_servers=[ice_row(server) for server in servers]))
        case LivekitPass(url=url, token=token):
            return LivekitCredential(**common, livekit=Livekit(url=url, token=token))
        case TrtcPass() as found:
            trtc = Trtc(
                sdk_app_id=found.sdk_app_id,
                user_id=actor.user,
                user_sig=found.user_sig,
                private_map_key=found.private_map_key,
                room_id_kind=found.kind,
            )
            return TrtcCredential(**common, trtc=trtc)


def ice_row(server: IceServer) -> Ice:
    """Return a server as browsers take it."""
    known = {"username": server.username, "credential": server.credential} if server.username else {}
    return Ice(urls=list(server.urls), **known)


class PassSignal(Request):
    """``to``: another member of the room, or whoever has sent you a signal there. ``payload``: any object or text;
    liveroom does not read it. In a connected room, either of you may be in one of the others.
    """

    room_id: Id
    to: Annotated[str, Text(WATCHER_NAME_MAX)]
    payload: Annotated[bytes, Json(SIGNAL_MAX)]


@method(
    "base/v1/rtc/signal",
    bad_request=Code.RoomQueryParams,
    codes=(
        Code.NotInRoom,
        Code.UserNotExists,
        Code.PermissionDenied,
        Code.RateLimited,
    ),
)
async def signal(call: PassSignal, actor: Actor, media: Media) -> None:
    """Relay a signal to another member's connections, as ``rtc.signal`` on their ``user:`` channel.

    Caller not in the room: 3007; ``to`` not in it: 206. Neither may publish in it: 3000. More than 300 in ten
    seconds: 3004.
    """
    await media.signal(actor, RoomId(call.room_id), UserId(call.to), call.payload)
