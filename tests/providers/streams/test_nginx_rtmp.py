"""nginx-rtmp: its addresses, /control and /stat before a stand-in, and the forms that it posts. The real one is in
tests/vendors."""

import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest

from liveroom.domain.errors import BadRequest, PermissionDenied
from liveroom.domain.ids import RoomId, UserId
from liveroom.domain.streams.model import (
    LiveStream,
    PlayProtocol,
    PushKey,
    PushSession,
    StreamCall,
    StreamFile,
    StreamName,
    StreamReport,
    StreamReportKind,
)
from liveroom.domain.vendors.model import Trouble, VendorFailure
from liveroom.providers.streams.addresses import play_token
from liveroom.providers.streams.nginx_rtmp import NginxRtmpAddresses, NginxRtmpStreams
from liveroom.providers.streams.nginx_rtmp_hooks import NginxRtmpHooks
from liveroom.providers.streams.nginx_rtmp_stat import StatReader, UnreadableStat
from liveroom.simulate.endpoint import Mood
from tests.providers.streams.servers import FakeNginxRtmp, listening_server, stat
from tests.worlds import WoundClock

NOW = datetime(2026, 12, 1, 3, 0, tzinfo=UTC)
NAME, ROOM, ALICE = StreamName("room1001"), RoomId("room"), UserId("alice")
KEY, SECRET = "callback-key", "play-secret"
ADDRESSES = NginxRtmpAddresses("rtmp://s.example.com", "https://s.example.com/hls")
HOOKS = NginxRtmpHooks(KEY, app="live", play_secret=SECRET)
SESSION = "app=live&flashver=FMLE/3.0%20%28compatible%26x%29&swfurl=&tcurl=rtmp://s.example.com/live&pageurl=&addr=203.0.113.7"
PUBLISH = f"{SESSION}&clientid=5&call=publish&name=room1001&type=live&token=our-own-key"


@pytest.fixture
async def nginx() -> AsyncIterator[FakeNginxRtmp]:
    fake = FakeNginxRtmp()
    async with listening_server(fake):
        yield fake


def made(nginx: FakeNginxRtmp, password: str = "api-password", play_secret: str = SECRET) -> NginxRtmpStreams:
    return NginxRtmpStreams(nginx.api(password=password), WoundClock(), ADDRESSES, play_secret=play_secret)


def read(form: str, key: str = KEY, **query: str) -> StreamCall:
    return HOOKS.read({"key": key, **query}, {}, form.encode(), NOW)


async def test_encoders_are_given_rtmp_and_viewers_hls_with_the_token_in_its_path(nginx: FakeNginxRtmp) -> None:
    (push,) = await made(nginx).push_addresses(NAME, PushKey("our-own-key", NOW), room=ROOM)
    assert (push.server, push.key) == ("rtmp://s.example.com/live", "room1001?token=our-own-key")
    (play,) = made(nginx).play_addresses(NAME, ALICE, NOW)
    token = play_token(SECRET, NAME, ALICE, NOW)
    assert play == (PlayProtocol.HLS, f"https://s.example.com/hls/{token}/room1001/index.m3u8", NOW)
    flv, _ = NginxRtmpStreams(
        nginx.api(), WoundClock(), ADDRESSES._replace(flv="https://s.example.com/flv"), play_secret=SECRET
    ).play_addresses(NAME, ALICE, NOW)
    assert flv == (PlayProtocol.FLV, f"https://s.example.com/flv/{token}/room1001.flv", NOW)
    (public,) = made(nginx, play_secret="").play_addresses(NAME, ALICE, NOW)
    assert (public.url, public.expires) == ("https://s.example.com/hls/-/room1001/index.m3u8", None)


async def test_the_session_is_dropped_and_no_other(nginx: FakeNginxRtmp) -> None:
    nginx.pushes = {NAME: "5"}
    await made(nginx).drop(NAME, PushSession("4"))
    await made(nginx).drop(StreamName("gone"), PushSession("5"))
    assert nginx.kicked == []
    await made(nginx).drop(NAME, PushSession("5"))
    await made(nginx).drop(NAME, PushSession(""))
    assert nginx.kicked == ["5", "5"]


