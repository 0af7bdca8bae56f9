"""The configuration that is printed for Centrifugo, and a server API that answers, refuses or is not there."""

import json
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import pytest

from liveroom.domain.errors import ProviderUnavailable
from liveroom.domain.events.model import Position
from liveroom.ports import News
from liveroom.providers.centrifugo.api import Centrifugo as Api
from liveroom.providers.centrifugo.configuration import configuration
from liveroom.settings import Secret, Settings, SettingsError, load_settings
from tests.sdk.centrifugo import API_KEY, MISSING, PROGRAM, Centrifugo
from tests.servers import LOOPBACK, free_ports, running

SETTINGS: Final = Settings(
    data_dir=Path("unused"),
    realtime="centrifugo",
    centrifugo_api_key=Secret(API_KEY),
    centrifugo_proxy_key=Secret("the-secret-of-the-proxies"),
)
CHANNEL: Final = "room:r1"
needs_centrifugo = pytest.mark.skipif(not PROGRAM.exists(), reason=MISSING)


@needs_centrifugo
def test_centrifugo_finds_nothing_wrong_with_its_configuration(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text(json.dumps(configuration(SETTINGS)))
    checked = subprocess.run([PROGRAM, "checkconfig", "--strict"], capture_output=True, check=False, cwd=tmp_path)
    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_origins_and_limits_are_those_of_the_settings() -> None:
    made: Any = configuration(replace(SETTINGS, origins=("https://app.example.com",), socket_channels_max=7))
    assert made["client"]["allowed_origins"] == ["https://app.example.com"]
    assert made["client"]["channel_limit"] == 7
    assert made["rpc"]["proxy"]["http"]["static_headers"] == {"X-Liveroom-Key": "the-secret-of-the-proxies"}


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({}, "LIVEROOM_CENTRIFUGO_API_KEY"),
        ({"centrifugo_api_key": "short"}, "LIVEROOM_CENTRIFUGO_API_KEY"),
        ({"centrifugo_url": "localhost"}, "LIVEROOM_CENTRIFUGO_URL"),
    ],
)
def test_what_centrifugo_needs_is_asked_for_in_a_sentence(given: dict[str, str], named: str) -> None:
    with pytest.raises(SettingsError) as refused:
        load_settings({"realtime": "centrifugo", **given}, environ={}, dotenv=None)
    assert named in str(refused.value)


@asynccontextmanager
async def api(url: str, key: str = API_KEY) -> AsyncIterator[Api]:
    made = Api(url, key)
    try:
        yield made
    finally:
        await made.close()


def news(offset: int, epoch: str = "e1", key: str = "") -> News:
    return News(CHANNEL, b'{"n":%d}' % offset, key or f"{CHANNEL}:{epoch}:{offset}", Position(epoch, offset))


@needs_centrifugo
async def test_a_channel_takes_each_publication_once_and_remembers_where_it_was(tmp_path: Path) -> None:
    with running(Centrifugo(tmp_path, configuration(SETTINGS))) as server:
        async with api(server.url) as broker:
            assert await broker.newest(CHANNEL) == Position("", 0)
            await broker.publish([news(1), news(2)])
            await broker.publish([news(1), news(2), news(3), news(2, key="sent by another")])
            assert await broker.newest(CHANNEL) == Position("e1", 3)
            assert (await broker.position(CHANNEL)).offset == 3
            await broker.publish([news(1, "e2")])
            assert await broker.newest(CHANNEL) == Position("e2", 1)
            assert (await broker.position(CHANNEL)).offset == 4
            assert await broker.users(CHANNEL) == frozenset()
            assert await broker.listened("room:*") == []
            await broker.forget(CHANNEL)
            assert await broker.newest(CHANNEL) == Position("", 0)


async def test_a_centrifugo_that_is_not_there_is_unavailable() -> None:
    async with api(f"http://{LOOPBACK}:{free_ports(1)[0]}") as broker:
        with pytest.raises(ProviderUnavailable):
            await broker.publish([news(1)])


@needs_centrifugo
async def test_a_centrifugo_that_refuses_is_unavailable(tmp_path: Path) -> None:
    with running(Centrifugo(tmp_path, configuration(SETTINGS))) as server:
        async with api(server.url, "another-key") as broker:
            with pytest.raises(ProviderUnavailable, match="401"):
                await broker.publish([news(1)])
        async with api(server.url) as broker:
            with pytest.raises(ProviderUnavailable, match="unknown channel"):
                await broker.publish([news(1)._replace(channel="weather:today")])
