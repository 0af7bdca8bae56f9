"""Settings of pushed streams: what each server needs, and what is refused at the start."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

import pytest

from liveroom.app.checkup.streams import look_at_streams
from liveroom.app.stream_servers import make_stream_callbacks, make_stream_servers, stream_origins
from liveroom.domain.findings import Level
from liveroom.domain.ids import RoomId, TenantName
from liveroom.domain.streams.model import PushKey, StreamName, StreamServerKind, StreamServerName
from liveroom.settings import SettingsError, load_settings
from tests.service import STREAMS, serving
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


SERVER_FILE: Final = """
[europe]
kind = "srs"
tenants = ["acme", "default"]
callback_key = "callback-key-of-europe"
api_url = "http://10.0.0.5:1985"
rtmp_url = "rtmp://eu.example.com"

[cloud]
kind = "css"
callback_key = "callback-key-of-cloud"
css_push_domain = "push.example.com"
css_play_domain = "play.example.com"
css_push_key = "push-key"
tencent_secret_id = "AKIDx"
tencent_secret_key = "y"
"""


@pytest.mark.parametrize("kind", SERVERS)
async def test_each_server_is_set_up_by_what_it_needs_and_by_nothing_less(kind: StreamServerKind) -> None:
    settings = load(None, None, LIVEROOM_STREAMS=kind.value, **SERVERS[kind])
    setup, callbacks = make_stream_servers(settings, WoundClock()), make_stream_callbacks(settings)
    assert settings.offers("streams")
    assert [*setup.servers.by_name] == [*callbacks] == [kind.value]
    if kind is not StreamServerKind.LIVEKIT:
        key = PushKey("secret", WoundClock().now())
        addresses = await setup.servers.by_name[StreamServerName(kind)].push_addresses(
            StreamName("lrx"), key, room=RoomId("1")
        )
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
    assert make_stream_servers(settings, WoundClock()).servers.by_name == {}
    assert make_stream_callbacks(settings) == {}


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


def _file(folder: Path, text: str) -> str:
    path = folder / "streams.toml"
    path.write_text(text)
    return str(path)


async def test_further_servers_are_set_up_by_a_file_for_all_tenants_or_for_some(tmp_path: Path) -> None:
    settings = load(None, None, LIVEROOM_STREAMS_SERVERS=_file(tmp_path, SERVER_FILE))
    assert settings.offers("streams")
    setup = make_stream_servers(settings, WoundClock())
    servers = setup.servers
    assert {name: one.kind.value for name, one in servers.by_name.items()} == {"europe": "srs", "cloud": "css"}
    offered = {name: servers.offered(TenantName(name)) for name in ("acme", "", "beta")}
    assert offered == {"acme": ["europe"], "": ["europe"], "beta": ["cloud"]}
    assert [*make_stream_callbacks(settings)] == ["europe", "cloud"]
    assert stream_origins(settings) == ["https://play.example.com"]
    await setup.close()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("kind = 'srs'", "kind stands outside of a server"),
        ("[europe", "cannot be read"),
        (SERVER_FILE.replace("[europe]", "[Europe]"), r"\[Europe\] is no name of a server"),
        (SERVER_FILE.replace("[europe]", "[srs]"), r"\[srs\] is what the server of LIVEROOM_STREAMS is called"),
        (SERVER_FILE.replace('"srs"', '"livekit"'), r"kind of \[europe\] must be css, srs, mediamtx or nginx_rtmp"),
        (SERVER_FILE.replace('["acme", "default"]', '"acme"'), "must be a list of tenants' names"),
        (SERVER_FILE.replace("api_url", "api_uri"), r"api_uri of \[europe\] is nothing that a server has"),
        (SERVER_FILE.replace('"http://10.0.0.5:1985"', "1985"), r"api_url of \[europe\] must be a text in quotes"),
        (SERVER_FILE.replace('css_push_key = "push-key"', ""), r"\[cloud\]: kind is css, which needs css_push_key too"),
        (SERVER_FILE.replace("rtmp://eu", "eu"), r"\[europe\]: rtmp_url is not a valid address"),
        (SERVER_FILE.replace("of-cloud", "of-europe"), r"\[cloud\] has the callback_key of europe"),
        (
            SERVER_FILE.replace("callback-key-of-cloud", "short"),
            r"\[cloud\]: callback_key has fewer than 16",
        ),
        (SERVER_FILE + 'css_digest = "sha1"', r"css_digest of \[cloud\] must be md5 or sha256"),
    ],
)
def test_what_a_file_of_servers_has_wrong_is_said_at_the_start(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(SettingsError, match=said):
        load(None, None, LIVEROOM_STREAMS_SERVERS=_file(tmp_path, text))


async def test_the_doctor_names_each_server_that_does_not_answer_and_tenants_that_there_are_not(tmp_path: Path) -> None:
    path = _file(tmp_path, SERVER_FILE.partition("[cloud]")[0].replace("10.0.0.5:1985", "127.0.0.1:9"))
    async with serving(tmp_path, streams_servers=path) as service:
        found = [one async for one in look_at_streams(service.core.settings, service.clock)]
    assert [one.level for one in found] == [Level.WARN] * 3
    assert "europe does not answer" in found[1].fact
    assert found[2].fact == "europe is for tenant acme, which there is not"
