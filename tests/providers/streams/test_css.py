"""Tencent CSS: its vectors, its addresses, and its API before an honest stand-in that checks TC3."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from liveroom.domain.ids import RoomId, UserId
from liveroom.domain.streams.model import PlayProtocol, PushKey, PushProtocol, PushSession, StreamName
from liveroom.domain.vendors.model import Trouble, VendorFailure
from liveroom.providers.streams.css import CssDigest, CssDomains, CssKeys, CssStreams, tx_secret, tx_time
from liveroom.providers.tencent.cloud import TencentCloud
from liveroom.simulate.endpoint import Mood
from tests.providers.streams.servers import APP, DOMAIN, FakeCss, css_takes, listening_server
from tests.vendors.simulator import SECRET_ID, SECRET_KEY

NAME, ROOM, ALICE = StreamName("room1001"), RoomId("room"), UserId("alice")
ENDS = datetime.fromtimestamp(1_800_000_000, UTC)
PUSH_KEYS, PLAY_KEYS = CssKeys("testpushkey0001", "testpushkey0002"), CssKeys("playkey1")
DOMAINS = CssDomains(DOMAIN, "play.example.com", APP, PUSH_KEYS, PLAY_KEYS)
KEY = PushKey("our-own-key", ENDS)


@pytest.fixture
async def css() -> AsyncIterator[FakeCss]:
    fake = FakeCss()
    async with listening_server(fake):
        yield fake


def made(css: FakeCss, domains: CssDomains = DOMAINS, secret: str = SECRET_KEY) -> CssStreams:
    return CssStreams(TencentCloud(css.service.endpoint.url, SECRET_ID, secret, css.clock), css.clock, domains)


@pytest.mark.parametrize(
    ("key", "name", "until", "signature"),
    [
        ("e12c46f2612d5106e2034781ab261ca3", "test", "5C271099", "f85a2ab363fe4deaffef9754d79da6fe"),
        ("testpushkey0001", "room_1001", "6B49D200", "86e3e21cc1434a8c7b98884b97b720bb"),
        ("testpushkey0001", "room_1001", "6b49d200", "c7eed3bfd23c01139765f40398d88cd0"),
    ],
)
def test_addresses_are_signed_by_the_vectors(key: str, name: str, until: str, signature: str) -> None:
    assert tx_secret(key, name, until) == signature


def test_the_end_of_an_address_is_hex_in_capitals() -> None:
    assert tx_time(ENDS) == "6B49D200"


@pytest.mark.parametrize("key", PUSH_KEYS)
@pytest.mark.parametrize("digest", list(CssDigest))
def test_an_address_of_either_key_and_digest_is_taken_until_it_is_over(key: str, digest: CssDigest) -> None:
    secret = tx_secret(key, NAME, tx_time(ENDS), digest)
    assert css_takes(PUSH_KEYS, NAME, secret, tx_time(ENDS), ENDS)
    assert not css_takes(PUSH_KEYS, NAME, secret, tx_time(ENDS), ENDS + timedelta(seconds=1))
    assert not css_takes(PUSH_KEYS, StreamName("other"), secret, tx_time(ENDS), ENDS)


@pytest.mark.parametrize("until", ["", "6b49d200", "zz", "6B49D200 ", "F" * 200])
def test_an_end_that_was_not_signed_is_refused(until: str) -> None:
    assert not css_takes(PUSH_KEYS, NAME, tx_secret(PUSH_KEYS.main, NAME, tx_time(ENDS)), until, ENDS)
    assert not css_takes(CssKeys(), NAME, tx_secret("", NAME, until), until, ENDS)


async def test_encoders_are_given_rtmp_srt_and_webrtc_and_a_backup(css: FakeCss) -> None:
    found = await made(css).push_addresses(NAME, KEY, room=ROOM)
    main, backup = (tx_secret(key, NAME, "6B49D200") for key in PUSH_KEYS)
    assert [(one.protocol, one.is_backup) for one in found] == [
        (protocol, backup)
        for backup in (False, True)
        for protocol in (PushProtocol.RTMP, PushProtocol.SRT, PushProtocol.WEBRTC)
    ]
    rtmp, srt, webrtc, second = found[:4]
    signed = f"txSecret={main}&txTime=6B49D200"
    assert (rtmp.server, rtmp.key) == (f"rtmp://{DOMAIN}/live", f"{NAME}?{signed}&token=our-own-key")
    assert rtmp.url == f"{rtmp.server}/{rtmp.key}"
    streamid = f"#!::h={DOMAIN},r=live/{NAME},txSecret={main},txTime=6B49D200,token=our-own-key"
    assert srt.url == f"srt://{DOMAIN}:9000?streamid={streamid}"
    assert webrtc.url == f"webrtc://{DOMAIN}/live/{NAME}?{signed}&token=our-own-key"
    assert f"txSecret={backup}&" in second.url


async def test_a_domain_without_keys_has_addresses_without_signatures(css: FakeCss) -> None:
    bare = made(css, CssDomains(DOMAIN, "play.example.com"))
    (rtmp, *_) = await bare.push_addresses(NAME, KEY, room=ROOM)
    assert rtmp.key == f"{NAME}?token=our-own-key"
    assert {one.expires for one in bare.play_addresses(NAME, ALICE, ENDS)} == {None}


def test_viewers_are_given_signed_addresses_of_each_protocol(css: FakeCss) -> None:
    found = made(css).play_addresses(NAME, ALICE, ENDS)
    assert [one.protocol for one in found] == [
        PlayProtocol.WEBRTC, PlayProtocol.FLV, PlayProtocol.HLS, PlayProtocol.RTMP,
    ]  # fmt: skip
    for one in found:
        said = {name: values[0] for name, values in parse_qs(urlsplit(one.url).query).items()}
        assert css_takes(PLAY_KEYS, NAME, said["txSecret"], said["txTime"], ENDS)
        assert one.expires == ENDS
    assert [urlsplit(one.url).path for one in found][1:3] == [f"/live/{NAME}.flv", f"/live/{NAME}.m3u8"]


async def test_a_stream_is_dropped_and_one_that_is_gone_is_no_failure(css: FakeCss) -> None:
    css.live = {NAME: css.clock.now()}
    for _ in range(2):
        await made(css).drop(NAME, PushSession("1"))
    assert css.live == {}


async def test_a_name_is_forbidden_until_then_for_ninety_days_at_most_and_allowed_again(css: FakeCss) -> None:
    streams, now = made(css), css.clock.now()
    await streams.forbid(NAME, now + timedelta(hours=1))
    assert css.forbidden == {NAME: f"{now + timedelta(hours=1):%Y-%m-%dT%H:%M:%SZ}"}
    await streams.forbid(NAME, None)
    await streams.forbid(StreamName("two"), now + timedelta(days=400))
    assert len(css.forbidden) == 2
    await streams.allow(NAME)
    assert list(css.forbidden) == ["two"]


@pytest.mark.parametrize(("count", "pages"), [(0, 1), (100, 1), (250, 3)])
async def test_all_pages_are_listed(css: FakeCss, count: int, pages: int) -> None:
    since = css.clock.now().replace(microsecond=0)
    css.live = {f"s{number}": since for number in range(count)}
    found = await made(css).live()
    assert (found.is_whole, [one.name for one in found.streams]) == (True, list(css.live))
    assert {(one.since, one.session) for one in found.streams} == ({(since, "")} if count else set())
    assert len(css.service.calls) == pages


async def test_a_list_of_which_a_page_fails_is_not_whole(css: FakeCss) -> None:
    css.live = {f"s{number}": css.clock.now() for number in range(250)}
    css.fails_from = 3
    found = await made(css).live()
    assert (found.is_whole, len(found.streams)) == (False, 200)
    css.fails_from = 1
    with pytest.raises(VendorFailure):
        await made(css).live()


async def test_refusals_say_whose_work_they_are(css: FakeCss) -> None:
    with pytest.raises(VendorFailure, match="SECRET_KEY") as access:
        await made(css, secret="another").drop(NAME, PushSession("1"))
    with pytest.raises(VendorFailure, match="console") as subject:
        await made(css, DOMAINS._replace(push="another.example.com")).drop(NAME, PushSession("1"))
    css.service.endpoint.mood = Mood.BROKEN
    with pytest.raises(VendorFailure) as busy:
        await made(css).drop(NAME, PushSession("1"))
    assert [one.value.trouble for one in (access, subject, busy)] == [Trouble.ACCESS, Trouble.SUBJECT, Trouble.BUSY]
