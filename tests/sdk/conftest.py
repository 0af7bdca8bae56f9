"""The client programs of a module of tests: started when first asked for, with one loop for all its tests."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Any, Final

import pytest
import pytest_asyncio

from tests.sdk.browser import chromium
from tests.sdk.centrifugo import MISSING, PROGRAM
from tests.sdk.programs import Client, Program, node, python
from tests.sdk.stages import Stage, builtin, fronted

PROGRAMS: Final[dict[str, Callable[[], AbstractAsyncContextManager[Program]]]] = {
    "node": node,
    "chromium": chromium,
    "python": python,
}


@dataclass(frozen=True)
class Sdk:
    """One official SDK with one encoding."""

    program: Program
    encoding: str

    async def open(self, endpoint: str, **params: Any) -> Client:
        """Make a client that connects."""
        return await self.program.open(endpoint, self.encoding, **params)


@pytest_asyncio.fixture(scope="module", loop_scope="module", params=list(PROGRAMS))
async def program(request: pytest.FixtureRequest) -> AsyncIterator[Program]:
    """Yield a client program."""
    async with PROGRAMS[request.param]() as started:
        yield started


@pytest_asyncio.fixture(loop_scope="module", params=["json", "protobuf"])
async def sdk(program: Program, request: pytest.FixtureRequest) -> AsyncIterator[Sdk]:
    """Yield an SDK with an encoding; its clients are disconnected afterwards."""
    yield Sdk(program, request.param)
    for client in program.clients.values():
        await client.ask("disconnect")
    program.clients.clear()


STAGES: Final = {"builtin": builtin, "centrifugo": fronted}
_DAILY: Final = {("node", "protobuf"), ("python", "json")}
"""With which SDKs a Centrifugo in front is tried each day; with the others when there is time. Our own sockets: all."""


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep most of what goes through a Centrifugo for the long tests."""
    for item in items:
        params = item.callspec.params if isinstance(item, pytest.Function) and hasattr(item, "callspec") else {}
        if params.get("stage") == "centrifugo" and "sdk" in params and (params["program"], params["sdk"]) not in _DAILY:
            item.add_marker(pytest.mark.long)


@pytest_asyncio.fixture(scope="module", loop_scope="module", params=list(STAGES))
async def stage(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stage]:
    """Yield the service, with its own sockets and then behind a Centrifugo."""
    if request.param == "centrifugo" and not PROGRAM.exists():
        pytest.skip(MISSING)
    async with STAGES[request.param](tmp_path_factory.mktemp("stage")) as made:
        yield made


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def own(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stage]:
    """Yield the service with its own sockets."""
    async with builtin(tmp_path_factory.mktemp("own")) as made:
        yield made
