"""Ten thousand hostile requests: never HTTP 5xx, never code 99, no stack, no secret, no row of another tenant."""

import io
import json
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import pytest
import pytest_asyncio
from hypothesis import given, settings
from hypothesis import strategies as st

from liveroom.api.codes import Code
from tests.contract.conftest import CLUSTER, EMBEDDED, SERVICES
from tests.contract.hostile import Hostile, requests
from tests.contract.scene import set_stage
from tests.examples import many
from tests.service import SDK_SECRET, SECRET, Service

AT_ONCE: Final = 20
MARKED: Final = "theirs-alone"
_KNOWN_CODES: Final = frozenset(Code) - {Code.SystemError, Code.ServiceUnavailable, Code.ServiceDBFailed}


@dataclass
class FuzzTarget:
    """A service on which two tenants live: one is attacked by a user of the other."""

    service: Service
    victims: Mapping[str, str]
    """What the attacker knows of the victims: ids, the tenant's name, a token of another's."""
    shy: list[str]
    """What no answer may hold."""
    codes: Counter[int] = field(default_factory=Counter)

    async def attacker(self) -> dict[str, str]:
        device = await self.service.sign_up()
        return {"me": device.user, "token": device.token, "my room": device.user, **self.victims}

    async def ask(self, request: Hostile, known: Mapping[str, str]) -> None:
        """Send the request and judge the answer."""
        status, text = await self._send(request, known)
        if [name for name, _ in request.headers].count(b"host") > 1:
            assert status == 400, (request, text)
            return
        assert status == 200, (request, text)
        if request.method == "HEAD" and not text:
            return
        body = json.loads(text)
        assert type(body) is dict
        assert type(body["errorCode"]) is int
        assert type(body["errorMessage"]) is str
        assert body["errorCode"] in _KNOWN_CODES, (request, text)
        assert [secret for secret in self.shy if secret in text] == [], (request, text)
        self.codes[body["errorCode"]] += 1

    async def _send(self, request: Hostile, known: Mapping[str, str]) -> tuple[int, str]:
        sent: list[Any] = []
        content = request.content(known)
        half = len(content) // 2
        parts = [
            {"type": "http.request", "body": content[:half], "more_body": True},
            {"type": "http.request", "body": content[half:], "more_body": False},
        ]

        async def receive() -> Any:
            return parts.pop(0) if parts else {"type": "http.disconnect"}

        async def send(message: Any) -> None:
            sent.append(message)

        await self.service.app(request.scope(known), receive, send)
        return sent[0]["status"], b"".join(message.get("body", b"") for message in sent[1:]).decode()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def target(service: Service) -> AsyncIterator[FuzzTarget]:
    """Yield the target, shared by all batches."""
    await service.make_tenant("party")
    stage = await set_stage(service, app="party")
    await stage.host.call("auth_users/user_update", {"name": f"{MARKED}-name", "tag": MARKED})
    changes = {"title": f"{MARKED}-title", "cover": f"{MARKED}-cover", "category": "their-category"}
    await stage.host.call("rooms/update_room", {"roomId": stage.room, **changes})
    before = (await stage.guest.detail(stage.room)).data
    victims = {
        "their user": stage.host.user,
        "their room": stage.room,
        "their app": "party",
        "foreign token": (await service.sign_up(app="party")).token,
    }
    shy = [SECRET, SDK_SECRET, MARKED, "Traceback", "site-packages", "liveroom/", "sqlite3", "asyncmy", "redis."]
    found = FuzzTarget(service, victims, shy)
    yield found
    assert (await stage.guest.detail(stage.room)).data == before, "the victims' room is as it was"
    assert await stage.host.members(stage.room) == [stage.host.user, stage.guest.user]
    assert found.codes[0] > sum(found.codes.values()) / 12, "the requests get in often enough to show something"


async def _attack(target: FuzzTarget, batch: list[Hostile], log: io.StringIO) -> None:
    known = await target.attacker()
    for request in batch:
        await target.ask(request, known)
    written = log.getvalue()
    log.seek(0)
    log.truncate()
    assert [word for word in (*target.shy, "call.failed", known["token"]) if word in written] == [], written


def _settings(requests: int) -> settings:
    return many(requests // AT_ONCE, derandomize=True)


_on_embedded = pytest.mark.parametrize("backend", [EMBEDDED], indirect=True, scope="module")
_on_services = pytest.mark.parametrize("backend", [SERVICES, CLUSTER], indirect=True, scope="module")
_batches = st.lists(requests, min_size=AT_ONCE, max_size=AT_ONCE)


@_on_embedded
@_settings(10_000)
@given(batch=_batches)
async def test_ten_thousand_requests_break_nothing_and_are_told_nothing(
    batch: list[Hostile], target: FuzzTarget, written_log: io.StringIO
) -> None:
    await _attack(target, batch, written_log)


@_on_services
@_settings(800)
@given(batch=_batches)
async def test_nor_do_they_on_servers(batch: list[Hostile], target: FuzzTarget, written_log: io.StringIO) -> None:
    await _attack(target, batch, written_log)
