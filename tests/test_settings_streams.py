"""Settings of pushed streams: what each server needs, and what is refused at the start."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

import pytest

from liveroom.app.checkup.streams import look_at_streams
from liveroom.app.stream_servers import make_stream_callbacks, make_stream_servers
from liveroom.domain.findings import Level
from liveroom.domain.ids import RoomId
from liveroom.domain.streams.model import PushKey, StreamName, StreamServerKind
from liveroom.settings import SettingsError, load_settings
from tests.service import STREAMS
from tests.test_settings import load
from tests.worlds import WoundClock

KEY: Final = "callback-key-of-these-tests"
OWN: Final = {
    "LIVEROOM_STREAMS_RTMP_URL": "rtmp://live.example.com",
    "LIVEROOM_STREAMS_HTTP_URL": "https://live.example.com",
    "LIVEROOM_STREAMS_API_URL": "http://127.0.0.1:9",
    "LIVEROOM_STREAMS_CALLBACK_KEY": KEY,
}
SERVERS: Final[Mapping[StreamServerKind, Mapping[str, str]]] = {
    StreamServerKind.CSS: {
        "LIVEROOM_CSS_PUSH_DOMAIN": "push.example.com",
        "LIVEROOM_CSS_PLAY_DOMAIN": "play.example.com",
        "LIVEROOM_CSS_PUSH_KEY": "push-key",
        "LIVEROOM_STREAMS_CALLBACK_KEY": KEY,
        "LIVEROOM_TENCENT_SECRET_ID": "AKIDx",
        "LIVEROOM_TENCENT_SECRET_KEY": "y",
    },
    StreamServerKind.SRS: OWN,
    StreamServerKind.MEDIAMTX: OWN,
    StreamServerKind.NGINX_RTMP: OWN,
    StreamServerKind.LIVEKIT: {
        "LIVEROOM_LIVEKIT_URL": "wss://live.example.com",
        "LIVEROOM_LIVEKIT_KEY": "devkey",
        "LIVEROOM_LIVEKIT_SECRET": "secret-of-a-livekit-that-is-long-enough",
    },
}


@pytest.mark.parametrize("kind", SERVERS)
async def test_each_server_is_set_up_by_what_it_needs_and_by_nothing_less(kind: StreamServerKind) -> None:
    settings = load(None, None, LIVEROOM_STREAMS=kind.value, **SERVERS[kind])
    setup, callbacks = make_stream_servers(settings, WoundClock()), make_stream_callbacks(settings)
    assert settings.offers("streams")
    assert ([*setup.by_kind], callbacks and callbacks[0]) == ([kind], kind)
    if kind is not StreamServerKind.LIVEKIT:
        key = PushKey("secret", WoundClock().now())
        addresses = await setup.by_kind[kind].push_addresses(StreamName("lrx"), key, room=RoomId("1"))
        assert all("lrx" in address.url and "secret" in address.url + address.key for address in addresses)
    await setup.close()
    for missing in SERVERS[kind]:
        if missing == "LIVEROOM_STREAMS_HTTP_URL" and kind is not StreamServerKind.NGINX_RTMP:
            continue
        given = {name: value for name, value in SERVERS[kind].items() if name != missing}
        with pytest.raises(SettingsError, match=missing):
            load(None, None, LIVEROOM_STREAMS=kind.value, **given)


def test_without_a_server_there_are_no_streams() -> None:
    settings = load(None, None)
    assert not settings.offers("streams")
    assert make_stream_servers(settings, WoundClock()).by_kind == {}
    assert make_stream_callbacks(settings) is None


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"LIVEROOM_STREAMS": "wowza"}, "must be off or css"),
        ({"LIVEROOM_STREAMS_GRACE": "1s"}, "LIVEROOM_STREAMS_GRACE is 1s; choose 5s to 5m"),
        ({"LIVEROOM_STREAMS_KEY_LIFETIME": "400d"}, "LIVEROOM_STREAMS_KEY_LIFETIME"),
        ({"LIVEROOM_STREAMS_PLAY_LIFETIME": "2d"}, "LIVEROOM_STREAMS_PLAY_LIFETIME"),
        ({"LIVEROOM_STREAMS_CALLBACK_KEY": "short"}, "fewer than 16 characters"),
        ({"LIVEROOM_STREAMS_PLAY_KEY": "short"}, "fewer than 16 characters"),
        ({"LIVEROOM_STREAMS_RTMP_URL": "live.example.com"}, "write it as rtmp://live.example.com"),
        ({"LIVEROOM_STREAMS_SRT_URL": "rtmp://live.example.com"}, "write it as srt://live.example.com"),
        ({"LIVEROOM_STREAMS_API_URL": "127.0.0.1:1985"}, "is not a valid web address"),
        ({"LIVEROOM_STREAMS_APP": "a b"}, "is not a valid application"),
        ({"LIVEROOM_CSS_PLAY_DOMAIN": "https://play.example.com/"}, "is not a valid domain"),
    ],
)
def test_what_cannot_work_is_said_at_the_start(change: dict[str, str], said: str) -> None:
    with pytest.raises(SettingsError, match=said):
        load(None, None, **{"LIVEROOM_STREAMS": "nginx_rtmp", **OWN, **change})


async def test_the_doctor_says_that_a_server_does_not_answer_and_nothing_where_there_is_none(tmp_path: Path) -> None:
    async def findings(**given: str) -> list[Level]:
        settings = load_settings({"data_dir": tmp_path, **given}, environ={}, dotenv=None)
        return [finding.level async for finding in look_at_streams(settings, WoundClock())]

    assert await findings(**STREAMS) == [Level.WARN]
    assert await findings() == []
