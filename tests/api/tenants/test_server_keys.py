"""Calls with a server key as the dispatcher sees them: what reaches a handler, and what is noted of it."""

import asyncio
import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from liveroom.api.declare import Method, Who
from liveroom.api.identity import RequestContext, Visitor
from liveroom.api.methods import METHODS
from liveroom.app.assembly import make_dispatcher
from liveroom.domain.accounts.sessions import Actor
from liveroom.domain.errors import DatabaseUnavailable
from liveroom.domain.operators.caller import Operator
from tests.outages import Switch
from tests.service import Device, Keyholder, Service, serving

PING = METHODS.methods["base/v1/gslb"]


class Handler:
    """Remembers who called, and fails as it is told."""

    def __init__(self, failure: BaseException | None = None) -> None:
        self.callers: list[Actor | Operator | Visitor] = []
        self.failure = failure

    async def __call__(self, _: object, caller: Actor | Operator | Visitor) -> None:
        self.callers.append(caller)
        if self.failure is not None:
            raise self.failure


def method_of(handler: Handler, who: Who) -> Method:
    permission = "tests.view" if who is Who.KEY else ""
    return replace(PING, path="base/v1/tests/look", who=who, handler=handler, permission=permission, uses=())


async def ask(
    service: Service, method: Method, backend: Keyholder, raw: Mapping[str, Any] | None = None, **context: Any
) -> int:
    """Return the code that a call with the key is answered."""
    through = RequestContext("r-1", "192.0.2.7", bearer=backend.key)._replace(**context)
    return int((await make_dispatcher(service.services).call(method, raw or {}, through)).code)


async def codes(service: Service) -> list[int | None]:
    """Return what the audit says of how things ended, the oldest first."""
    await service.core.jobs.key_uses.flush()
    return [entry.code for entry in reversed(await service.services.audit.newest())]


async def test_a_method_for_server_keys_has_the_operator_for_its_caller(service: Service) -> None:
    handler, backend = Handler(), await service.make_key()
    assert await ask(service, method_of(handler, Who.KEY), backend) == 0
    (caller,) = handler.callers
    assert isinstance(caller, Operator)
    assert caller.tenant is service.services.tenants.default
    assert backend.key.startswith(f"lrk_{caller.actor.removeprefix('key:')}_")
    assert caller.may("tests.change")
    assert caller.may("users.contacts")


async def test_without_a_key_it_is_refused_whoever_calls_and_says_why(service: Service) -> None:
    handler, backend, device = Handler(), await service.make_key(), await service.sign_up()
    method = method_of(handler, Who.KEY)
    contexts: list[tuple[Mapping[str, Any], dict[str, Any]]] = [
        ({}, {"bearer": ""}),
        (device.identity, {"bearer": ""}),
        ({}, {"bearer": device.token}),
        ({"token": backend.key}, {"bearer": ""}),
        ({}, {"by_socket": True}),
    ]
    for raw, context in contexts:
        assert await ask(service, method, backend, raw, **context) == 3000
    assert handler.callers == []
    refused = await make_dispatcher(service.services).call(method, {}, RequestContext("r-1", ""))
    assert "server key" in json.loads(refused.body)["errorMessage"]
    assert await codes(service) == []


async def test_on_a_socket_a_key_is_a_token_that_is_none(service: Service) -> None:
    handler, backend, device = Handler(), await service.make_key(), await service.sign_up()
    method = method_of(handler, Who.USER)
    assert await ask(service, method, backend, {"actAs": device.user}, by_socket=True) == 204
    assert handler.callers == []


@pytest.mark.parametrize("who", [Who.USER, Who.BEARER, Who.SEEKER])
async def test_whoever_may_call_a_key_may_call_for_them(who: Who, service: Service) -> None:
    handler, backend, device = Handler(), await service.make_key(), await service.sign_up()
    assert await ask(service, method_of(handler, who), backend, {"actAs": device.user}) == 0
    (caller,) = handler.callers
    assert isinstance(caller, Actor)
    assert (caller.user, caller.by_socket) == (device.user, False)


async def _visit(service: Service, raw: Mapping[str, Any]) -> Visitor:
    handler, backend = Handler(), await service.make_key()
    assert await ask(service, method_of(handler, Who.ANYONE), backend, raw) == 0
    (caller,) = handler.callers
    assert isinstance(caller, Visitor)
    return caller


async def test_where_nobody_has_to_call_the_key_itself_reaches_no_handler(service: Service) -> None:
    device: Device = await service.sign_up()
    assert (await _visit(service, {})).token == ""
    assert (await _visit(service, device.identity)).token == device.token
    acting = await _visit(service, {"actAs": device.user})
    assert acting.user == device.user
    assert service.services.sessions.read(acting.token).user == device.user
    assert acting.token != device.token


async def test_what_cannot_be_noted_is_not_done(tmp_path: Path) -> None:
    sql = Switch(DatabaseUnavailable)
    async with serving(tmp_path, through=sql.over) as service:
        handler, backend, device = Handler(), await service.make_key(), await service.sign_up()
        method = method_of(handler, Who.USER)
        assert await ask(service, method, backend, {"actAs": device.user}) == 0
        sql.down = True
        assert await ask(service, method, backend, {"actAs": device.user}) == 103
        sql.down = False
        assert len(handler.callers) == 1
        assert await codes(service) == [0]


async def test_an_error_of_ours_is_noted_and_a_call_that_is_broken_off_stays_open(service: Service) -> None:
    backend = await service.make_key()
    assert await ask(service, method_of(Handler(ValueError("a bug")), Who.KEY), backend) == 99
    with pytest.raises(asyncio.CancelledError):
        await ask(service, method_of(Handler(asyncio.CancelledError()), Who.KEY), backend)
    assert await codes(service) == [99, None]


async def test_a_body_that_cannot_be_read_is_refused_as_ever(service: Service) -> None:
    backend = await service.make_key()
    answer = await service.send(
        "POST", "/base/v1/rooms/query_room", content=b"{", headers={"authorization": f"Bearer {backend.key}"}
    )
    assert answer.code == 2002
