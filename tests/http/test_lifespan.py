"""Servers that start and stop the application by ASGI's lifespan protocol."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from liveroom.http.lifespan import run_lifespan


class Server:
    """Says start and stop, and hears what is answered."""

    def __init__(self) -> None:
        self.heard: list[str] = []

    async def receive(self) -> dict[str, Any]:
        return {"type": "lifespan"}

    async def send(self, message: Any) -> None:
        self.heard.append(message["type"])


async def test_the_application_is_open_between_start_and_stop() -> None:
    server, seen = Server(), list[str]()

    @asynccontextmanager
    async def lifespan() -> AsyncIterator[None]:
        seen.append("open")
        yield
        seen.append("closed")

    await run_lifespan(lifespan, server.receive, server.send)
    assert seen == ["open", "closed"]
    assert server.heard == ["lifespan.startup.complete", "lifespan.shutdown.complete"]


async def test_a_failed_start_is_told_to_the_server() -> None:
    server = Server()

    @asynccontextmanager
    async def lifespan() -> AsyncIterator[None]:
        raise OSError("no database")
        yield

    with pytest.raises(OSError, match="no database"):
        await run_lifespan(lifespan, server.receive, server.send)
    assert server.heard == ["lifespan.startup.failed"]


async def test_an_application_that_its_caller_starts_has_nothing_to_do() -> None:
    server = Server()
    await run_lifespan(None, server.receive, server.send)
    assert server.heard == ["lifespan.startup.complete", "lifespan.shutdown.complete"]
