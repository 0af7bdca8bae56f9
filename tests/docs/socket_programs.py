"""Programs of docs/socket.md at work: a service, a room in it, and what a program on an SDK tells of that room."""

import asyncio
import json
import os
import re
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.docs.pages import ROOT
from tests.servers import find
from tests.service import Device, Process

PAGES = {name: (ROOT / name).read_text("utf-8") for name in ("README.md", "README.zh-CN.md", "docs/socket.md")}
SDKS = ROOT / "tests/sdk/js/node_modules"
EXAMPLE = re.compile(r"<!-- example: (\S+) -->\n```\w+\n(.*?)^```$", re.MULTILINE | re.DOTALL)
EXAMPLES = {name: text for page in PAGES.values() for name, text in EXAMPLE.findall(page)}
TITLE = "Songs for a rainy evening"
Json = dict[str, Any]
_SECONDS = 15.0


@dataclass
class Program:
    """A running example; what it tells comes as lines of JSON."""

    lines: asyncio.StreamReader

    async def until(self, holds: Callable[[Any], bool]) -> Any:
        """Read what the example tells until this holds; return what was told."""
        received: Any = "nothing"
        try:
            async with asyncio.timeout(_SECONDS):
                while line := await self.lines.readline():
                    received = json.loads(line)
                    if holds(received):
                        return received
        except TimeoutError:
            pass
        raise AssertionError(f"told last: {received}")


@dataclass(frozen=True)
class Evening:
    """A service, somebody who is live there, and somebody who watches."""

    service: Process
    host: Device
    guest: Device
    room: str
    folder: Path

    @property
    def where(self) -> str:
        return f"127.0.0.1:{self.service.http.base_url.port}"

    @asynccontextmanager
    async def running(self, suffix: str, text: str) -> AsyncIterator[Program]:
        """Run a program as the guest, from its text."""
        path = self.folder / f"example.{suffix}"
        path.write_text(text.replace("127.0.0.1:9000", self.where), "utf-8")
        async with self.started(sys.executable if suffix == "py" else find("node"), str(path)) as program:
            yield program

    @asynccontextmanager
    async def started(self, *argv: str) -> AsyncIterator[Program]:
        """Run a program as the guest: it is given token, room and address."""
        address = f"ws://{self.where}/connection/websocket"
        child = await asyncio.create_subprocess_exec(
            *(*argv, self.guest.token, self.room, address),
            env={"PATH": os.environ["PATH"]},
            stdout=asyncio.subprocess.PIPE,
            limit=2**20,
        )
        assert child.stdout is not None
        try:
            yield Program(child.stdout)
        finally:
            if child.returncode is None:
                child.kill()
            await child.wait()


def ids(users: list[Json]) -> set[str]:
    return {user["userId"] for user in users}


async def follow_the_room(evening: Evening, program: Program) -> None:
    """Let people come and go; what the program tells of the room and its members is what they are on the server."""
    host, guest, room = evening.host, evening.guest, evening.room
    other = await evening.service.sign_up()
    await program.until(
        lambda received: received["room"]["title"] == TITLE and ids(received["members"]) == {host.user, guest.user}
    )
    assert (await host.call("rooms/update_room", {"roomId": room, "title": "New"})).code == 0
    await program.until(lambda received: received["room"]["title"] == "New" and received["room"]["ownBy"] == host.user)
    await other.enter(room)
    received = await program.until(
        lambda received: other.user in ids(received["members"]) and received["room"]["nnUsers"] == 3
    )
    assert ids(received["members"]) == {host.user, guest.user, other.user}
    await other.leave(room)
    await program.until(
        lambda received: other.user not in ids(received["members"]) and received["room"]["nnUsers"] == 2
    )
    await host.call("rooms/destroy_room", {"roomId": room})
    await program.until(lambda received: received["room"].get("reason") == "destroyed")
