"""What the console's own port serves beside the console: with LIVEROOM_METRICS=console, the figures."""

from pathlib import Path

import httpx
import pytest

from liveroom.app.serving import make_app
from tests.service import serving


@pytest.mark.parametrize(
    ("metrics", "public", "own"), [("on", 200, 200), ("console", 404, 200), ("off", 404, 404)], ids=str
)
async def test_figures_are_served_where_the_setting_says(tmp_path: Path, metrics: str, public: int, own: int) -> None:
    found = []
    async with serving(tmp_path, metrics=metrics, console_port=9001) as service:
        for is_own in (False, True):
            app, _ = make_app(service.core, console=is_own)
            transport = httpx.ASGITransport(app)
            async with httpx.AsyncClient(transport=transport, base_url="http://live.example.com") as http:
                assert (await http.get("/readyz")).status_code == 200
                found.append((await http.get("/metrics")).status_code)
    assert found == [public, own]
