"""An operator's server that is asked: it verifies each question with the official library, and keeps what it was asked.

How it answers is up to the test: well, late, with nonsense, or not at all (`VendorEndpoint`).
"""

import json
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from standardwebhooks import Webhook

from liveroom.domain.hooks.model import Hook, HookType
from liveroom.domain.ids import TenantName
from liveroom.simulate.endpoint import VendorEndpoint, VendorRequest, VendorResponse
from liveroom.simulate.serving import serving
from liveroom.usecases.hooks.calls import Hooks

Deciding = Callable[[Mapping[str, Any]], Any]
"""From a question's data to what is answered."""


def allow(_: Mapping[str, Any]) -> Any:
    return {"allow": True}


def refuse(_: Mapping[str, Any]) -> Any:
    return {"allow": False, "message": "members only"}


@dataclass
class HookServer:
    """The server, and the hooks that lead to it."""

    decide: Deciding = allow
    raw: bytes | None = None
    """Answered as it is, whatever was asked."""
    status: int = 200
    secrets: list[str] = field(default_factory=list)
    """It takes questions signed with any of these."""
    questions: list[dict[str, Any]] = field(default_factory=list)
    endpoint: VendorEndpoint = field(init=False)

    def __post_init__(self) -> None:
        self.endpoint = VendorEndpoint(self._answer)

    @property
    def asked(self) -> list[tuple[str, str]]:
        """What was asked before what, and about whom."""
        return [(question["type"], question["data"]["userId"]) for question in self.questions]

    def forget(self) -> None:
        self.questions.clear()

    async def hook(self, hooks: Hooks, tenant: str, hook_type: HookType, **values: Any) -> Hook:
        """Have it asked."""
        hook = await hooks.add(TenantName(tenant), hook_type, f"{self.endpoint.url}/{hook_type.value}", **values)
        self.secrets.append(hook.secrets[0].text)
        return hook

    def _answer(self, request: VendorRequest) -> VendorResponse:
        question = json.loads(request.body)
        assert request.headers["webhook-id"] == question["id"]
        assert any(_is_signed(secret, request) for secret in self.secrets)
        self.questions.append(question)
        body = self.raw if self.raw is not None else json.dumps(self.decide(question["data"])).encode()
        return VendorResponse(body, self.status)


def _is_signed(secret: str, request: VendorRequest) -> bool:
    try:
        Webhook(secret).verify(request.body, request.headers)
    except Exception:
        return False
    return True


@asynccontextmanager
async def hook_server(decide: Deciding = allow) -> AsyncIterator[HookServer]:
    """Yield a server at a free port."""
    server = HookServer(decide)
    async with serving(server.endpoint):
        yield server
