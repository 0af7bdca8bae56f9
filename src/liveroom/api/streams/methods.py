"""``streams/*``: hosts push from an encoder such as OBS; everybody else watches."""

from typing import Annotated

from liveroom.api.codes import Code
from liveroom.api.declare import Data, method
from liveroom.api.envelopes import Page
from liveroom.api.parameters import Id, Request, Whole
from liveroom.api.rooms.methods import OneRoom
from liveroom.api.streams.shapes import OwnStream, OwnStreams, StreamWithKey, own_stream, stream_with_key
from liveroom.domain.accounts.sessions import Actor
from liveroom.domain.ids import RoomId
from liveroom.domain.rooms.options import SEATS_MAX
from liveroom.domain.rooms.permissions import Right
from liveroom.domain.streams.payloads import WatchedStream, watched_stream
from liveroom.usecases.streams.owning import Streams
from liveroom.usecases.streams.playing import StreamPlayback

_OWN = (Code.StreamNotExists, Code.PermissionDenied, Code.RateLimited)
_PUSHING = (*_OWN, Code.RoomNotExists, Code.NotSeated)


class CreateStream(Request):
    """``roomId``: a live room that the caller hosts, or one of their own that is to open. ``seat``: the caller's own
    seat in a live room, to which the stream then belongs. ``server``: one of ``servers`` of ``streams/list``; "" for
    the first.
    """

    room_id: Id
    seat: Annotated[int, Whole(0, SEATS_MAX)] = 0
    server: Id = ""


@method(
    "base/v1/streams/create",
    bad_request=Code.RoomCreateParams,
    right=Right.STREAM,
    reply=StreamWithKey,
    codes=(
        *(Code.RoomNotExists, Code.PermissionDenied, Code.NotSeated, Code.RateLimited, Code.QuotaExceeded),
        Code.ServiceUnavailable,
    ),
)
async def create(call: CreateStream, actor: Actor, streams: Streams) -> StreamWithKey:
    """Make a stream of the caller's in a room, and return where to push it. The addresses are returned once.

    Owner, moderators and appointed anchors only (3000); with ``seat``, whoever has that seat (else 3013): one stream,
    which is cut off and forgotten when they leave the seat. At most eight streams of a room beside those of seats:
    3005. When an encoder pushes, everybody in the room is told (``stream.changed``), and a room that is not live opens,
    if the operator lets streams open rooms.
    """
    return stream_with_key(*await streams.create(actor, RoomId(call.room_id), call.seat, call.server))


class OneStream(Request):
    """The stream."""

    stream_id: Id


@method(
    "base/v1/streams/rotate_key",
    bad_request=Code.RoomQueryParams,
    reply=StreamWithKey,
    codes=(*_PUSHING, Code.ServiceUnavailable),
)
async def rotate_key(call: OneStream, actor: Actor, streams: Streams) -> StreamWithKey:
    """Give a stream of the caller's another key, and return where to push it now.

    An encoder that is pushing goes on; with the former key it does not come back.
    """
    return stream_with_key(*await streams.rotate_key(actor, call.stream_id))


@method(
    "base/v1/streams/list",
    bad_request=Code.RoomQueryParams,
    reply=OwnStreams,
    codes=(Code.RoomNotExists,),
)
async def list_streams(call: OneRoom, actor: Actor, streams: Streams) -> OwnStreams:
    """List a room's streams: the caller's own, and for its owner, moderators and admins all."""
    found = await streams.list(actor, RoomId(call.room_id))
    servers = streams.servers.offered(actor.tenant.name)
    return OwnStreams(offered=bool(servers), servers=[*servers], streams=[own_stream(one) for one in found])


@method(
    "base/v1/streams/current",
    bad_request=Code.RoomQueryParams,
    reply=list[WatchedStream],
    data=Data.LIST,
    codes=(Code.RoomNotExists, Code.NotInRoom),
)
async def current(call: OneRoom, actor: Actor, playback: StreamPlayback) -> Page:
    """Return a live room's streams with the caller's addresses, which may be signed and end soon: ask again before.

    Where only members see who is in a room, only they watch (3007).
    """
    return Page.of([watched_stream(*one) for one in await playback.current(actor, RoomId(call.room_id))])


@method(
    "base/v1/streams/start",
    bad_request=Code.RoomQueryParams,
    reply=OwnStream,
    codes=_PUSHING,
)
async def start(call: OneStream, actor: Actor, streams: Streams) -> OwnStream:
    """Let encoders push a stream of the caller's again that was stopped, or whose room has closed while it was live."""
    return own_stream(await streams.start(actor, call.stream_id))


@method("base/v1/streams/stop", bad_request=Code.RoomQueryParams, reply=OwnStream, codes=_OWN)
async def stop(call: OneStream, actor: Actor, streams: Streams) -> OwnStream:
    """Cut a stream's encoder off, and let none in until its host starts it: one's own, or, for the room's owner,
    moderators and admins, anybody's.
    """
    return own_stream(await streams.stop(actor, call.stream_id))


@method("base/v1/streams/remove", bad_request=Code.RoomQueryParams, codes=_OWN)
async def remove(call: OneStream, actor: Actor, streams: Streams) -> None:
    """Cut a stream's encoder off and forget the stream, whosever ``streams/stop`` would stop."""
    await streams.remove(actor, call.stream_id)
