"""Services with fake vendors, and servers of streams that are real where they can be had."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.vendors.encoder import shoot
from tests.vendors.real_nginx_rtmp import NginxRtmp
from tests.vendors.stage import Stage, with_im


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    """Yield a service whose messages go through Tencent IM."""
    async with with_im(tmp_path) as running:
        yield running


@pytest.fixture(scope="session")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return what encoders push."""
    return shoot(tmp_path_factory.mktemp("film") / "film.flv")


@pytest.fixture(scope="session")
def nginx_rtmp() -> type[NginxRtmp]:
    """Return nginx with its RTMP module."""
    if missing := NginxRtmp.missing():
        pytest.skip(missing)
    return NginxRtmp
