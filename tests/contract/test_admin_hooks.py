"""Hooks over HTTP, as an operator's server or console manages them."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from liveroom.domain.hooks.model import BREAKS_AFTER
from liveroom.simulate.endpoint import Mood
from tests.contract.system_scenes import NOBODY
from tests.hook_server import HookServer, hook_server, refuse
from tests.service import Keyholder, Service


@pytest_asyncio.fixture(loop_scope="module")
async def server(service: Service) -> AsyncIterator[Keyholder]:
    """Yield an operator's server, whose hooks are gone afterwards."""
    yield await service.make_key()
    for one in service.core.hook_calls.hooks.all():
        await service.core.hook_calls.hooks.remove(one.id)


async def make(server: Keyholder, asked: HookServer, **params: Any) -> str:
    """Return the id of a new hook before people enter, which leads to this server."""
    url = f"{asked.endpoint.url}/t0ken"
    made = (await server.call("admin/create_hook", {"before": "enter", "url": url, **params})).data
    asked.secrets.append(made["secret"])
    return str(made["hookId"])


async def row_of(server: Keyholder, hook: str) -> dict[str, Any]:
    """Return what the list says of it."""
    return next(row for row in (await server.call("admin/list_hooks")).data if row["hookId"] == hook)


async def test_a_hook_is_made_tried_out_changed_and_removed(service: Service, server: Keyholder) -> None:
    async with hook_server() as asked:
        hook = await make(server, asked)
        tried = (await server.call("admin/test_hook", {"hookId": hook})).data
        assert (tried["answered"], tried["allow"], tried["problem"]) == (True, True, "")
        asked.decide = refuse
        tried = (await server.call("admin/test_hook", {"hookId": hook})).data
        assert (tried["allow"], tried["message"]) == (False, "members only")
        asked.decide = lambda _: {"allow": True, "set": {"role": "audience"}}
        assert (await server.call("admin/test_hook", {"hookId": hook})).data["changes"] == {"role": "audience"}
        fresh = (await server.call("admin/rotate_hook_secret", {"hookId": hook})).data["secret"]
        for good in (asked.secrets[0], fresh):
            asked.secrets[:] = [good]
            assert (await server.call("admin/test_hook", {"hookId": hook})).data["answered"]
    changes = {"url": NOBODY, "categories": ["ktv"], "timeoutMs": 300, "otherwise": "refuse", "why": "moved"}
    changed = (await server.call("admin/update_hook", {"hookId": hook, **changes})).data
    assert changed == await row_of(server, hook)
    assert (changed["url"], changed["categories"], changed["timeoutMs"]) == (NOBODY, ["ktv"], 300)
    tried = (await server.call("admin/test_hook", {"hookId": hook})).data
    assert (tried["answered"], tried["allow"]) == (False, False)
    assert "cannot be reached" in tried["problem"]
    await service.services.audit.flush()
    noted = (await server.call("admin/audit", {"action": "update_hook", "limit": 1})).data[0]
    assert noted["after"] == {"categories": ["ktv"], "timeoutMs": 300, "otherwise": "refuse"}
    assert (await server.call("admin/delete_hook", {"hookId": hook})).code == 0
    for method in ("update_hook", "delete_hook", "test_hook", "rotate_hook_secret"):
        assert (await server.call(f"admin/{method}", {"hookId": hook, "timeoutMs": 300})).code == 98


async def test_the_list_counts_what_came_of_calls_and_says_who_is_left_alone(
    service: Service, server: Keyholder
) -> None:
    async with hook_server() as asked:
        hook = await make(server, asked)
        host = await service.sign_up()
        room = await host.go_live()
        asked.decide = refuse
        assert (await (await service.sign_up()).enter(room, "audience")).code == 3000
        row = await row_of(server, hook)
        assert (row["allowed"], row["refused"], row["failed"], row["leftAlone"]) == (1, 1, 0, False)
        asked.endpoint.mood = Mood.DOWN
        for _ in range(BREAKS_AFTER + 1):
            assert (await (await service.sign_up()).enter(room, "audience")).code == 0
    row = await row_of(server, hook)
    assert (row["failed"], row["skipped"], row["leftAlone"]) == (BREAKS_AFTER, 1, True)
    assert row["lastFailure"]
    assert row["lastFailureUtc"]


@pytest.mark.parametrize(
    "params",
    [
        {"before": "leave"},
        {"url": "ftp://shop.example"},
        {"timeoutMs": 99},
        {"timeoutMs": 5001},
        {"otherwise": "maybe"},
    ],
)
async def test_what_no_hook_can_be_is_refused(params: dict[str, Any], server: Keyholder) -> None:
    assert (await server.call("admin/create_hook", {"before": "role", "url": NOBODY, **params})).code == 98


async def test_a_tenants_hooks_are_nobody_elses(service: Service, server: Keyholder) -> None:
    made = await server.call("admin/create_hook", {"before": "role", "url": NOBODY, "categories": "unused"})
    hook = made.data["hookId"]
    await service.make_tenant("hookless")
    stranger = await service.make_key("hookless")
    assert (await stranger.call("admin/list_hooks")).data == []
    for method in ("update_hook", "delete_hook", "test_hook", "rotate_hook_secret"):
        assert (await stranger.call(f"admin/{method}", {"hookId": hook, "timeoutMs": 300})).code == 98
    assert (await row_of(server, hook))["timeoutMs"] == 1000
