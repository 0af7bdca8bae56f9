"""What is on the stage of the methods about webhooks, hooks, tenants, keys and settings."""

import itertools
from collections.abc import Awaitable, Callable
from typing import Any, Final

from liveroom.domain.drift.model import DriftSource
from liveroom.domain.hooks.model import HookType
from liveroom.domain.ids import TenantName, UserId
from tests.contract.scene import ADMIN, Params, Scenes, Stage

NOBODY: Final = "http://127.0.0.1:9/events"
"""Where nothing listens."""


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


async def _new_hook(stage: Stage) -> Params:
    """Return with what one is made; those of earlier stages are gone: there may be four."""
    hooks = stage.service.core.hook_calls.hooks
    for one in hooks.all():
        await hooks.remove(one.id)
    url = "https://shop.example/ask"
    return {"before": "role", "url": url, "categories": ["unused"], "timeoutMs": "500", "otherwise": "allow"}


def _about_hook(**params: Any) -> Callable[[Stage], Awaitable[Params]]:
    async def make(stage: Stage) -> Params:
        await _new_hook(stage)
        hooks = stage.service.core.hook_calls.hooks
        hook = await hooks.add(await tenant_of(stage), HookType.ROLE, NOBODY, categories=frozenset({"unused"}))
        return {"hookId": hook.id, **params}

    return make


async def _new_server_key(stage: Stage) -> Params:
    made = stage.service.services.server_keys.add(
        await tenant_of(stage), "old", ["act:rooms"], ["act:rooms"], lasts=None
    )
    return {"keyId": (await made)[0].id}


async def _few_app_keys(stage: Stage) -> Params:
    """Return with what one is made; those of earlier stages are gone: there may be 20."""
    signatures = stage.service.services.app_signatures
    for one in signatures.all():
        await signatures.remove(one.id)
    return {"name": "bot"}


async def _new_app_key(stage: Stage) -> Params:
    await _few_app_keys(stage)
    return {"appKeyId": (await stage.service.services.app_signatures.add(await tenant_of(stage), "bot")).id}


async def _few_secrets(stage: Stage) -> Params:
    secrets = stage.service.services.own_users.secrets
    for one in secrets.all():
        await secrets.remove(one.id)
    return {"tag": "shop", "secret": "x" * 32}


async def _new_secret(stage: Stage) -> Params:
    await _few_secrets(stage)
    added = await stage.service.services.own_users.secrets.add(await tenant_of(stage), "shop")
    return {"loginSecretId": added.id}


async def _compared(stage: Stage) -> Params:
    await stage.service.services.console.drift.reconciliation.look(DriftSource.LIVE)
    return {"source": "live"}


async def _new_tenant(stage: Stage) -> Params:
    name = f"t{next(_numbers)}"
    options = {"language": "en", "hosts": [f"{name}.example"], "rtc": "mesh", "quotaUsers": "9", "quotaRooms": "8"}
    return {"name": name, **options, "quotaMembers": "7", "sdkAppId": "1400000000", "sdkSecret": "s", "plain": "false"}


async def _made_tenant(stage: Stage) -> Params:
    name = f"t{next(_numbers)}"
    await stage.service.make_tenant(name)
    return {"name": name, "quotaUsers": "9", "hosts": "none"}


_numbers: Final = itertools.count(1)
SYSTEM: Final[Scenes] = {
    ADMIN + "list_webhooks": lambda _: {},
    ADMIN + "create_webhook": _new_webhook,
    ADMIN + "update_webhook": _about_webhook(url=NOBODY, kinds=["all"], batch="7", timeoutMs="2000", state="off"),
    ADMIN + "delete_webhook": _about_webhook(),
    ADMIN + "test_webhook": _about_webhook(),
    ADMIN + "rotate_webhook_secret": _about_webhook(),
    ADMIN + "webhook_deliveries": _about_webhook(limit="5", cursor="7"),
    ADMIN + "list_dead_letters": _about_webhook(limit="5", cursor="7.1"),
    ADMIN + "replay_webhook": _about_webhook(seconds="60"),
    ADMIN + "list_hooks": lambda _: {},
    ADMIN + "create_hook": _new_hook,
    ADMIN + "update_hook": _about_hook(url=NOBODY, categories=["x"], timeoutMs="300", otherwise="allow"),
    ADMIN + "delete_hook": _about_hook(),
    ADMIN + "test_hook": _about_hook(),
    ADMIN + "rotate_hook_secret": _about_hook(),
    ADMIN + "list_server_keys": lambda _: {},
    ADMIN + "create_server_key": lambda _: {"name": "bot", "scopes": ["admin:keys"], "seconds": "3600"},
    ADMIN + "revoke_server_key": _new_server_key,
    ADMIN + "list_app_keys": lambda _: {},
    ADMIN + "create_app_key": _few_app_keys,
    ADMIN + "delete_app_key": _new_app_key,
    ADMIN + "require_signatures": lambda _: {"modules": "none"},
    ADMIN + "signing_rule": lambda _: {},
    ADMIN + "list_login_secrets": lambda _: {},
    ADMIN + "create_login_secret": _few_secrets,
    ADMIN + "delete_login_secret": _new_secret,
    ADMIN + "list_tenants": lambda _: {},
    ADMIN + "create_tenant": _new_tenant,
    ADMIN + "update_tenant": _made_tenant,
    ADMIN + "settings": lambda _: {},
    ADMIN + "doctor": lambda _: {},
    ADMIN + "version": lambda _: {},
    ADMIN + "drift": lambda _: {"source": "live", "after": "0", "limit": "5"},
    ADMIN + "allow_repair": _compared,
    ADMIN + "export_audit": lambda _: {"format": "jsonl", "action": "close_room", "code": "0", "text": "关"},
    ADMIN + "audit": lambda _: {
        "action": "close_room",
        "sinceUtc": "2026-01-01 00:00:00",
        "untilUtc": "2036-01-01 00:00:00",
        "text": "关",
        "code": "0",
        "limit": "5",
    },
}
"""With which parameters an operator's server calls each of them."""
