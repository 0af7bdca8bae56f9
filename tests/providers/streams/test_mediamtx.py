"""MediaMTX: its addresses, its API before a stand-in, what it asks, what its hooks say, and tokens that it believes."""

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

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
from liveroom.providers.streams.mediamtx import MediamtxAddresses, MediamtxStreams
from liveroom.providers.streams.mediamtx_auth import MediamtxCallbacks
from liveroom.providers.streams.mediamtx_tokens import MediamtxTokens
from liveroom.simulate.endpoint import Mood
from tests.providers.streams.servers import FakeMediamtx, listening_server

NOW = datetime(2026, 12, 1, 3, 0, tzinfo=UTC)
ENDS = datetime(2036, 12, 1, 3, 0, tzinfo=UTC)
NAME, ROOM, ALICE = StreamName("room1001abcdefgh23456789"), RoomId("room"), UserId("alice")
KEY, SECRET, ID = "callback-key", "play-secret", "f4a8a9f8-5c1b-4f3e-9a55-bd4b8f1b9d11"
ADDRESSES = MediamtxAddresses(
    "rtmp://m.example.com", "srt://m.example.com:8890", "https://m.example.com:8889", "https://m.example.com:8888"
)
CALLBACKS = MediamtxCallbacks(KEY, folder="live", play_secret=SECRET)
PUBLISH = {
    "user": "", "password": "", "token": "our-own-key", "ip": "203.0.113.7", "action": "publish",
    "path": f"live/{NAME}", "protocol": "rtmp", "id": ID, "query": "token=our-own-key", "userAgent": "FMLE/3.0",
}  # fmt: skip


def pem(key: Any) -> str:
    content: bytes = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return content.decode()


@pytest.fixture(scope="module")
def tokens() -> MediamtxTokens:
    return MediamtxTokens(pem(ec.generate_private_key(ec.SECP256R1())), issuer="liveroom")


@pytest.fixture
async def mediamtx() -> AsyncIterator[FakeMediamtx]:
    fake = FakeMediamtx()
    async with listening_server(fake):
        yield fake


def read(said: Any, key: str = KEY) -> StreamCall:
    body = said.encode() if isinstance(said, str) else json.dumps(said).encode()
    return CALLBACKS.read({"key": key}, {}, body, NOW)


async def test_encoders_are_given_rtmp_srt_and_whip_with_their_key() -> None:
    streams = MediamtxStreams(FakeMediamtx().api(), ADDRESSES)
    rtmp, srt, whip = await streams.push_addresses(NAME, PushKey("our-own-key", ENDS), room=ROOM)
    assert (rtmp.server, rtmp.key) == ("rtmp://m.example.com/live", f"{NAME}?token=our-own-key")
    assert srt.url == f"srt://m.example.com:8890?streamid=publish:live/{NAME}:stream:our-own-key"
    assert (whip.server, whip.key) == (f"https://m.example.com:8889/live/{NAME}/whip", "our-own-key")
    assert [one.protocol for one in (rtmp, srt, whip)] == [PushProtocol.RTMP, PushProtocol.SRT, PushProtocol.WHIP]


def test_viewers_are_given_whep_hls_and_rtmp_signed_for_them() -> None:
    token = play_token(SECRET, NAME, ALICE, ENDS)
    found = MediamtxStreams(FakeMediamtx().api(), ADDRESSES, play_secret=SECRET).play_addresses(NAME, ALICE, ENDS)
    assert [(one.protocol, one.url) for one in found] == [
        (PlayProtocol.WHEP, f"https://m.example.com:8889/live/{NAME}/whep?token={token}"),
        (PlayProtocol.HLS, f"https://m.example.com:8888/live/{NAME}/index.m3u8?token={token}"),
        (PlayProtocol.RTMP, f"rtmp://m.example.com/live/{NAME}?token={token}"),
    ]
    (public,) = MediamtxStreams(FakeMediamtx().api(), MediamtxAddresses(hls="https://m.example.com")).play_addresses(
        NAME, ALICE, ENDS
    )
    assert (public.url, public.expires) == (f"https://m.example.com/live/{NAME}/index.m3u8", None)


