"""nginx with its RTMP module, for real, by the configuration that deploy/ has: who may push and watch, and who is seen.

The encoder is ffmpeg. Figures that docs/stream-servers.md names are measured here, and have to hold.
"""

import asyncio
import logging
import re
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import pytest

from liveroom.clock import SystemClock
from liveroom.domain.ids import RoomId, UserId
from liveroom.domain.streams.model import LiveStream, PushKey, PushSession, StreamName, StreamReportKind
from liveroom.providers.streams.nginx_rtmp import NginxRtmpAddresses, NginxRtmpStreams
from liveroom.providers.streams.nginx_rtmp_hooks import NginxRtmpHooks
from liveroom.providers.streams.server_api import StreamServerApi
from tests.servers import fetch, running
from tests.vendors.encoder import HEIGHT, WIDTH, Encoder, ffmpeg
from tests.vendors.real_nginx_rtmp import CALLBACK_KEY, SILENCE, FlvServer, NginxRtmp
from tests.vendors.stream_receiver import LATEST, StreamReceiver, receiving

pytestmark = pytest.mark.long
log = logging.getLogger(__name__)
ONE, OTHER = StreamName("one0123456789"), StreamName("other0123456789")
ROOM, ALICE = RoomId("room"), UserId("alice 你好")
PLAY_SECRET: Final = "play-secret-0123456789"
_MARGIN: Final = 10.0
"""Seconds that a full machine may add to what is measured."""


@dataclass
class Site:
    """One server, whom it asks, and the encoders that push to it."""

    server: NginxRtmp
    receiver: StreamReceiver
    streams: NginxRtmpStreams
    film: Path
    encoders: list[Encoder]

    async def push(self, name: StreamName, key: PushKey, more: str = "") -> Encoder:
        """Begin to push as an encoder does that was given the address."""
        (address,) = await self.streams.push_addresses(name, key, room=ROOM)
        self.encoders.append(Encoder(self.film, f"{address.server}/{address.key}{more}"))
        return self.encoders[-1]

    async def listed(self, name: StreamName) -> LiveStream:
        """Return a stream as soon as the list has it with its picture's size."""
        async with asyncio.timeout(LATEST):
            while True:
                found = [one for one in (await self.streams.live()).streams if one.name == name and one.width]
                if found:
                    return found[0]
                await asyncio.to_thread(fetch, self.server.control, "/stat")

    def hls(self, name: StreamName, life: timedelta = timedelta(hours=1), *, viewer: UserId = ALICE) -> str:
        """Return the path at which a viewer watches."""
        *_, address = self.streams.play_addresses(name, viewer, SystemClock().now() + life)
        return urlsplit(address.url).path

    async def get(self, path: str) -> tuple[int, bytes]:
        return await asyncio.to_thread(fetch, self.server.http, path)

    async def playlist(self, path: str) -> bytes:
        """Return a playlist as soon as it has a segment."""
        async with asyncio.timeout(LATEST):
            while True:
                status, page = await self.get(path)
                if status == 200 and b".ts" in page:
                    return page
                assert status in (200, 404), status


@asynccontextmanager
async def sited(folder: Path, film: Path, kind: type[NginxRtmp], *, relays: bool = False) -> AsyncIterator[Site]:
    hooks = NginxRtmpHooks(CALLBACK_KEY, app="live", play_secret=PLAY_SECRET)
    async with receiving(StreamReceiver(hooks, SystemClock())) as receiver:
        server = kind(folder)
        server.ask(receiver.port, relays=relays)
        api = StreamServerApi("nginx-rtmp", server.control_url)
        addresses = NginxRtmpAddresses(server.rtmp_url, server.hls_url, flv=server.flv_url if relays else "")
        streams = NginxRtmpStreams(api, SystemClock(), addresses, play_secret=PLAY_SECRET)
        site = Site(server, receiver, streams, film, [])
        try:
            await asyncio.to_thread(server.start)
            yield site
        finally:
            for encoder in site.encoders:
                encoder.kill()
            server.stop()
            await api.close()


@pytest.fixture
async def site(tmp_path: Path, film: Path, nginx_rtmp: type[NginxRtmp]) -> AsyncIterator[Site]:
    async with sited(tmp_path / "nginx", film, nginx_rtmp) as made:
        yield made


async def test_a_good_key_lets_an_encoder_in_and_the_list_says_what_it_sends(site: Site) -> None:
    await site.push(ONE, site.receiver.key(ONE, "good"))
    session = await site.receiver.asked(ONE)
    found = await site.listed(ONE)
    assert (found.session, found.width, found.height) == (session, WIDTH, HEIGHT)
    assert found.since is not None
    assert timedelta(0) <= SystemClock().now() - found.since < timedelta(seconds=LATEST)


