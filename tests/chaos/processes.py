"""A real `liveroom serve` in a process of its own, and a caller of it over HTTP."""

import json
import os
import signal
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx

from liveroom.settings import Settings
from tests.forks.client import LIVEROOM, Forked
from tests.servers import LOOPBACK, Server, fetch
from tests.stories.world import SECRET, Ask, Reply

_SECONDS_FOR_A_CALL = 15.0
_SECONDS_TO_END = 60.0


class Liveroom(Server):
    """A serving process: it keeps its port over `kill` and `start`; what it says is in the log of its folder."""

    is_forked = True
    """Whether it need not begin as an operator's does: a fork of what is imported already takes a tenth of the time."""

    def __init__(self, folder: Path, settings: Settings, **environment: str) -> None:
        super().__init__(folder)
        self.url = f"http://{LOOPBACK}:{self.port}"
        self._environment = {
            "LIVEROOM_PORT": str(self.port),
            "LIVEROOM_DATA_DIR": str(settings.data_dir),
            "LIVEROOM_DATABASE_URL": settings.database_url,
            "LIVEROOM_SECRET": f"{SECRET[0].id}:{SECRET[0].value.reveal()}",
            "LIVEROOM_LEASE_KEEPALIVE": f"{settings.lease_keepalive // timedelta(seconds=1)}s",
            "LIVEROOM_GRACE_OWNER": f"{settings.grace_owner // timedelta(seconds=1)}s",
            **({} if settings.redis_url is None else {"LIVEROOM_REDIS_URL": settings.redis_url}),
            **environment,
        }

    def command_line(self) -> list[str]:
        """Return the command that an operator gives."""
        given = [f"{name}={text}" for name, text in self._environment.items()]
        return ["env", *given, *LIVEROOM, "serve"]

    def launch(self) -> None:
        """Start the process and return at once."""
        if not self.is_forked:
            super().launch()
            return
        with (self.folder / "log").open("ab") as log:
            self._process = Forked(["serve"], {**os.environ, **self._environment}, self.folder, log.fileno())

    def answers(self) -> bool:
        """Return whether the process and everything that it needs are ready."""
        return self.status("/readyz") == 200

    def status(self, path: str) -> int:
        """Return the HTTP status of a page, 0 when nobody listens."""
        return fetch(self.port, path, _SECONDS_FOR_A_CALL)[0]

    def read(self, path: str) -> Any:
        """Return a page's JSON."""
        return json.loads(fetch(self.port, path, _SECONDS_FOR_A_CALL)[1])

    def terminate(self) -> int:
        """Ask the process to stop, as an operator does, and return its exit status."""
        self._signal(signal.SIGTERM)
        return self.wait()

    def wait(self) -> int:
        """Return the exit status of a process that ends by itself."""
        assert self._process is not None
        status = self._process.wait(timeout=_SECONDS_TO_END)
        self._process = None
        return status

    def log(self) -> str:
        """Return what the process has said so far."""
        return (self.folder / "log").read_text(errors="replace")


@asynccontextmanager
async def caller_of(process: Liveroom) -> AsyncIterator[Ask]:
    """Yield a caller of a process. A call whose connection breaks raises ``httpx.TransportError``."""
    limits = httpx.Limits(max_connections=64, max_keepalive_connections=64)
    async with httpx.AsyncClient(base_url=process.url, timeout=_SECONDS_FOR_A_CALL, limits=limits) as client:

        async def ask(path: str, given: Mapping[str, Any]) -> Reply:
            answer = await client.post(f"/{path}", json=dict(given))
            assert answer.status_code == 200, answer.text
            reply: Reply = answer.json()
            return reply

        yield ask
