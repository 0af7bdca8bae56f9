"""Apps on @liveroom/client in one process of Node, and the service that they use; one loop for a module's tests."""

import subprocess
import sys
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pytest
import pytest_asyncio

from tests.sdk.programs import Client, Program, node
from tests.sdk.stages import Stage, builtin

ROOT: Final = Path(__file__).parents[2]
PHONE: Final = "8613800000000"
CODE: Final = "246810"
TEST_CODES: Final = f"{PHONE}:{CODE}"
_PROGRAM: Final = Path(__file__).parent / "js" / "program.mjs"


@dataclass(frozen=True)
class App:
    """An app of one user."""

    client: Client
    user: str

    async def act(self, what: str, *args: Any) -> Any:
        """Call ``session.…`` or ``room.…``; return what it returns. Raises ``Refused``."""
        return await self.client.ask("act", what=what, args=args)

    async def enter(self, room: str, **options: Any) -> Mapping[str, Any]:
        """Enter a room and return its state."""
        return dict(await self.client.ask("enter", roomId=room, **options))

    async def state(self) -> Mapping[str, Any]:
        return dict(await self.client.ask("state"))

    async def token(self) -> str:
        return str(await self.client.ask("token"))

    def told(self, kind: str, field: str) -> list[Any]:
        """Return a field of all events of a kind, in order."""
        return [event[field] for event in self.client.seen(kind)]


@dataclass(frozen=True)
class Apps:
    """Makes apps."""

    program: Program

    async def open(self, url: str, how: str = "guest", *args: Any, **options: Any) -> App:
        """Make an app and sign in: ``how`` is a method of ``Liveroom``."""
        client = await self.program.open(url, "json", **options)
        signed = await client.ask("sign", how=how, args=args)
        return App(client, signed["userId"] if signed else "")


@pytest.fixture(scope="session")
def built() -> None:
    """Build what Node imports, unless it is built."""
    subprocess.run([sys.executable, ROOT / "web" / "build.py", "clients"], check=True)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def program(built: None) -> AsyncIterator[Program]:
    """Yield the program that holds the apps."""
    async with node(_PROGRAM) as started:
        yield started


@pytest_asyncio.fixture(loop_scope="module")
async def apps(program: Program) -> AsyncIterator[Apps]:
    """Yield what makes apps; they are disconnected afterwards."""
    yield Apps(program)
    for client in program.clients.values():
        await client.ask("disconnect")
    program.clients.clear()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stage(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stage]:
    """Yield a service with its own sockets."""
    given = {"LIVEROOM_GUEST_LIMIT": "0", "LIVEROOM_SOCKET_RATE": "1000", "LIVEROOM_TEST_CODES": TEST_CODES}
    async with builtin(tmp_path_factory.mktemp("stage"), **given) as made:
        yield made
