"""An operator's server that is told: it checks each signature with the official library, and keeps what it takes."""

import json
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

from standardwebhooks import Webhook

from liveroom.simulate.endpoint import VendorEndpoint, VendorRequest, VendorResponse
from liveroom.simulate.serving import serving

Event = dict[str, Any]
Rule = Callable[[list[Event]], VendorResponse]
FINE: Final = VendorResponse(b"", 204)


def take_all(_: list[Event]) -> VendorResponse:
    return FINE


@dataclass
class Receiver:
    """What came, and how it is answered: as ``rule`` says."""

    rule: Rule = take_all
    secrets: list[str] = field(default_factory=list)
    """Each message has to be signed with one of these."""
    taken: list[Event] = field(default_factory=list)
    """Events of messages that were answered well, in their order."""
    seen: list[list[str]] = field(default_factory=list)
    """The ids of every message's events, taken or not."""
    messages: list[str] = field(default_factory=list)
    """The ids of messages."""
    forged: int = 0
    endpoint: VendorEndpoint = field(init=False)

    def __post_init__(self) -> None:
        self.endpoint = VendorEndpoint(self._answer)

    @property
    def url(self) -> str:
        return f"{self.endpoint.url}/hook"

    def of(self, stream: str) -> list[int]:
        """Return the numbers of the events of a stream, as they came first."""
        return list(dict.fromkeys(event["seq"] for event in self.taken if event["stream"] == stream))

    def _answer(self, request: VendorRequest) -> VendorResponse:
        if not any(is_signed(request, secret) for secret in self.secrets):
            self.forged += 1
            return VendorResponse(b"who are you?", 401)
        events = list(events_of(request.body))
        self.messages.append(request.headers["webhook-id"])
        self.seen.append([event["id"] for event in events])
        answer = self.rule(events)
        if answer.status < 300:
            self.taken += events
        return answer


def is_signed(request: VendorRequest, secret: str) -> bool:
    """Say whether the library would accept the signature; its look at the clock is left out, ours is wound."""
    at = datetime.fromtimestamp(int(request.headers["webhook-timestamp"]), UTC)
    wanted = Webhook(secret).sign(request.headers["webhook-id"], at, request.body.decode())
    return wanted in request.headers["webhook-signature"].split(" ")


def events_of(body: bytes) -> Iterator[Event]:
    """Yield the events of a message."""
    message = json.loads(body)
    yield from message["data"]["events"] if message["type"] == "batch" else [message]


@asynccontextmanager
async def listening(rule: Rule = take_all) -> AsyncIterator[Receiver]:
    """Yield a receiver at a free port."""
    receiver = Receiver(rule)
    async with serving(receiver.endpoint):
        yield receiver
