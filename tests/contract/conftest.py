"""The back ends on which the contract is tested, and a service on each."""

import itertools
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager
from functools import partial
from pathlib import Path
from typing import Any, Final

import pytest
import pytest_asyncio

from tests import migrated
from tests.contract.store_scenes import GOOGLE, STORES
from tests.servers import Mariadb, Redis, RedisCluster
from tests.service import TEST_CODES, Service, serving

Backend = dict[str, Any]
Serving = Callable[..., AbstractAsyncContextManager[Service]]

EMBEDDED: Final = pytest.param("embedded")
SERVICES: Final = pytest.param("mariadb+redis", marks=pytest.mark.services)
CLUSTER: Final = pytest.param("mariadb+cluster", marks=pytest.mark.services)
_numbers = itertools.count(1)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let the tests of a module share its service's loop; leave out what the embedded back ends are enough for."""
    items[:] = [item for item in items if not (item.get_closest_marker("embedded") and _is_on_servers(item))]
    here, shared = Path(__file__).parent, pytest.mark.asyncio(loop_scope="module")
    for item in items:
        if here in item.path.parents and pytest_asyncio.is_async_test(item):
            item.add_marker(shared, append=False)


def _is_on_servers(item: pytest.Item) -> bool:
    return isinstance(item, pytest.Function) and item.callspec.params.get("backend") != "embedded"


def _redis_url(name: str, request: pytest.FixtureRequest) -> str:
    server: Redis | RedisCluster = request.getfixturevalue("redis_cluster" if "cluster" in name else "redis_server")
    server.flushall()
    return server.url


@pytest.fixture(scope="module", params=[EMBEDDED, SERVICES])
def backend(request: pytest.FixtureRequest) -> Iterator[Backend]:
    """Yield the settings of empty back ends; a module may ask for others by ``backend`` in its parameters."""
    if request.param == "embedded":
        yield {}
        return
    mariadb: Mariadb = request.getfixturevalue("mariadb")
    url = migrated.mariadb_url(mariadb)
    yield {"database_url": url, "redis_url": _redis_url(request.param, request)}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def service(backend: Backend, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Service]:
    """Yield a service that the tests of a module share: each takes users and rooms of its own, from one address."""
    limits: dict[str, Any] = {"account_limit": 0, "guest_limit": 0, "code_address_limit": 0, "test_codes": TEST_CODES}
    limits |= {"turn_urls": "turn:turn.example.com:3478", "turn_secret": "turn-secret-of-these-tests"}
    limits |= STORES
    async with GOOGLE.listening(), serving(tmp_path_factory.mktemp("service"), **limits, **backend) as running:
        yield running


@pytest.fixture
def embedded(tmp_path: Path) -> Serving:
    """Return what starts a service of the test's own on SQLite and memory; settings may be given."""

    def start(**settings: Any) -> AbstractAsyncContextManager[Service]:
        return partial(serving, tmp_path / f"data{next(_numbers)}")(**settings)

    return start