def believed(tokens: MediamtxTokens, token: str) -> dict[str, Any]:
    """Return what a token claims, to whoever has only fetched our public key."""
    keys = jwt.PyJWKSet.from_json(tokens.jwks().decode())
    found: dict[str, Any] = jwt.decode(
        token, keys[jwt.get_unverified_header(token)["kid"]].key, algorithms=["ES256"], issuer="liveroom"
    )
    return found


async def test_with_tokens_an_address_says_itself_what_it_is_for_until_when(tokens: MediamtxTokens) -> None:
    streams = MediamtxStreams(FakeMediamtx().api(), ADDRESSES, tokens=tokens)
    rtmp, srt, whip = await streams.push_addresses(NAME, PushKey("our-own-key", ENDS), room=ROOM)
    claims = believed(tokens, rtmp.key.partition("?token=")[2])
    assert claims["mediamtx_permissions"] == [{"action": "publish", "path": f"live/{NAME}"}]
    assert claims["exp"] == ENDS.timestamp()
    assert believed(tokens, whip.key)["mediamtx_permissions"] == claims["mediamtx_permissions"]
    hls = streams.play_addresses(NAME, ALICE, ENDS)[1]
    watching = believed(tokens, hls.url.partition("?token=")[2])
    assert watching["mediamtx_permissions"] == [{"action": "read", "path": f"live/{NAME}"}]
    assert watching["sub"] == ALICE
    assert (len(rtmp.url) <= 1024, len(srt.url.partition("streamid=")[2]) <= 512) == (True, True)


def test_only_the_public_key_is_handed_out(tokens: MediamtxTokens) -> None:
    (key,) = json.loads(tokens.jwks())["keys"]
    assert set(key) == {"kty", "crv", "x", "y", "kid", "use", "alg"}


