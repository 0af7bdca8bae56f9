"""Webhooks: whether each is told, what waits for it, and what was given up."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Final

from liveroom.app.checkup.current_database import current_database
from liveroom.domain.errors import KeyMissing
from liveroom.domain.findings import Finding, fail, ok, warn
from liveroom.domain.webhooks.deliveries import Backlog
from liveroom.domain.webhooks.model import Webhook, WebhookState
from liveroom.keys import open_keys
from liveroom.ports import Clock
from liveroom.settings import Settings
from liveroom.usecases.webhooks.receivers import Webhooks

_LONG: Final = timedelta(minutes=5)


async def look_at_webhooks(settings: Settings, clock: Clock) -> AsyncIterator[Finding]:
    """Look at each webhook and at what waits for it. Nothing is sent: `liveroom webhooks test` does that."""
    try:
        async with current_database(settings) as db:
            if db is None:
                return
            webhooks = Webhooks(db, open_keys(settings), clock)
            await webhooks.reload()
            waiting = {one.target: one for one in await db.event_partitions.waiting()}
            for webhook in webhooks.all():
                dead = await db.dead_letters.count(webhook.id)
                yield _stands(webhook, waiting.get(webhook.id), dead, clock.now())
    except KeyMissing as missing:
        yield fail("webhooks", missing.detail, "restore the key that sealed their secrets")


def _stands(webhook: Webhook, waiting: Backlog | None, dead: int, now: datetime) -> Finding:
    subject = f"webhook {webhook.id}" + (f" of tenant {webhook.tenant}" if webhook.tenant else "")
    if webhook.state is WebhookState.GONE:
        fact = f"it was paused because its server answered that it wants no more events ({webhook.reason})"
        return warn(subject, fact, f"`liveroom webhooks on {webhook.id}` when it wants them again, or `remove`")
    if webhook.state is WebhookState.OFF:
        return warn(subject, "it is paused", f"`liveroom webhooks on {webhook.id}` resumes it")
    if waiting is not None and (waiting.failing or now - waiting.since > _LONG):
        why = f": {waiting.reason}" if waiting.reason else ""
        fact = f"{waiting.events} events of {waiting.partitions} streams are waiting{why}"
        return warn(subject, fact, f"`liveroom webhooks test {webhook.id}` shows what its server answers")
    if dead:
        fact = f"{dead} events were given up"
        return warn(subject, fact, f"`liveroom webhooks dead {webhook.id}` lists them, `replay` delivers them again")
    if not webhook.is_private:
        return warn(subject, "it receives events without encryption", "use https:// outside your own network")
    return ok(subject, f"{waiting.events if waiting else 0} events are waiting")
