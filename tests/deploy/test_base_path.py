"""A service below a path and behind a stage: every door that it has at the root is open there too, and no other is."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Final

import httpx
import pytest
from starlette.routing import Route

from liveroom.api.methods import METHODS
from liveroom.app.serving import make_app
from liveroom.app.sockets import PATH, SocketServer, make_hub, make_routes
from liveroom.http.asgi import LiveroomAsgi
from liveroom.http.paths import Paths
from tests.service import serving

BASE: Final = "/live/room"
SITE: Final = "http://live.example.com"
PLACES: Final = (BASE, f"{BASE}/prod", f"/{BASE}/", "")
"""A proxy may have taken the base path off, so that the service has to know itself at the root as well."""


@pytest.fixture
async def app(tmp_path: Path) -> AsyncIterator[LiveroomAsgi]:
    """Yield the application of a service below a path, with every route that there is."""
    async with serving(tmp_path, base_path=BASE, realtime="builtin") as service:
        app, _ = make_app(service.core, sockets=SocketServer(make_routes(service.core, make_hub(service.core))))
        assert isinstance(app, LiveroomAsgi)
        yield app


def _routes(app: LiveroomAsgi) -> list[tuple[str, str]]:
    """Return a method and a path for each route of the site, read from the application itself."""
    found: list[Route] = [route for route in app._site.routes if isinstance(route, Route)]  # type: ignore[attr-defined]
    return [
        (sorted((route.methods or {"POST"}) - {"HEAD"})[0], route.path.replace("{name:path}", "none"))
        for route in found
    ]


async def test_every_route_is_there_below_the_path_and_the_stage(app: LiveroomAsgi) -> None:
    routes = _routes(app)
    paths = {path for _, path in routes}
    assert {"/", "/healthz", "/metrics", "/openapi.json", "/connection/sse", "/emulation"} <= paths
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=SITE) as client:
        for method, path in routes:
            at_root = (await client.request(method, path)).status_code
            for place in PLACES:
                assert (await client.request(method, f"{SITE}{place}{path}")).status_code == at_root, f"{place}{path}"
        for path in ("/elsewhere/healthz", "/live/healthz", "/live/roomhealthz", f"{BASE}/x/healthz"):
            assert (await client.get(path)).status_code == 404, path


async def test_every_method_is_there_below_the_path_and_the_stage(app: LiveroomAsgi) -> None:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=SITE) as client:
        for path in METHODS.methods:
            at_root = (await client.post(f"/{path}")).json()["errorCode"]
            for place in PLACES:
                answer = await client.post(f"{SITE}{place}/{path}")
                assert (answer.status_code, answer.json()["errorCode"]) == (200, at_root), f"{place}/{path}"


def test_the_socket_is_there_below_the_path_and_the_stage() -> None:
    paths = Paths(BASE, ("", "prod"))
    assert {paths.relative(f"{place}/{PATH}") for place in PLACES} == {PATH}
    assert paths.relative(f"/elsewhere/{PATH}") != PATH


async def test_what_names_the_service_names_it_below_the_path(app: LiveroomAsgi) -> None:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=SITE) as client:
        openapi = (await client.get(f"{BASE}/openapi.json")).json()
        assert [server["url"] for server in openapi["servers"]] == [BASE]
        page = await client.get(BASE, headers={"accept": "text/html"})
        assert page.status_code == 200
        if "liveroom-base" in page.text:
            assert f'content="{BASE}"' in page.text
