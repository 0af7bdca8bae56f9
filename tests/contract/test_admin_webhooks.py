"""Webhooks over HTTP, as an operator's server or console manages them."""

import json
from datetime import timedelta
from typing import Any

import pytest
import pytest_asyncio

from liveroom.api.parameters import Nothing
from liveroom.api.webhooks.admin import list_webhooks
from liveroom.domain.ids import DEFAULT_TENANT, TenantName
from liveroom.domain.operators.caller import Operator
from liveroom.domain.webhooks.deliveries import DeadLetter, Delivery
from liveroom.simulate.endpoint import VendorResponse
from tests.contract.system_scenes import NOBODY
from tests.service import Keyholder, Service
from tests.webhooks.receiver import listening


async def make(server: Keyholder, url: str = NOBODY, **params: Any) -> tuple[str, str]:
    """Return the id and the secret of a new webhook."""
    made = (await server.call("admin/create_webhook", {"url": url, **params})).data
    return made["webhookId"], made["secret"]


async def row_of(server: Keyholder, webhook: str) -> dict[str, Any]:
    """Return what the list says of it."""
    listed: list[dict[str, Any]] = (await server.call("admin/list_webhooks")).data
    return next(one for one in listed if one["webhookId"] == webhook)


@pytest_asyncio.fixture(loop_scope="module")
async def server(service: Service) -> Keyholder:
    """Return an operator's server, whose tenant has no webhook."""
    for one in service.core.outward.webhooks.all():
        await service.core.outward.webhooks.remove(one.id)
    return await service.make_key()


async def test_a_webhook_is_made_tried_out_changed_paused_and_removed(service: Service, server: Keyholder) -> None:
    async with listening() as receiver:
        webhook, secret = await make(server, receiver.url, kinds=["member.*"], categories=["ktv"])
        receiver.secrets.append(secret)
        tried = (await server.call("admin/test_webhook", {"webhookId": webhook})).data
        assert (tried["delivered"], tried["status"], tried["problem"]) == (True, 204, "")
        assert [event["type"] for event in receiver.taken] == ["webhook.test"]
        receiver.rule = lambda _: VendorResponse(b"out of order\nsince noon", 503)
        tried = (await server.call("admin/test_webhook", {"webhookId": webhook})).data
        assert (tried["delivered"], tried["status"], tried["line"]) == (False, 503, "out of order")
        fresh = (await server.call("admin/rotate_webhook_secret", {"webhookId": webhook})).data["secret"]
        receiver.rule, receiver.secrets = lambda _: VendorResponse(b"", 200), [secret]
        for good in (secret, fresh):
            receiver.secrets = [good]
            assert (await server.call("admin/test_webhook", {"webhookId": webhook})).data["delivered"]
    changes = {"url": NOBODY, "kinds": "all", "categories": "all", "batch": 7, "timeoutMs": 2000, "state": "off"}
    changed = (await server.call("admin/update_webhook", {"webhookId": webhook, **changes})).data
    assert changed == await row_of(server, webhook)
    assert (changed["kinds"], changed["categories"], changed["batch"]) == ([], [], 7)
    assert (changed["timeoutMs"], changed["state"], changed["url"]) == (2000, "off", NOBODY)
    tried = (await server.call("admin/test_webhook", {"webhookId": webhook})).data
    assert (tried["delivered"], tried["status"]) == (False, 0)
    assert "cannot be reached" in tried["problem"]
    assert (await server.call("admin/update_webhook", {"webhookId": webhook, "state": "on"})).data["state"] == "on"
    assert (await server.call("admin/delete_webhook", {"webhookId": webhook})).code == 0
    for method in ("delete_webhook", "test_webhook", "rotate_webhook_secret", "webhook_deliveries", "replay_webhook"):
        gone = await server.call(f"admin/{method}", {"webhookId": webhook})
        assert gone.code == 98
        assert f"there is no webhook {webhook}" in gone.body["errorMessage"]


async def test_the_audit_says_what_of_a_webhook_changed_and_neither_path_nor_secret(
    service: Service, server: Keyholder
) -> None:
    webhook, secret = await make(server, "https://shop.example/t0ken?key=w0rd")
    why = {"why": "the shop has moved"}
    await server.call("admin/update_webhook", {"webhookId": webhook, "url": "https://new.example/t0ken", **why})
    await server.call("admin/rotate_webhook_secret", {"webhookId": webhook})
    await service.services.audit.flush()
    noted = (await server.call("admin/audit", {"action": "update_webhook", "limit": 1})).data[0]
    assert (noted["before"], noted["after"]) == ({"host": "shop.example"}, {"host": "new.example"})
    assert (noted["reason"], noted["code"]) == ("the shop has moved", 0)
    said = json.dumps((await server.call("admin/audit", {"limit": 100})).data)
    assert not [word for word in ("t0ken", "w0rd", secret) if word in said]


