"""SRS: its addresses, its API before a stand-in that pages by ten, and what it asks and says."""

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from liveroom.domain.errors import BadRequest, PermissionDenied
from liveroom.domain.ids import RoomId, UserId
from liveroom.domain.streams.model import (
    LiveStream,
    PlayProtocol,
    PushKey,
    PushProtocol,
    PushSession,
    StreamCall,
    StreamFile,
    StreamName,
    StreamReport,
    StreamReportKind,
)
from liveroom.domain.vendors.model import Trouble, VendorFailure
from liveroom.providers.streams.addresses import play_token
from liveroom.providers.streams.srs import SrsAddresses, SrsStreams
from liveroom.providers.streams.srs_hooks import SrsHooks
from liveroom.simulate.endpoint import Mood
from tests.providers.streams.servers import FakeSrs, listening_server

NOW = datetime(2026, 12, 1, 3, 0, tzinfo=UTC)
NAME, ROOM, ALICE = StreamName("room1001"), RoomId("room"), UserId("alice")
KEY, SECRET = "callback-key", "play-secret"
ADDRESSES = SrsAddresses(
    "rtmp://s.example.com", "srt://s.example.com:10080", "https://s.example.com", "https://rtc.example.com"
)
HOOKS = SrsHooks(KEY, app="live", play_secret=SECRET)
PUBLISH = {
    "server_id": "vid-1", "service_id": "svc1", "action": "on_publish", "client_id": "9308h583", "ip": "203.0.113.7",
    "vhost": "__defaultVhost__", "app": "live", "tcUrl": "rtmp://s.example.com/live", "stream": "room1001",
    "param": "?token=our-own-key", "stream_url": "/live/room1001", "stream_id": "vid-124q9y3",
}  # fmt: skip


@pytest.fixture
async def srs() -> AsyncIterator[FakeSrs]:
    fake = FakeSrs()
    async with listening_server(fake):
        yield fake


def read(said: Any, key: str = KEY) -> StreamCall:
    return HOOKS.read({"key": key}, {}, json.dumps(said).encode(), NOW)


async def test_encoders_are_given_rtmp_srt_and_whip_with_their_key() -> None:
    found = await SrsStreams(FakeSrs().api(), ADDRESSES).push_addresses(NAME, PushKey("our-own-key", NOW), room=ROOM)
    rtmp, srt, whip = found
    assert (rtmp.server, rtmp.key) == ("rtmp://s.example.com/live", "room1001?token=our-own-key")
    assert srt.url == "srt://s.example.com:10080?streamid=#!::r=live/room1001?token=our-own-key,m=publish"
    assert whip.url == "https://rtc.example.com/rtc/v1/whip/?app=live&stream=room1001&token=our-own-key"
    assert [one.protocol for one in found] == [PushProtocol.RTMP, PushProtocol.SRT, PushProtocol.WHIP]


def test_viewers_are_given_whep_flv_hls_and_rtmp_signed_for_them() -> None:
    found = SrsStreams(FakeSrs().api(), ADDRESSES, play_secret=SECRET).play_addresses(NAME, ALICE, NOW)
    token = play_token(SECRET, NAME, ALICE, NOW)
    assert [one.url for one in found] == [
        f"https://rtc.example.com/rtc/v1/whep/?app=live&stream=room1001&token={token}",
        f"https://s.example.com/live/room1001.flv?token={token}",
        f"https://s.example.com/live/room1001.m3u8?token={token}",
        f"rtmp://s.example.com/live/room1001?token={token}",
    ]
    public = SrsStreams(FakeSrs().api(), SrsAddresses(http="https://s.example.com")).play_addresses(NAME, ALICE, NOW)
    assert [(one.protocol, one.expires) for one in public] == [(PlayProtocol.FLV, None), (PlayProtocol.HLS, None)]


async def test_the_list_has_what_is_published_with_its_session_on_all_pages(srs: FakeSrs) -> None:
    srs.pushes = {f"s{number}": f"c{number}" for number in range(700)}
    found = await SrsStreams(srs.api(), ADDRESSES).live()
    assert (found.is_whole, len(found.streams), len(srs.asked)) == (True, 700, 2)
    assert found.streams[0] == LiveStream(StreamName("s0"), PushSession("vid-2:c0"), None, 1280, 720, 2500)
    srs.fails_from = 1
    broken = await SrsStreams(srs.api(), ADDRESSES).live()
    assert (broken.is_whole, len(broken.streams)) == (False, 500)


