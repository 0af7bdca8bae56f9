"""An evening with real servers: liveroom as a process, nginx with its RTMP module, ffmpeg as the host's encoder."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import pytest

from tests.servers import fetch
from tests.service import Device, Process, process
from tests.vendors.encoder import HEIGHT, WIDTH, Encoder
from tests.vendors.real_nginx_rtmp import CALLBACK_KEY, NginxRtmp

pytestmark = pytest.mark.long
log = logging.getLogger(__name__)
LATEST: Final = 90.0
GRACE: Final = 6
_PAUSE: Final = 0.2


@dataclass
class Evening:
    """Whoever is there."""

    service: Process
    server: NginxRtmp
    film: Path
    encoders: list[Encoder] = field(default_factory=list)

    def push(self, made: Mapping[str, Any], key: str = "") -> Encoder:
        """Type what the host was given into an encoder, and start it."""
        (address,) = made["addresses"]
        self.encoders.append(Encoder(self.film, f"{address['server']}/{key or address['key']}"))
        return self.encoders[-1]

    async def watch(self, address: str) -> tuple[int, bytes]:
        return await asyncio.to_thread(fetch, self.server.http, urlsplit(address).path)


@pytest.fixture
async def evening(tmp_path: Path, film: Path, nginx_rtmp: type[NginxRtmp]) -> AsyncIterator[Evening]:
    async with over_nginx(tmp_path, film, nginx_rtmp) as made:
        yield made


@asynccontextmanager
async def over_nginx(folder: Path, film: Path, kind: type[NginxRtmp], **settings: Any) -> AsyncIterator[Evening]:
    """Yield the service and the server, which know each other."""
    server = kind(folder / "nginx")
    given = {
        "streams": "nginx_rtmp",
        "streams_callback_key": CALLBACK_KEY,
        "streams_play_key": "play-key-0123456789",
        "streams_rtmp_url": server.rtmp_url,
        "streams_http_url": server.hls_url,
        "streams_api_url": server.control_url,
        "streams_grace": f"{GRACE}s",
        **settings,
    }
    async with process(folder / "data", **given) as service:
        server.ask(service.http.base_url.port or 0)
        made = Evening(service, server, film)
        try:
            await asyncio.to_thread(server.start)
            yield made
        finally:
            for encoder in made.encoders:
                encoder.kill()
            server.stop()


async def until(look: Callable[[], Awaitable[bool]]) -> float:
    """Look five times a second until the answer is yes; return the seconds that it took."""
    began = time.monotonic()
    async with asyncio.timeout(LATEST):
        while not await look():
            with suppress(TimeoutError):
                await asyncio.wait_for(asyncio.Event().wait(), _PAUSE)
    return time.monotonic() - began


async def state_of(host: Device, stream: str) -> str:
    room = (await host.call("streams/list", {"roomId": host.user})).data["streams"]
    return str(next(one["state"] for one in room if one["streamId"] == stream))


async def address_for(viewer: Device, room: str) -> str:
    """Return where a viewer watches the only stream of a room; "" while there is none."""
    streams = (await viewer.call("streams/current", {"roomId": room})).data
    return str(streams[0]["addresses"][0]["url"]) if streams else ""


async def test_a_host_goes_live_from_an_encoder_alone_and_viewers_watch_until_they_are_banned(evening: Evening) -> None:
    host, viewer = await evening.service.sign_up(), await evening.service.sign_up()
    await host.go_live()
    await viewer.enter(host.user, "audience")
    made = (await host.call("streams/create", {"roomId": host.user})).data
    stream = made["streamId"]
    guessed = evening.push(made, key=made["addresses"][0]["key"][:-1] + "x")
    await asyncio.to_thread(guessed.ended, "an encoder with a wrong key")
    assert await state_of(host, stream) == "waiting"

    first = evening.push(made)
    await until(lambda: _is(host, stream, "live"))
    second = evening.push(made)
    await asyncio.to_thread(second.ended, "a second encoder")
    assert (first.is_running(), await state_of(host, stream)) == (True, "live")

    await until(lambda: _is_shown(viewer, host.user))
    address = await address_for(viewer, host.user)
    await until(lambda: _plays(evening, address))
    banned = time.monotonic()
    answer = await host.call("moderation/ban", {"roomId": host.user, "targetId": viewer.user})
    assert answer.code == 0, answer.text
    await until(lambda: _refuses(evening, address))
    log.info("a banned viewer is refused after %.2f s", time.monotonic() - banned)


async def test_a_host_who_is_banned_or_kicked_is_cut_off_at_once_and_stays_out(evening: Evening) -> None:
    owner, anchor = await evening.service.sign_up(), await evening.service.sign_up()
    room = await owner.go_live()
    for way in ("kick", "ban"):
        appointed = {"roomId": room, "targetId": anchor.user, "role": "anchor"}
        assert (await owner.call("rooms/set_role", appointed)).code == 0
        assert (await anchor.enter(room, "anchor")).code == 0
        made = (await anchor.call("streams/create", {"roomId": room})).data
        encoder = evening.push(made)
        await until(lambda: _is_shown(owner, room))
        began = time.monotonic()
        assert (await owner.call(f"moderation/{way}", {"roomId": room, "targetId": anchor.user})).code == 0
        await asyncio.to_thread(encoder.ended, f"the encoder of a host after a {way}")
        log.info("after a %s the encoder is cut off after %.2f s", way, time.monotonic() - began)
        again = evening.push(made)
        await asyncio.to_thread(again.ended, "an encoder that tries again")
        await until(lambda: _is_not_shown(owner, room))


async def test_an_encoder_that_breaks_off_may_come_back_and_a_frozen_one_is_over(evening: Evening) -> None:
    host = await evening.service.sign_up()
    await host.go_live()
    made = (await host.call("streams/create", {"roomId": host.user})).data
    stream = made["streamId"]
    first = evening.push(made)
    await until(lambda: _is(host, stream, "live"))
    first.kill()
    log.info("a killed encoder: interrupted after %.2f s", await until(lambda: _is(host, stream, "interrupted")))
    second = evening.push(made)
    await until(lambda: _is(host, stream, "live"))
    second.freeze()
    log.info("a frozen encoder: interrupted after %.2f s", await until(lambda: _is(host, stream, "interrupted")))
    log.info("and ended after %.2f s more", await until(lambda: _is(host, stream, "ended")))


async def test_a_server_that_restarts_loses_no_stream_for_ever(evening: Evening) -> None:
    """It reports no end; its list, which is asked for twice a minute, and the encoder that comes back say the rest."""
    host = await evening.service.sign_up()
    await host.go_live()
    made = (await host.call("streams/create", {"roomId": host.user})).data
    stream = made["streamId"]
    evening.push(made)
    await until(lambda: _is(host, stream, "live"))
    await asyncio.to_thread(evening.server.end)
    await asyncio.to_thread(evening.server.start)
    log.info("a stream of a restarted server is over after %.2f s", await until(lambda: _is(host, stream, "ended")))
    evening.push(made)
    await until(lambda: _is(host, stream, "live"))
    (shown,) = (await host.call("streams/current", {"roomId": host.user})).data
    await until(lambda: _has_size(host))
    assert shown["streamId"] == stream


async def test_a_stream_that_is_stopped_is_cut_off_and_a_key_that_was_changed_lets_nobody_in(evening: Evening) -> None:
    host = await evening.service.sign_up()
    await host.go_live()
    made = (await host.call("streams/create", {"roomId": host.user})).data
    stream = made["streamId"]
    encoder = evening.push(made)
    await until(lambda: _is(host, stream, "live"))
    assert (await host.call("streams/stop", {"streamId": stream})).code == 0
    await asyncio.to_thread(encoder.ended, "a stopped encoder")
    stopped = evening.push(made)
    await asyncio.to_thread(stopped.ended, "an encoder of a stopped stream")
    assert (await host.call("streams/start", {"streamId": stream})).code == 0
    fresh = (await host.call("streams/rotate_key", {"streamId": stream})).data
    former = evening.push(made)
    await asyncio.to_thread(former.ended, "an encoder with the former key")
    evening.push(fresh)
    await until(lambda: _is(host, stream, "live"))


async def _is(host: Device, stream: str, state: str) -> bool:
    return await state_of(host, stream) == state


async def _is_shown(viewer: Device, room: str) -> bool:
    return await address_for(viewer, room) != ""


async def _is_not_shown(viewer: Device, room: str) -> bool:
    return await address_for(viewer, room) == ""


async def _plays(evening: Evening, address: str) -> bool:
    status, page = await evening.watch(address)
    assert status in (200, 404), status
    return b".ts" in page


async def _refuses(evening: Evening, address: str) -> bool:
    return (await evening.watch(address))[0] == 403


async def _has_size(host: Device) -> bool:
    (shown,) = (await host.call("streams/current", {"roomId": host.user})).data
    return (shown["width"], shown["height"]) == (WIDTH, HEIGHT)