@pytest.mark.parametrize("life", [None, timedelta(seconds=-1)], ids=["wrong", "expired"])
async def test_a_wrong_key_and_an_expired_one_do_not(site: Site, life: timedelta | None) -> None:
    good = site.receiver.key(ONE, "good", life=life or timedelta(hours=1))
    encoder = await site.push(ONE, good if life else good._replace(secret="guessed"))
    await asyncio.to_thread(encoder.ended, "an encoder that is refused")
    assert (await site.streams.live()).streams == []
    assert [one.report.kind for one in site.receiver.told] == [StreamReportKind.ASKED]


async def test_what_a_client_adds_to_its_key_counts_for_nothing(site: Site) -> None:
    """Its query stands behind the server's own fields, raw: names that are there twice, and more than may be read."""
    mine = site.receiver.key(ONE, "good")
    site.receiver.key(OTHER, "others")
    await site.push(ONE, mine, f"&token=others&name={OTHER}&clientid=999&call=update_publish&app=another")
    told = await site.receiver.heard(lambda one: True)
    assert (told.report.name, told.report.secret, told.report.kind) == (ONE, "good", StreamReportKind.ASKED)
    assert told.report.session != PushSession("999")
    flood = await site.push(OTHER, mine, "&a=1" * 60)
    await asyncio.to_thread(flood.ended, "an encoder with too many fields")
    assert [one.name for one in (await site.streams.live()).streams] in ([], [ONE])


async def test_a_second_push_of_a_name_ends_itself_and_not_the_first(site: Site) -> None:
    key = site.receiver.key(ONE, "good")
    first = await site.push(ONE, key)
    session = await site.receiver.asked(ONE)
    await site.listed(ONE)
    second = await site.push(ONE, key)
    other = await site.receiver.asked(ONE, after=1)
    await site.receiver.end_of(other)
    await asyncio.to_thread(second.ended, "the second encoder")
    assert other != session
    assert (await site.listed(ONE)).session == session
    assert first.is_running()
    assert [one.report.session for one in site.receiver.told if one.report.kind is StreamReportKind.ENDED] == [other]


async def test_a_killed_encoder_is_noticed_at_once_and_may_come_back(site: Site) -> None:
    key = site.receiver.key(ONE, "good")
    encoder = await site.push(ONE, key)
    session = await site.receiver.asked(ONE)
    await site.listed(ONE)
    killed = time.monotonic()
    encoder.kill()
    took = (await site.receiver.end_of(session)).seconds - killed
    log.info("a killed encoder is noticed after %.2f s", took)
    assert took < 1 + _MARGIN
    await site.push(ONE, key)
    assert (await site.listed(ONE)).session not in ("", session)


async def test_a_frozen_encoder_is_noticed_after_ten_seconds(site: Site) -> None:
    encoder = await site.push(ONE, site.receiver.key(ONE, "good"))
    session = await site.receiver.asked(ONE)
    await site.listed(ONE)
    encoder.freeze()
    frozen = time.monotonic()
    took = (await site.receiver.end_of(session)).seconds - frozen
    log.info("a frozen encoder is noticed after %.2f s", took)
    assert SILENCE - 2 < took < SILENCE + 5 + _MARGIN
    assert (await site.streams.live()).streams == []


async def test_who_is_dropped_is_out_at_once_and_another_session_is_not_touched(site: Site) -> None:
    encoder = await site.push(ONE, site.receiver.key(ONE, "good"))
    session = await site.receiver.asked(ONE)
    await site.listed(ONE)
    await site.streams.drop(ONE, PushSession(f"{int(session) + 1000}"))
    await site.streams.drop(OTHER, session)
    assert (await site.listed(ONE)).session == session
    dropped = time.monotonic()
    await site.streams.drop(ONE, session)
    took = (await site.receiver.end_of(session)).seconds - dropped
    log.info("a dropped encoder is out after %.2f s", took)
    await asyncio.to_thread(encoder.ended, "the dropped encoder")
    await site.streams.drop(ONE, session)
    assert (await site.streams.live()).streams == []


async def test_a_server_that_stops_says_no_end_and_its_list_says_it(site: Site) -> None:
    key = site.receiver.key(ONE, "good")
    encoder = await site.push(ONE, key)
    session = await site.receiver.asked(ONE)
    await site.listed(ONE)
    await asyncio.to_thread(site.server.end)
    await asyncio.to_thread(encoder.ended, "the encoder of a server that is gone")
    await asyncio.to_thread(site.server.start)
    assert [one.report.kind for one in site.receiver.told] == [StreamReportKind.ASKED]
    found = await site.streams.live()
    assert (found.streams, found.is_whole) == ([], True)
    before = len(site.receiver.told)
    await site.push(ONE, key)
    again = await site.receiver.asked(ONE, after=before)
    assert (await site.listed(ONE)).session == again
    log.info("the session was %s, and is %s after the restart", session, again)


async def test_after_a_reload_the_former_worker_keeps_a_stream_that_the_list_has_no_more(site: Site) -> None:
    """Why the configuration says to restart it: nobody could drop this stream, nor see it."""
    encoder = await site.push(ONE, site.receiver.key(ONE, "good"))
    session = await site.receiver.asked(ONE)
    await site.listed(ONE)
    await asyncio.to_thread(site.server.reload)
    await site.streams.drop(ONE, session)
    assert (await site.streams.live()).streams == []
    assert encoder.is_running()
    encoder.kill()
    await site.receiver.end_of(session)