async def test_only_who_may_manage_webhooks_sees_their_whole_address(service: Service, server: Keyholder) -> None:
    webhook, _ = await make(server, "https://shop.example/t0ken")
    assert (await row_of(server, webhook))["url"] == "https://shop.example/t0ken"
    viewer = Operator(service.services.tenants.default, "operator:1", service.clock.now(), may=lambda _: False)
    page = await list_webhooks(Nothing(), viewer, service.services.console.system.webhooks)
    assert b'"url":"https://shop.example/\xe2\x80\xa6"' in page.items


@pytest.mark.parametrize(
    ("params", "sentence"),
    [
        ({"url": "ftp://shop.example"}, "has to be https://"),
        ({"kinds": ["room.close"]}, "do you mean room.closed?"),
        ({"kinds": ["no.such"]}, "unknown event kind"),
        ({"batch": 1001}, "batch"),
        ({"timeoutMs": 500}, "1s to 30s"),
        ({"categories": ["a b"]}, "a category is"),
    ],
)
async def test_what_no_webhook_can_be_is_refused(params: dict[str, Any], sentence: str, server: Keyholder) -> None:
    webhook, _ = await make(server)
    for method, more in (("create_webhook", {"url": NOBODY}), ("update_webhook", {"webhookId": webhook})):
        refused = await server.call(f"admin/{method}", {**more, **params})
        assert refused.code == 98
        assert sentence in refused.body["errorMessage"], refused.text


async def test_deliveries_and_dead_letters_are_paged_and_delivered_again(service: Service, server: Keyholder) -> None:
    webhook, _ = await make(server)
    now, db = service.clock.now().replace(microsecond=0), service.core.db
    for number in range(5):
        reason = "" if number % 2 else "HTTP 500: no"
        await db.deliveries.add(Delivery(webhook, now, f"m{number}", 1, 500, 12, reason))
    died = [now if number < 3 else now + timedelta(seconds=1) for number in range(5)]
    letters = [
        DeadLetter(f"e{number}", webhook, DEFAULT_TENANT, "room:9", number, "room.closed", now, at, "HTTP 500", "{}")
        for number, at in enumerate(died)
    ]
    await db.dead_letters.add(letters)
    assert await all_of(server, "webhook_deliveries", webhook, "messageId") == ["m4", "m3", "m2", "m1", "m0"]
    assert await all_of(server, "list_dead_letters", webhook, "eventId") == ["e0", "e1", "e2", "e3", "e4"]
    row = await row_of(server, webhook)
    assert (row["deadLetters"], row["lastFailure"]) == (5, "HTTP 500: no")
    one = {"webhookId": webhook, "eventId": "e1"}
    assert (await server.call("admin/replay_webhook", one)).data == {"events": 1}
    assert (await server.call("admin/replay_webhook", {**one, "eventId": "e9"})).code == 98
    assert (await server.call("admin/replay_webhook", {**one, "seconds": 5})).code == 98
    dead = (await server.call("admin/list_dead_letters", {"webhookId": webhook})).data
    assert [letter["eventId"] for letter in dead if letter["replaying"]] == ["e1"]
    assert (await server.call("admin/replay_webhook", {"webhookId": webhook})).data == {"events": 5}
    assert (await server.call("admin/replay_webhook", {"webhookId": webhook, "seconds": 60})).code == 0
    for method in ("webhook_deliveries", "list_dead_letters"):
        for cursor in ("x", "0", "-1", "1.x", "9" * 30, "٣"):
            if (method, cursor) != ("list_dead_letters", "1"):
                answer = await server.call(f"admin/{method}", {"webhookId": webhook, "cursor": cursor})
                assert answer.code == 98, (method, cursor, answer.text)


async def all_of(server: Keyholder, method: str, webhook: str, name: str) -> list[str]:
    """Return a field of all rows, read two at a time."""
    found, cursor = [], ""
    while True:
        answer = await server.call(f"admin/{method}", {"webhookId": webhook, "limit": 2, "cursor": cursor})
        found += [row[name] for row in answer.data]
        cursor = answer.body["nextCursor"]
        if not cursor:
            return found


async def test_a_tenants_webhooks_are_nobody_elses(service: Service, server: Keyholder) -> None:
    webhook, _ = await make(server)
    await service.make_tenant("hookless")
    stranger = await service.make_key("hookless")
    assert (await stranger.call("admin/list_webhooks")).data == []
    for method in ("update_webhook", "delete_webhook", "test_webhook", "rotate_webhook_secret", "replay_webhook"):
        refused = await stranger.call(f"admin/{method}", {"webhookId": webhook, "batch": 2})
        assert refused.code == 98
    assert (await row_of(server, webhook))["batch"] == 100
    assert not await service.services.console.system.webhooks.of(TenantName("hookless"))
