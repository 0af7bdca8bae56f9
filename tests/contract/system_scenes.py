"""What is on the stage of the methods about webhooks, hooks, tenants, keys and settings."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

from liveroom.domain.ids import TenantName, UserId
from tests.contract.scene import Stage

NOBODY: Final = "http://127.0.0.1:9/events"
"""Where nothing listens."""
Params = Mapping[str, Any]


async def tenant_of(stage: Stage) -> TenantName:
    """Return whose users are on the stage."""
    host = await stage.service.core.db.users.get(UserId(stage.host.user))
    assert host is not None
    return host.tenant


async def _new_webhook(stage: Stage) -> Params:
    """Return with what one is made; those of earlier stages are gone: there may be 16."""
    webhooks = stage.service.core.outward.webhooks
    for one in webhooks.all():
        await webhooks.remove(one.id)
    url, kinds = "https://shop.example/events", ["room.*", "member.entered"]
    return {"url": url, "kinds": kinds, "categories": ["show"], "batch": "10", "timeoutMs": "5000"}


def _about_webhook(**params: Any) -> Callable[[Stage], Awaitable[Params]]:
    async def make(stage: Stage) -> Params:
        await _new_webhook(stage)
        webhook = await stage.service.core.outward.webhooks.add(await tenant_of(stage), NOBODY)
        return {"webhookId": webhook.id, **params}

    return make


_ADMIN: Final = "base/v1/admin/"
SYSTEM: Final[Mapping[str, Callable[[Stage], Params | Awaitable[Params]]]] = {
    _ADMIN + "list_webhooks": lambda _: {},
    _ADMIN + "create_webhook": _new_webhook,
    _ADMIN + "update_webhook": _about_webhook(url=NOBODY, kinds=["all"], batch="7", timeoutMs="2000", state="off"),
    _ADMIN + "delete_webhook": _about_webhook(),
    _ADMIN + "test_webhook": _about_webhook(),
    _ADMIN + "rotate_webhook_secret": _about_webhook(),
    _ADMIN + "webhook_deliveries": _about_webhook(limit="5", cursor="7"),
    _ADMIN + "list_dead_letters": _about_webhook(limit="5", cursor="7.1"),
    _ADMIN + "replay_webhook": _about_webhook(seconds="60"),
    _ADMIN + "audit": lambda _: {
        "action": "close_room",
        "sinceUtc": "2026-01-01 00:00:00",
        "untilUtc": "2036-01-01 00:00:00",
        "text": "关",
        "code": "0",
        "limit": "5",
    },
}
"""With which parameters an operator's server calls each of them."""
