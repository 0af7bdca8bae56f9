"""Pushed streams on a stage, calls about them that are refused, and a part of the evening: a part of ``stages``."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

from tests.contract.evening import Evening
from tests.contract.scene import ADMIN, Params, Scene, Scenes, Stage
from tests.service import Answer, Service
from tests.streaming import Encoder, encoder_of, make_encoder

_STREAMS: Final = "base/v1/streams/"


async def encoder(stage: Stage) -> Encoder:
    """Make a stream of the stage's host."""
    return await make_encoder(stage.host, stage.room)


async def _in_room(stage: Stage) -> Scene:
    return Scene(stage.host, {"roomId": stage.room})


async def _watch(stage: Stage) -> Scene:
    assert await (await encoder(stage)).push(1)
    return Scene(stage.guest, {"roomId": stage.room})


async def _own(stage: Stage) -> Scene:
    return Scene(stage.host, {"streamId": (await encoder(stage)).stream})


async def _list_as_operator(stage: Stage) -> Params:
    await encoder(stage)
    return {"roomId": stage.room, "cursor": "", "limit": "5"}


async def _stop_as_operator(stage: Stage) -> Params:
    return {"streamId": (await encoder(stage)).stream}


STREAMING: Final[Mapping[str, Callable[[Stage], Awaitable[Scene]]]] = {
    _STREAMS + "create": _in_room,
    _STREAMS + "list": _in_room,
    _STREAMS + "current": _watch,
    **{_STREAMS + name: _own for name in ("rotate_key", "start", "stop", "remove")},
}
ADMIN_STREAMS: Final[Scenes] = {
    ADMIN + "list_streams": _list_as_operator,
    ADMIN + "stop_stream": _stop_as_operator,
}


async def a_stop_of_a_stream_that_there_is_not(service: Service) -> Answer:
    return await (await service.sign_up()).call("streams/stop", {"streamId": "none"})


async def tell_of_streams(evening: Evening, server: str, host: str, viewer: str, room: str) -> None:
    """Let the host push from OBS: a member watches, the host takes another key, and the operator stops it."""
    made = await evening.call(host, "streams/create", roomId=room)
    pushing = encoder_of(evening.service, made)
    evening.show("streams/create", _shortened)
    assert await pushing.push(1)
    await evening.call(viewer, "streams/current", roomId=room)
    evening.show("streams/current", lambda streams: [_shortened(one) for one in streams])
    await evening.call(host, "streams/list", roomId=room)
    await evening.call(host, "streams/rotate_key", streamId=pushing.stream)
    evening.show("streams/rotate_key", _shortened)
    await evening.call(server, "admin/list_streams", roomId=room)
    await evening.call(host, "streams/stop", streamId=pushing.stream)
    await evening.call(host, "streams/start", streamId=pushing.stream)
    await evening.call(server, "admin/stop_stream", streamId=pushing.stream)
    await evening.call(host, "streams/remove", streamId=pushing.stream)


def _shortened(stream: dict[str, Any]) -> dict[str, Any]:
    """Return a stream with addresses that have no name, key or signature."""
    addresses = [{**one, "url": _short(one["url"]), **_short_key(one)} for one in stream["addresses"]]
    return {**stream, "addresses": addresses}


def _short(url: str) -> str:
    if url.startswith("rtmp"):
        return "rtmp://live.example.com/live/lr7k2m…?token=x9f4…"
    return "https://live.example.com/hls/NDAw….6956b1f8.q3Jx…/lr7k2m…/index.m3u8"


def _short_key(address: Mapping[str, Any]) -> dict[str, str]:
    return {"key": "lr7k2m…?token=x9f4…"} if "key" in address else {}