@pytest.mark.parametrize(
    "key", [pem(rsa.generate_private_key(65537, 2048)), pem(ec.generate_private_key(ec.SECP384R1())), "x"]
)
def test_a_key_that_does_not_fit_into_addresses_is_refused(key: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        MediamtxTokens(key, issuer="liveroom")


async def test_the_list_has_what_is_pushed_on_all_pages(mediamtx: FakeMediamtx) -> None:
    mediamtx.pushes = {f"s{number}": f"id{number}" for number in range(1100)}
    found = await MediamtxStreams(mediamtx.api(), ADDRESSES).live()
    assert (found.is_whole, len(found.streams), len(mediamtx.asked)) == (True, 1100, 3)
    since = datetime(2026, 12, 1, 3, 0, 0, 123456, UTC)
    assert found.streams[0] == LiveStream(StreamName("s0"), PushSession("id0"), since)
    mediamtx.fails_from = 2
    broken = await MediamtxStreams(mediamtx.api(), ADDRESSES).live()
    assert (broken.is_whole, len(broken.streams)) == (False, 1000)


@pytest.mark.parametrize("kind", ["rtmpConn", "srtConn", "webRTCSession"])
@pytest.mark.parametrize("session", [ID, ""])
async def test_a_source_is_kicked_by_its_kind(mediamtx: FakeMediamtx, kind: str, session: str) -> None:
    mediamtx.kind, mediamtx.pushes = kind, {NAME: ID}
    await MediamtxStreams(mediamtx.api(), ADDRESSES).drop(NAME, PushSession(session))
    assert mediamtx.kicked == [ID]


async def test_another_session_and_one_that_is_gone_are_not_kicked(mediamtx: FakeMediamtx) -> None:
    streams = MediamtxStreams(mediamtx.api(), ADDRESSES)
    await streams.drop(NAME, PushSession(ID))
    mediamtx.pushes = {NAME: "another"}
    await streams.drop(NAME, PushSession(ID))
    assert mediamtx.kicked == []


async def test_a_wrong_password_is_the_operators_and_nonsense_the_servers(mediamtx: FakeMediamtx) -> None:
    with pytest.raises(VendorFailure, match="password") as access:
        await MediamtxStreams(mediamtx.api(password="another"), ADDRESSES).live()
    assert access.value.trouble is Trouble.ACCESS
    for mood in (Mood.NONSENSE, Mood.ODD, Mood.BROKEN, Mood.DOWN):
        mediamtx.endpoint.mood = mood
        with pytest.raises(VendorFailure) as failure:
            await MediamtxStreams(mediamtx.api(), ADDRESSES).live()
        assert failure.value.trouble is Trouble.BUSY, mood


@pytest.mark.parametrize(
    "shown",
    [
        {},
        {"token": "", "query": "a=1&token=our-own-key&token=x"},
        {"token": "", "query": "", "user": "stream", "password": "our-own-key", "protocol": "srt"},
    ],
)
def test_a_push_is_asked_for_with_its_key_and_session(shown: dict[str, Any]) -> None:
    report = StreamReport(StreamReportKind.ASKED, NAME, PushSession(ID), "our-own-key", NOW)
    assert read({**PUBLISH, **shown}) == StreamCall(report)


@pytest.mark.parametrize("action", ["publish", "read"])
def test_who_shows_nothing_is_told_to_say_their_password(action: str) -> None:
    call = read({**PUBLISH, "action": action, "token": "", "query": "", "id": None})
    assert call.needs_credentials
    assert CALLBACKS.answer(call, is_allowed=True).status == 401


def test_a_viewer_is_asked_for_by_their_token() -> None:
    token = play_token(SECRET, NAME, ALICE, NOW + timedelta(minutes=1))
    call = read({**PUBLISH, "action": "read", "protocol": "hls", "token": "", "query": f"token={token}"})
    assert call.play is not None
    assert (call.play.viewer, CALLBACKS.answer(call, is_allowed=True).status) == (ALICE, 200)
    assert CALLBACKS.answer(call, is_allowed=False).status == 403
    assert read({**PUBLISH, "action": "read"}).refused


@pytest.mark.parametrize(
    "changed",
    [
        {"action": "api"},
        {"action": "playback"},
        {"action": 5},
        {"path": "cameras/one"},
        {"path": f"live/{NAME}/x"},
        {"path": "live"},
        {"path": None},
        {"path": "live/" + "x" * 5000},
    ],
)
def test_what_is_no_stream_of_ours_is_refused(changed: dict[str, Any]) -> None:
    call = read({**PUBLISH, **changed})
    assert (call.report, CALLBACKS.answer(call, is_allowed=True).status) == (None, 403)


@pytest.mark.parametrize("changed", [{"id": None}, {"id": 5}, {"id": "x" * 100}, {"token": 5}, {"query": ["a"]}])
def test_odd_fields_are_left_out(changed: dict[str, Any]) -> None:
    assert read({**PUBLISH, "password": "our-own-key", **changed}).report is not None


@pytest.mark.parametrize(
    ("event", "kind"), [("available", StreamReportKind.STARTED), ("unavailable", StreamReportKind.ENDED)]
)
def test_hooks_say_that_a_stream_has_begun_and_ended(event: str, kind: StreamReportKind) -> None:
    said = read(f"event={event}&path=live%2F{NAME}&id={ID}&id=another")
    assert said == StreamCall(StreamReport(kind, NAME, PushSession(ID), "", NOW))
    assert CALLBACKS.answer(said, is_allowed=True).status == 200


@pytest.mark.parametrize(
    "form", ["", "x", "event=read&path=live/a&id=1", "event=available&path=x&id=1", "event=available"]
)
def test_hooks_that_say_nothing_of_a_push_are_thanked_for(form: str) -> None:
    assert read(form) == StreamCall()


def test_a_call_without_our_key_or_without_sense_is_refused() -> None:
    for key in ("", "another"):
        with pytest.raises(PermissionDenied):
            read(PUBLISH, key)
    for body in ("{", '{"a":1', '{"a":1}' + "x" * 20_000, "{" * 10**4):
        with pytest.raises(BadRequest):
            read(body)


@pytest.mark.parametrize(
    ("said", "seconds"), [("59.98", 59.98), ("60", 60), ("", 0), ("-1", 0), ("nan", 0), ("1e9", 0)]
)
def test_a_segment_that_was_recorded_is_of_its_stream(said: str, seconds: float) -> None:
    form = f"event=recorded&path=live/{NAME}&file=/rec/live/{NAME}/1796155260-0045.mp4&seconds={said}"
    assert read(form) == StreamCall(file=StreamFile(NAME, f"/rec/live/{NAME}/1796155260-0045.mp4", seconds))
    assert read(form.replace("path=live", "path=cameras")) == StreamCall()
    assert read(f"event=recorded&path=live/{NAME}") == StreamCall()