@pytest.mark.parametrize("session", ["vid-2:c1", ""])
async def test_a_client_is_kicked_and_one_that_is_gone_is_no_failure(srs: FakeSrs, session: str) -> None:
    srs.pushes = {NAME: "c1", "other": "c2"}
    for _ in range(2):
        await SrsStreams(srs.api(), ADDRESSES).drop(NAME, PushSession(session))
    assert (srs.kicked, list(srs.pushes)) == (["c1"], ["other"])


async def test_a_wrong_password_is_the_operators_and_nonsense_the_servers(srs: FakeSrs) -> None:
    with pytest.raises(VendorFailure, match="password") as access:
        await SrsStreams(srs.api(password="another"), ADDRESSES).live()
    assert access.value.trouble is Trouble.ACCESS
    for mood in (Mood.NONSENSE, Mood.ODD, Mood.BROKEN, Mood.DOWN):
        srs.endpoint.mood = mood
        with pytest.raises(VendorFailure) as failure:
            await SrsStreams(srs.api(), ADDRESSES).live()
        assert failure.value.trouble is Trouble.BUSY, mood


def test_a_push_is_asked_for_with_its_key_and_session() -> None:
    report = StreamReport(StreamReportKind.ASKED, NAME, PushSession("svc1:9308h583"), "our-own-key", NOW)
    assert read(PUBLISH) == StreamCall(report)
    assert read({**PUBLISH, "param": "token=our-own-key&token=x"}) == StreamCall(report)


def test_its_end_is_of_the_same_session() -> None:
    report = StreamReport(StreamReportKind.ENDED, NAME, PushSession("svc1:9308h583"), "", NOW)
    assert read({**PUBLISH, "action": "on_unpublish"}) == StreamCall(report)


def test_a_viewer_is_asked_for_by_their_token() -> None:
    token = play_token(SECRET, NAME, ALICE, NOW + timedelta(minutes=1))
    play = {**PUBLISH, "action": "on_play", "param": f"?token={token}"}
    call = read(play)
    assert call.play is not None
    assert call.play.viewer == ALICE
    assert read({**play, "stream": "another"}).refused
    assert read({**play, "param": ""}).refused


def test_srs_is_answered_as_it_wants_it() -> None:
    asked = read(PUBLISH)
    assert (HOOKS.answer(asked, True).status, HOOKS.answer(asked, True).body) == (200, b'{"code":0}')
    assert HOOKS.answer(asked, False).status == 403
    assert HOOKS.answer(read({**PUBLISH, "app": "another"}), True).status == 403


@pytest.mark.parametrize(
    "changed",
    [{"app": "vod"}, {"app": None}, {"stream": "a/b"}, {"stream": 5}, {"client_id": ""}, {"client_id": ["a"]}],
)
def test_a_push_that_is_no_stream_of_ours_is_refused(changed: dict[str, Any]) -> None:
    call = read({**PUBLISH, **changed})
    assert (call.report, bool(call.refused)) == (None, True)


@pytest.mark.parametrize("action", ["on_connect", "on_close", "on_stop", "on_dvr", "on_hls"])
def test_other_calls_are_accepted(action: str) -> None:
    assert read({**PUBLISH, "action": action}) == StreamCall()


@pytest.mark.parametrize("param", [5, None, "", "?", "x" * 10**5, "?token", "&".join(["token=x"] * 100)])
def test_a_push_that_shows_no_key_that_can_be_read_shows_none(param: object) -> None:
    report = read({**PUBLISH, "param": param}).report
    assert report is not None
    assert report.secret == ""


def test_a_call_without_our_key_or_without_sense_is_refused() -> None:
    for key in ("", "another"):
        with pytest.raises(PermissionDenied):
            read(PUBLISH, key)
    for body in (b"", b"[]", b"{", b"{}", b'{"action":[5]}', b"\xff", b"[" * 10**5):
        with pytest.raises(BadRequest):
            HOOKS.read({"key": KEY}, {}, body, NOW)


def test_a_file_of_dvr_is_of_its_stream() -> None:
    said = {**PUBLISH, "action": "on_dvr", "cwd": "/srs", "file": "./html/live/room1001.1796155260123.flv"}
    assert read(said) == StreamCall(file=StreamFile(NAME, "./html/live/room1001.1796155260123.flv"))
    assert read({**said, "file": 7}) == StreamCall()