async def test_the_list_has_what_is_published_in_our_application(nginx: FakeNginxRtmp) -> None:
    nginx.pushes = {NAME: "5", "not-ours": "6"}
    before = datetime.now(UTC)
    found = await made(nginx).live()
    (stream,) = found.streams
    assert found.is_whole
    assert stream._replace(since=None) == LiveStream(NAME, PushSession("5"), None, 1280, 720, 131)
    assert stream.since is not None
    assert before - timedelta(seconds=61) <= stream.since <= datetime.now(UTC) - timedelta(seconds=61)


async def test_a_server_that_answers_something_else_has_no_list(nginx: FakeNginxRtmp) -> None:
    for mood in (Mood.NONSENSE, Mood.ODD, Mood.BROKEN, Mood.DOWN):
        nginx.endpoint.mood = mood
        with pytest.raises(VendorFailure) as failure:
            await made(nginx).live()
        assert failure.value.trouble is Trouble.BUSY, mood
    nginx.endpoint.mood = Mood.NONSENSE
    with pytest.raises(VendorFailure):
        await made(nginx).drop(NAME, PushSession("5"))
    nginx.endpoint.mood = Mood.WELL
    with pytest.raises(VendorFailure) as access:
        await made(nginx, password="another").live()
    assert access.value.trouble is Trouble.ACCESS


def stated(content: bytes, piece: int = 64 * 1024) -> list[LiveStream]:
    reader = StatReader("live", NOW)
    for start in range(0, len(content), piece):
        reader.feed(content[start : start + piece])
    return list(reader.end())


@pytest.mark.parametrize("piece", [1, 7, 10**6])
def test_the_list_is_the_same_in_whatever_pieces_it_comes(piece: int) -> None:
    assert [one.name for one in stated(stat({"a": "1", "b": "2"}).encode(), piece)] == ["a", "b"]


BOMB = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]><rtmp><server>&b;</server></rtmp>'
OUTSIDE = '<!DOCTYPE x SYSTEM "file:///etc/passwd"><rtmp/>'


@pytest.mark.parametrize(
    "content",
    ["", "it works!", "<html/>", "<rtmp>", "<rtmp></live>", "{}", BOMB, OUTSIDE, "<rtmp>&unknown;</rtmp>",
     "<rtmp>\x00</rtmp>", f"<rtmp>{'<live>' * 20}{'</live>' * 20}</rtmp>"],
)  # fmt: skip
def test_what_is_no_list_is_refused_and_no_entity_is_read(content: str) -> None:
    with pytest.raises(UnreadableStat):
        stated(content.encode())


@pytest.mark.parametrize("number", ["", "-1", "9" * 30, "١", "1e9", "0x10"])
def test_numbers_that_are_none_are_left_out(number: str) -> None:
    page = stat({"a": "1"}).replace("<width>1280<", f"<width>{number}<").replace("<bw_in>131072<", f"<bw_in>{number}<")
    (stream,) = stated(page.replace("<time>61000<", f"<time>{number}<").encode())
    assert (stream.width, stream.kilobits) == (0, 0)


def test_a_stream_that_is_older_than_time_does_not_break_the_list() -> None:
    (stream,) = stated(stat({"a": "1"}).replace("<time>61000<", "<time>999999999999999<").encode())
    assert stream.since is not None


def test_a_push_is_asked_for_with_its_key_and_session() -> None:
    report = StreamReport(StreamReportKind.ASKED, NAME, PushSession("5"), "our-own-key", NOW)
    assert read(PUBLISH) == StreamCall(report)


def test_what_a_client_adds_counts_for_nothing() -> None:
    more = "&name=another&clientid=9&call=connect&app=vod&token=guessed&key=mine"
    assert read(PUBLISH + more) == read(PUBLISH)


def test_a_second_push_of_a_name_ends_by_its_own_number() -> None:
    second, end = (f"{SESSION}&clientid=6&call={call}&name=room1001" for call in ("publish", "publish_done"))
    asked, ended = read(f"{second}&type=live&token=our-own-key").report, read(end).report
    assert asked is not None
    assert ended == StreamReport(StreamReportKind.ENDED, NAME, asked.session, "", NOW)
    assert ended.session == "6"