async def test_hls_is_for_viewers_whose_address_is_signed_for_the_stream(site: Site) -> None:
    await site.push(ONE, site.receiver.key(ONE, "good"))
    site.receiver.viewers = {ALICE}
    path = site.hls(ONE)
    segment = re.findall(rb"^\S+\.ts$", await site.playlist(path), re.MULTILINE)[-1].decode()
    status, content = await site.get(f"{path.rpartition('/')[0]}/{segment}")
    assert (status, content[:1]) == (200, b"G"), "a transport stream begins with its sync byte"
    token = path.split("/")[2]
    for refused in (
        site.hls(ONE, timedelta(seconds=-1)),
        site.hls(ONE, viewer=UserId("mallory")),
        path.replace(token, site.hls(OTHER).split("/")[2]),
        path.replace(token, "-"),
        path.replace(token, f"{token[:-1]}{'A' if token[-1] != 'A' else 'B'}"),
    ):
        assert (await site.get(refused))[0] == 403, refused
    for nowhere in (f"/hls/{ONE}/index.m3u8", f"/hls/{token}/{ONE}/../../nginx.conf", "/liveroom-viewer", "/stat"):
        assert (await site.get(nowhere))[0] == 404, nowhere


async def test_nginx_asks_once_in_three_seconds_for_a_viewer_and_a_kicked_one_is_out_soon(site: Site) -> None:
    await site.push(ONE, site.receiver.key(ONE, "good"))
    site.receiver.viewers = {ALICE}
    path = site.hls(ONE)
    await site.playlist(path)
    before, began = site.receiver.plays, time.monotonic()
    for _ in range(50):
        assert (await site.get(path))[0] == 200
    assert site.receiver.plays - before <= 1 + (time.monotonic() - began) / 3
    site.receiver.viewers = set()
    kicked = time.monotonic()
    async with asyncio.timeout(LATEST):
        while (await site.get(path))[0] != 403:
            pass
    took = time.monotonic() - kicked
    log.info("a kicked viewer is refused after %.2f s", took)
    assert took < 3 + _MARGIN


async def test_who_watches_goes_on_while_nobody_can_be_asked_and_nobody_else_comes_in(site: Site) -> None:
    await site.push(ONE, site.receiver.key(ONE, "good"))
    site.receiver.viewers = {ALICE, UserId("bob")}
    path, other = site.hls(ONE), site.hls(ONE, viewer=UserId("bob"))
    await site.playlist(path)
    site.receiver.is_down, began = True, time.monotonic()
    while time.monotonic() - began < 4:
        assert (await site.get(path))[0] == 200
    assert (await site.get(other))[0] == 500
    site.receiver.is_down = False
    async with asyncio.timeout(LATEST):
        while (await site.get(other))[0] != 200:
            pass


async def test_flv_is_for_the_same_viewers_as_hls(tmp_path: Path, film: Path, nginx_rtmp: type[NginxRtmp]) -> None:
    if missing := FlvServer.missing():
        pytest.skip(missing)
    async with sited(tmp_path / "nginx", film, nginx_rtmp, relays=True) as site:
        with running(FlvServer(tmp_path / "flv", site.server)):
            site.receiver.viewers = {ALICE}
            await site.push(ONE, site.receiver.key(ONE, "good"))
            await site.listed(ONE)
            address, _ = site.streams.play_addresses(ONE, ALICE, SystemClock().now() + timedelta(hours=1))
            async with asyncio.timeout(LATEST):
                while await _frames(address.url) == 0:
                    pass
            assert await _frames(address.url.replace(str(ONE), str(OTHER))) == 0
            other = urlsplit(address.url)._replace(path=f"/flv/-/{ONE}.flv")
            assert (await site.get(other.path))[0] == 403
            assert [one.report.kind for one in site.receiver.told] == [StreamReportKind.ASKED]


async def test_rtmp_is_played_with_a_token_alone(site: Site) -> None:
    await site.push(ONE, site.receiver.key(ONE, "good"))
    await site.listed(ONE)
    site.receiver.viewers = {ALICE}
    token = site.hls(ONE).split("/")[2]
    url = f"{site.server.rtmp_url}/live/{ONE}"
    assert await _frames(f"{url}?token={token}") > 0
    assert await _frames(f"{url}?token=guessed") == 0
    assert await _frames(url) == 0


async def _frames(url: str) -> int:
    """Return whether a player that looks for a second sees anything."""
    argv = [ffmpeg(), "-v", "quiet", "-rw_timeout", "8000000", "-i", url, "-t", "1", "-c", "copy", "-f", "flv", "-"]
    player = await asyncio.create_subprocess_exec(
        *argv, stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL
    )
    content, _ = await player.communicate()
    return len(content)
