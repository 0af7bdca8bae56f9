"""Live covers with a real nginx-rtmp and a real ffmpeg: what is pushed is what the list shows."""

import io
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Final

import pytest
from PIL import Image

from tests.service import Device
from tests.vendors.encoder import HEIGHT, WIDTH
from tests.vendors.real_nginx_rtmp import NginxRtmp
from tests.vendors.test_streams_over_nginx import Evening, over_nginx, until

pytestmark = pytest.mark.long
CATEGORY: Final = "mlvb-show-live"


@pytest.fixture
async def evening(tmp_path: Path, film: Path, nginx_rtmp: type[NginxRtmp]) -> AsyncIterator[Evening]:
    async with over_nginx(tmp_path, film, nginx_rtmp, uploads="folder") as made:
        yield made


async def test_a_list_shows_what_is_pushed_until_the_encoder_is_gone(evening: Evening) -> None:
    host, viewer = await evening.service.sign_up(), await evening.service.sign_up()
    await host.go_live()
    assert (await host.call("rooms/set_options", {"roomId": host.user, "liveCover": True})).code == 0
    made = (await host.call("streams/create", {"roomId": host.user})).data
    encoder = evening.push(made)

    async def shown() -> bool:
        return await _cover(viewer, host.user) != ""

    await until(shown)
    answer = await evening.service.http.get(await _cover(viewer, host.user))
    picture = Image.open(io.BytesIO(answer.content))
    assert (answer.status_code, picture.format, picture.size) == (200, "JPEG", (WIDTH, HEIGHT))
    assert len(picture.getcolors(WIDTH * HEIGHT) or []) > 8, "the test picture has many colours"
    encoder.kill()

    async def is_over() -> bool:
        return not await shown()

    await until(is_over)


async def _cover(viewer: Device, room: str) -> str:
    (listed,) = [one for one in await viewer.query(category=CATEGORY) if one["roomId"] == room]
    return str(listed["cover"])