@pytest.mark.parametrize("form", [True, False], ids=["on_play", "auth_request"])
def test_a_viewer_is_asked_for_by_their_token(form: bool) -> None:
    token = play_token(SECRET, NAME, ALICE, NOW + timedelta(minutes=1))
    for name, shown, viewer in ((NAME, token, ALICE), ("another", token, None), (NAME, "", None), (NAME, "-", None)):
        asked = {"name": name, "token": shown}
        call = (
            read(f"{SESSION}&clientid=7&call=play&name={name}&start=4294966296&token={shown}")
            if form
            else read("", call="hls", **asked)
        )
        assert (call.play and call.play.viewer) == viewer
        assert HOOKS.answer(call, is_allowed=True).status == (200 if viewer else 403)
        assert HOOKS.answer(call, is_allowed=False).status == 403


def test_nginx_itself_plays_what_it_pushes_on_and_nobody_else_is_taken_for_it() -> None:
    relay = "app=&flashver=ngx-local-relay&swfurl=&tcurl=&pageurl=&addr=127.0.0.1:1936/live&clientid=40&call=play"
    assert read(f"{relay}&name=room1001&start=0&duration=0&reset=0") == StreamCall()
    claimed = SESSION.replace("flashver=FMLE/3.0%20%28compatible%26x%29", "flashver=ngx-local-relay")
    assert read(f"{claimed}&clientid=7&call=play&name=room1001&addr=127.0.0.1:1936/live").refused


@pytest.mark.parametrize("call", ["connect", "disconnect", "play_done", "done", "record_done", "update_publish"])
def test_other_calls_are_accepted(call: str) -> None:
    assert read(f"{SESSION}&clientid=5&call={call}&name=room1001") == StreamCall()


@pytest.mark.parametrize(
    "form",
    [
        PUBLISH.replace("app=live", "app=vod"),
        PUBLISH.replace("app=live&", ""),
        PUBLISH.replace("name=room1001", "name=..%2Fetc"),
        PUBLISH.replace("name=room1001&", ""),
        PUBLISH.replace("clientid=5", "clientid="),
        PUBLISH.replace("clientid=5", f"clientid={'5' * 100}"),
    ],
)
def test_a_push_that_is_no_stream_of_ours_is_refused(form: str) -> None:
    call = read(form)
    assert (call.report, bool(call.refused)) == (None, True)
    assert HOOKS.answer(call, is_allowed=True).status == 403


@pytest.mark.parametrize(
    "form",
    [
        "",
        "x",
        "{}",
        "call=",
        "call=hls&name=a",
        PUBLISH.replace("call=publish&", ""),
        PUBLISH + "&a=1" * 60,
        "a" * 20_000,
    ],
)
def test_a_call_that_cannot_be_understood_is_refused_and_lets_nobody_in(form: str) -> None:
    with pytest.raises(BadRequest):
        read(form)


@pytest.mark.parametrize("key", ["", "another", "é"])
def test_a_call_without_our_key_is_refused(key: str) -> None:
    with pytest.raises(PermissionDenied):
        read(PUBLISH, key)
    with pytest.raises(PermissionDenied):
        NginxRtmpHooks("", app="live").read({"key": key}, {}, PUBLISH.encode(), NOW)


@pytest.mark.long
def test_ten_thousand_streams_are_read_twice_a_minute_with_three_percent_of_a_processor() -> None:
    content = stat({f"s{number}": str(number) for number in range(10_000)}).encode()
    began = time.process_time()
    found = stated(content)
    assert (len(found), time.process_time() - began < 0.9) == (10_000, True)


def test_a_file_that_was_recorded_is_of_its_stream() -> None:
    done = f"{SESSION}&clientid=5&call=record_done&recorder=liveroom&name=room1001&path=/rec/room1001-1796155260.flv"
    assert read(f"{done}&path=/etc/passwd") == StreamCall(file=StreamFile(NAME, "/rec/room1001-1796155260.flv"))
    assert read(done.replace("app=live", "app=vod")) == StreamCall()
    assert read(done.partition("&path")[0]) == StreamCall()
