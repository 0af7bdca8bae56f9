"""The example `examples/operator-server` as a process, and clients of it."""

import json
import sqlite3
import sys
from contextlib import closing
from pathlib import Path
from typing import Any, Final

import httpx

from tests.backend.comparing import Event
from tests.docs.pages import ROOT
from tests.servers import LOOPBACK, Server, fetch

EXAMPLE: Final = ROOT / "examples" / "operator-server"
STAFF: Final = "the-staff-key"
PASSWORD: Final = "everybody's"
_STAFF_ONLY: Final = {"authorization": f"Bearer {STAFF}"}


class OperatorServer(Server):
    """A process that keeps its port and its data over `kill` and `start`."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.url = f"http://{LOOPBACK}:{self.port}"
        self.knows: dict[str, Any] = {"staff_key": STAFF, "password": PASSWORD, "signing_secrets": [], "tenant": ""}

    def learn(self, **values: Any) -> None:
        """Write the server's file anew, with these values; it reads it again by itself."""
        self.knows |= values
        lines = [f"{name} = {json.dumps(value)}\n" for name, value in self.knows.items()]
        fresh = self.folder / "operator.toml.new"
        fresh.write_text("".join(lines), encoding="utf-8")
        fresh.replace(self.folder / "operator.toml")

    def command_line(self) -> list[str]:
        """Return the command of the example's README."""
        where = ["env", f"PYTHONPATH={EXAMPLE}"]
        return [*where, sys.executable, "-m", "operator_server", "operator.toml", "--port", str(self.port)]

    def answers(self) -> bool:
        """Return whether somebody listens."""
        return fetch(self.port, "/staff/rooms")[0] == 401

    def state(self) -> dict[str, Any]:
        """Return the rooms that the server has made of what it was told, and its complaints."""
        answer = httpx.get(f"{self.url}/staff/rooms", headers=_STAFF_ONLY, timeout=30)
        found: dict[str, Any] = answer.raise_for_status().json()
        return found

    def events(self) -> list[Event]:
        """Return what the server has kept, in the order in which it came first."""
        with closing(sqlite3.connect(self.folder / "operator.sqlite")) as file:
            return [json.loads(body) for (body,) in file.execute("SELECT body FROM events ORDER BY number")]


class OperatorClient:
    """A way to the operator's server, for an app or for staff. An answer that is no success is the caller's to read."""

    def __init__(self, server: OperatorServer) -> None:
        limits = httpx.Limits(max_connections=64)
        self.http = httpx.AsyncClient(base_url=server.url, timeout=15, limits=limits, trust_env=False)

    async def login(self, name: str, password: str = PASSWORD) -> httpx.Response:
        """Log a user of the operator's in."""
        return await self.http.post("/login", json={"name": name, "password": password, "nickname": f"小 {name}"})

    async def staff(self, verb: str, path: str, fields: dict[str, Any] | None = None) -> httpx.Response:
        """Do what staff does."""
        return await self.http.request(verb, f"/staff/{path}", json=fields, headers=_STAFF_ONLY)
