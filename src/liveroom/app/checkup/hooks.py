"""Hooks: whether each answers a sample question in time."""

import asyncio
from collections.abc import AsyncIterator
from typing import Final

from liveroom.app.checkup.current_database import current_database
from liveroom.domain.errors import KeyMissing
from liveroom.domain.findings import Finding, fail, ok, warn
from liveroom.domain.hooks.model import Hook, HookFailed, Otherwise, sample_question
from liveroom.keys import open_keys
from liveroom.ports import Clock
from liveroom.providers.hooks import HttpHookClient
from liveroom.settings import Settings
from liveroom.usecases.hooks.calls import HookCall, HookCalls, Hooks

_ASKED: Final = 20


async def look_at_hooks(settings: Settings, clock: Clock) -> AsyncIterator[Finding]:
    """Ask each hook a sample question."""
    client = HttpHookClient()
    try:
        async with current_database(settings) as db:
            if db is None:
                return
            hooks = Hooks(db, open_keys(settings), clock)
            await hooks.reload()
            hook_calls = HookCalls(hooks, client, clock)
            for finding in await asyncio.gather(*(_ask(hook_calls, hook) for hook in hooks.all()[:_ASKED])):
                yield finding
    except KeyMissing as missing:
        yield fail("hooks", missing.detail, "restore the key that sealed their secrets")
    finally:
        await client.close()


async def _ask(hook_calls: HookCalls, hook: Hook) -> Finding:
    subject = f"hook {hook.id}"
    whose = f"before {hook.hook_type.value}" + (f" of tenant {hook.tenant}" if hook.tenant else "")
    try:
        await hook_calls.try_out(hook, HookCall(hook.hook_type, hook.tenant, "test", sample_question(hook.hook_type)))
    except HookFailed as failure:
        if hook.otherwise is Otherwise.REFUSE:
            return fail(subject, f"{failure} ({whose})", "calls are refused until it answers")
        return warn(subject, f"{failure} ({whose})", "calls are let through until it answers")
    if not hook.is_private:
        return warn(subject, f"it answers, without encryption ({whose})", "use https:// outside your own network")
    return ok(subject, f"it answers in time ({whose})")
