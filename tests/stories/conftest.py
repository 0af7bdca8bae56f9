"""The installations that stories are told on: embedded, MariaDB with Redis, MariaDB with a cluster."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests.servers import Mariadb
from tests.stories.installations import embedded_world, served_world
from tests.stories.world import World

REDIS = {"redis": "redis_server", "cluster": "redis_cluster"}
EVERYWHERE = [
    "embedded",
    pytest.param("redis", marks=pytest.mark.services),
    pytest.param("cluster", marks=pytest.mark.services),
]


def make_world(request: pytest.FixtureRequest, kind: str, folder: Path) -> World:
    """Return the installation of that kind, with nothing running on it."""
    if kind == "embedded":
        return embedded_world(folder)
    server: Mariadb = request.getfixturevalue("mariadb")
    return served_world(folder, server, request.getfixturevalue(REDIS[kind]))


@pytest.fixture(params=EVERYWHERE[:2])
def world_here(request: pytest.FixtureRequest, tmp_path: Path) -> World:
    """Return an installation on which nothing runs: embedded, or on MariaDB and Redis."""
    return make_world(request, request.param, tmp_path)


@pytest.fixture(params=EVERYWHERE)
def world_anywhere(request: pytest.FixtureRequest, tmp_path: Path) -> World:
    """Return the same, or one on MariaDB and a cluster."""
    return make_world(request, request.param, tmp_path)


@pytest.fixture(params=EVERYWHERE[1:2])
def world_of_several(request: pytest.FixtureRequest, tmp_path: Path) -> World:
    """Return an installation on which several processes can run."""
    return make_world(request, request.param, tmp_path)


@pytest.fixture(params=[EVERYWHERE[0], EVERYWHERE[2]])
def world_of_kind(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> World:
    """Return an installation, embedded or on MariaDB and a cluster, that all examples of a test share."""
    return make_world(request, request.param, tmp_path_factory.mktemp("examples"))


@pytest.fixture
async def world(world_here: World) -> AsyncIterator[World]:
    """Yield an installation with one process: embedded, and on MariaDB and Redis."""
    async with running(world_here) as world:
        yield world


@pytest.fixture
async def any_world(world_anywhere: World) -> AsyncIterator[World]:
    """Yield the same, and one on MariaDB and a cluster."""
    async with running(world_anywhere) as world:
        yield world


@pytest.fixture
async def shared_world(world_of_several: World) -> AsyncIterator[World]:
    """Yield an installation on which two processes run."""
    async with running(world_of_several) as world:
        await world.start()
        yield world


@asynccontextmanager
async def running(world: World) -> AsyncIterator[World]:
    """Start a process, and end all that there are when the test is over."""
    await world.start()
    try:
        yield world
    finally:
        await world.stop(gracefully=False)
