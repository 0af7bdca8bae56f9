"""A host who streams from an encoder: where it pushes, the lamp, and everybody who watches, over the real nginx."""

import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Final

import pytest
import pytest_asyncio
from playwright.async_api import expect

from tests.page.browser import Hall, Person
from tests.page.looks import PHONE, check_axe
from tests.service import process
from tests.vendors.encoder import Encoder, shoot
from tests.vendors.real_nginx_rtmp import CALLBACK_KEY, NginxRtmp

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.long]
_ARRIVES: Final = 30_000
_MOVING: Final = """
async (user) => {
  const video = document.querySelector(`[data-testid=player] [data-user="${user}"] video`);
  const before = video?.getVideoPlaybackQuality().totalVideoFrames ?? 0;
  await new Promise((resolve) => setTimeout(resolve, 1500));
  return (video?.getVideoPlaybackQuality().totalVideoFrames ?? 0) >= before + 5;
}
"""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def served(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[str]:
    """Yield where a service is that hands on streams of a real nginx, to whose viewers it signs addresses."""
    if missing := NginxRtmp.missing():
        pytest.skip(missing)
    nginx = NginxRtmp(tmp_path_factory.mktemp("nginx"))
    async with process(
        tmp_path_factory.mktemp("service"),
        guest_limit=0,
        language="en",
        streams="nginx_rtmp",
        streams_rtmp_url=nginx.rtmp_url,
        streams_http_url=nginx.hls_url,
        streams_api_url=nginx.control_url,
        streams_callback_key=CALLBACK_KEY,
        streams_play_key="viewers-0123456789abcdef",
    ) as running:
        nginx.ask(running.http.base_url.port or 0)
        nginx.start()
        try:
            yield str(running.http.base_url)
        finally:
            nginx.stop()


async def _lamp(host: Person, says: str) -> None:
    await expect(host.at("stream-lamp")).to_have_attribute("data-state", says, timeout=_ARRIVES)


async def _sees(viewer: Person, owner: str) -> None:
    """Check that the host's picture moves before somebody who watches HLS."""
    await expect(viewer.at("stream-delay")).to_have_text(re.compile(r"^HLS · \d+\.\d"), timeout=_ARRIVES)
    await viewer.page.wait_for_function(_MOVING, arg=owner, polling=500, timeout=_ARRIVES)


async def test_a_host_streams_from_an_encoder_that_breaks_off_and_comes_back(hall: Hall, tmp_path: Path) -> None:
    film = shoot(tmp_path / "film.flv")
    mara = await hall.guest("Mara")
    room = await mara.go_live("Mara's show")
    ada = await hall.guest("Ada", f"/room/{room}", **PHONE)
    await ada.see()
    await mara.at("stream-open").click()
    await _lamp(mara, "none")
    await mara.at("stream-create").click()
    await _lamp(mara, "waiting")
    await check_axe(mara)
    server, key = [await mara.at(name).input_value() for name in ("stream-server", "stream-key")]
    assert await mara.at("stream-key").get_attribute("type") == "password"
    encoder = Encoder(film, f"{server}/{key}")
    await _lamp(mara, "live")
    owner = str(await ada.page.evaluate("() => document.querySelector('[data-user]').dataset.user"))
    await _sees(ada, owner)
    await expect(ada.at("player").locator("[data-user]")).to_have_count(1)
    assert await ada.page.evaluate("() => document.documentElement.scrollWidth") <= 390
    encoder.kill()
    await _lamp(mara, "interrupted")
    again = Encoder(film, f"{server}/{key}")
    await _lamp(mara, "live")
    await _sees(ada, owner)
    await mara.at("stream-stop").click()
    await _lamp(mara, "stopped")
    again.ended("the encoder that is cut off")
    await expect(ada.at("stream-delay")).to_have_count(0, timeout=_ARRIVES)
    Encoder(film, f"{server}/{key}").ended("an encoder that is refused")
    await check_axe(ada)


async def test_a_key_is_shown_once_and_the_former_one_lets_nobody_in(hall: Hall, tmp_path: Path) -> None:
    film = shoot(tmp_path / "film.flv")
    noor = await hall.guest("Noor", locale="zh-CN")
    await noor.go_live("Noor")
    await noor.at("stream-open").click()
    await noor.at("stream-create").click()
    server, former = [await noor.at(name).input_value() for name in ("stream-server", "stream-key")]
    await noor.page.reload()
    await noor.at("stream-open").click()
    await expect(noor.at("stream-key")).to_have_count(0)
    await expect(noor.at("stream-dialog")).to_contain_text("密钥只在生成时显示")
    await noor.at("stream-rotate").click()
    await expect(noor.at("stream-key")).not_to_have_value(former)
    Encoder(film, f"{server}/{former}").ended("an encoder with the former key")
    await _lamp(noor, "waiting")
    encoder = Encoder(film, f"{server}/{await noor.at('stream-key').input_value()}")
    await _lamp(noor, "live")
    await noor.at("stream-remove").click()
    await _lamp(noor, "none")
    encoder.ended("the encoder of a stream that is removed")
    # There is no playlist before the first segments are whole.
    hall.check_silence(but="index.m3u8")
