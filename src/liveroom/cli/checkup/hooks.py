"""Asking hooks: whether each answers a sample question in time."""

import asyncio
from collections.abc import AsyncIterator
from typing import Final
from urllib.parse import urlsplit

from liveroom.cli.checkup.findings import Finding, fail, ok, warn
from liveroom.domain.errors import DatabaseUnavailable, KeyMissing
from liveroom.domain.hooks import Hook, HookFailed, Otherwise, sample_question
from liveroom.keys import open_keys
from liveroom.ports import Clock
from liveroom.providers.hooks import HttpAsker
from liveroom.settings import Settings
from liveroom.store.sql.database import SqlDatabase
from liveroom.store.sql.schema import SchemaState, schema_state
from liveroom.usecases.hook_calls import Asking, Question
from liveroom.usecases.hooks import Hooks

_ASKED: Final = 20
_NEAR: Final = frozenset({"localhost", "127.0.0.1", "::1"})


async def look_at_hooks(settings: Settings, clock: Clock) -> AsyncIterator[Finding]:
    """Ask each hook a sample question."""
    try:
        if await schema_state(settings.database_url) is not SchemaState.CURRENT:
            return
    except DatabaseUnavailable:
        return
    db = await SqlDatabase.open(settings.database_url)
    asker = HttpAsker()
    try:
        hooks = Hooks(db, open_keys(settings), clock)
        await hooks.reload()
        asking = Asking(hooks, asker, clock)
        for finding in await asyncio.gather(*(_ask(asking, hook) for hook in hooks.all()[:_ASKED])):
            yield finding
    except KeyMissing as missing:
        yield fail("hooks", missing.detail, "restore the key that sealed their secrets")
    finally:
        await asker.close()
        await db.close()


async def _ask(asking: Asking, hook: Hook) -> Finding:
    subject = f"hook {hook.id}"
    whose = f"before {hook.moment.value}" + (f" of tenant {hook.tenant}" if hook.tenant else "")
    try:
        await asking.try_out(hook, Question(hook.moment, hook.tenant, "test", sample_question(hook.moment)))
    except HookFailed as failure:
        if hook.otherwise is Otherwise.REFUSE:
            return fail(subject, f"{failure} ({whose})", "calls are refused until it answers")
        return warn(subject, f"{failure} ({whose})", "calls are let through until it answers")
    parts = urlsplit(hook.url)
    if parts.scheme == "http" and parts.hostname not in _NEAR:
        return warn(subject, f"it answers, without encryption ({whose})", "use https:// outside your own network")
    return ok(subject, f"it answers in time ({whose})")
