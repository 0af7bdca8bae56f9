"""A liveroom with the module installed, as a process of its own, and people who call it."""

import itertools
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from websockets.asyncio.client import ClientConnection, connect

SECONDS = 30.0
_numbers = itertools.count(1)


@dataclass
class Person:
    """Somebody signed in as a guest, with a socket."""

    http: httpx.AsyncClient
    user: str
    token: str
    line: ClientConnection

    async def call(self, method: str, **params: Any) -> dict[str, Any]:
        """Call a method over HTTP and return its envelope."""
        answer = await self.http.post(
            f"/base/v1/{method}", json=params, headers={"authorization": f"Bearer {self.token}"}
        )
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def data(self, method: str, **params: Any) -> Any:
        """Call a method that has to succeed, and return its data."""
        envelope = await self.call(method, **params)
        assert envelope["errorCode"] == 0, envelope
        return envelope.get("data")

    async def rpc(self, method: str, **params: Any) -> dict[str, Any]:
        """Call a method over the socket and return its envelope."""
        envelope: dict[str, Any] = (await self.ask(rpc={"method": method, "data": params}))["rpc"]["data"]
        return envelope

    async def ask(self, **command: Any) -> dict[str, Any]:
        """Send a command of the socket's protocol and return its reply."""
        id = next(_numbers)
        await self.line.send(json.dumps({"id": id, **command}))
        return await self._until(lambda message: message.get("id") == id)

    async def event(self, room: str, kind: str) -> dict[str, Any]:
        """Wait for an event of a room."""

        def received(message: dict[str, Any]) -> list[dict[str, Any]]:
            push = message.get("push", {})
            events = push["pub"]["data"]["events"] if push.get("channel") == f"room:{room}" and "pub" in push else []
            return [event for event in events if event["type"] == kind]

        return received(await self._until(lambda message: bool(received(message))))[-1]

    async def _until(self, is_it: Any) -> dict[str, Any]:
        while True:
            for line in str(await self.line.recv()).splitlines():
                message: dict[str, Any] = json.loads(line)
                if not message:
                    await self.line.send("{}")
                elif is_it(message):
                    return message


@pytest.fixture(scope="session")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Yield the address of a service that runs until the end of the tests."""
    folder = tmp_path_factory.mktemp("liveroom")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    ours = {
        "LIVEROOM_DATA_DIR": str(folder),
        "LIVEROOM_PORT": str(port),
        "LIVEROOM_LANGUAGE": "en",
        "LIVEROOM_GUEST_LIMIT": "1000",
    }
    kept = {name: os.environ[name] for name in ("PATH", "PYTHONPATH") if name in os.environ}
    log = folder / "log"
    with log.open("wb") as out:
        service = subprocess.Popen(
            [sys.executable, "-m", "liveroom", "serve"], cwd=folder, env={**kept, **ours}, stdout=out, stderr=out
        )
    try:
        _wait_for(port, service, log)
        yield f"127.0.0.1:{port}"
    finally:
        service.terminate()
        service.wait(20)


def _wait_for(port: int, service: "subprocess.Popen[bytes]", log: Path) -> None:
    until = time.monotonic() + SECONDS
    while time.monotonic() < until:
        assert service.poll() is None, log.read_text()
        try:
            if httpx.get(f"http://127.0.0.1:{port}/readyz").status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.05)
    raise AssertionError(log.read_text())


@pytest.fixture
async def people(address: str) -> AsyncIterator[list[Person]]:
    """Yield a host and two viewers, each with a socket."""
    async with httpx.AsyncClient(base_url=f"http://{address}") as http:
        found = []
        for name in ("host", "ann", "bob"):
            data = (await http.post("/base/v1/auth_users/guest", json={"nickname": name})).json()["data"]
            line = await connect(f"ws://{address}/connection/websocket")
            person = Person(http, data["userId"], data["token"], line)
            await person.ask(connect={"data": {"token": person.token}})
            found.append(person)
        yield found
        for person in found:
            await person.line.close()
