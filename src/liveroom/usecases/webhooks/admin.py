"""What operators see of webhooks, by commands and by ``admin/*``: how each stands, what its server answers, what was
delivered, and what was given up.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from difflib import get_close_matches
from typing import Final, NamedTuple

from liveroom import deadlines
from liveroom.domain.errors import BadRequest
from liveroom.domain.ids import TenantName
from liveroom.domain.rooms.paging import cut
from liveroom.domain.webhooks.deliveries import (
    Backlog,
    DeadLetter,
    Delivery,
    TriedOut,
    Undelivered,
    message_of,
    sample,
)
from liveroom.domain.webhooks.model import Webhook
from liveroom.ports import FIRST_KEPT, Clock, Database, Kept, WebhookClient
from liveroom.usecases.webhooks.receivers import Webhooks

_NOTHING: Final = Backlog("", 0, 0, datetime.min.replace(tzinfo=UTC))
_LOOKED_AT: Final = 100
"""Deliveries among which the last failure is looked for."""
_TIMES_MAX: Final = 2**53


class WebhookStanding(NamedTuple):
    """A webhook, and how it stands with it."""

    webhook: Webhook
    waiting: Backlog
    dead: int
    """Dead letters."""
    failure: str
    """Why it is not on, else why the last delivery that is known to have failed did; "" for none."""
    failed: datetime | None
    """When that was."""


@dataclass(frozen=True, slots=True)
class AdminWebhooks:
    """The webhooks of all tenants, for whoever operates them."""

    webhooks: Webhooks
    client: WebhookClient
    db: Database
    clock: Clock
    kinds: Callable[[], frozenset[str]]
    """Returns the kinds of all events that there are, those of modules too."""

    async def of(self, tenant: TenantName) -> Sequence[WebhookStanding]:
        """Return a tenant's webhooks, those too that another process has just added."""
        return await self.standing(await self.webhooks.stored(tenant))

    async def standing(self, webhooks: Sequence[Webhook]) -> Sequence[WebhookStanding]:
        """Return how it stands with webhooks."""
        waiting = {one.target: one for one in await self.db.event_partitions.waiting()}
        return [await self._stand(webhook, waiting.get(webhook.id, _NOTHING)) for webhook in webhooks]

    async def test(self, webhook: Webhook) -> TriedOut:
        """Send a ``webhook.test`` event now, and return what came of it."""
        now = self.clock.now()
        message = message_of([sample(webhook.tenant, now)], now)
        loop = asyncio.get_running_loop()
        began = loop.time()
        try:
            with deadlines.outside():
                answered = await self.client.post(webhook, message)
        except Undelivered as failure:
            return TriedOut(0, _millis_since(began), "", str(failure))
        problem = "" if answered.is_good else "only a 2xx answer counts as delivered"
        return TriedOut(answered.status, _millis_since(began), answered.line, problem)

    async def deliveries(self, id: str, cursor: str, limit: int) -> tuple[Sequence[Delivery], str]:
        """Return a webhook's deliveries, the newest first: every failure, and a sample of the successes; and the cursor
        of the next page. Raises ``BadRequest``.
        """
        found = await self.db.deliveries.page(id, _read_number(cursor) if cursor else 0, limit + 1)
        page, following = cut(found, limit, lambda one: str(one[0]))
        return [delivery for _, delivery in page], following

    async def dead_letters(self, id: str, cursor: str, limit: int) -> tuple[Sequence[DeadLetter], str]:
        """Return a webhook's dead letters, those that died first; and the cursor of the next page.

        Raises ``BadRequest``.
        """
        after = _read_place(cursor) if cursor else FIRST_KEPT
        found = await self.db.dead_letters.list(id, limit + 1, after=after)
        page = found[:limit]
        return page, _place(page, after) if len(found) > limit else ""

    def check_kinds(self, asked: frozenset[str]) -> None:
        """Raise ``BadRequest`` for a kind that nothing is of: such a webhook would be told nothing, for ever."""
        kinds = self.kinds()
        known = kinds | {f"{kind.partition('.')[0]}.*" for kind in kinds}
        for kind in asked:
            # What is not even written as a kind is refused with the rest of the webhook.
            if "." in kind and kind not in known:
                near = get_close_matches(kind, known, 1)
                hint = f"do you mean {near[0]}?" if near else "docs/webhook-events.md lists them."
                raise BadRequest(f"unknown event kind {kind!r}: {hint}")

    async def _stand(self, webhook: Webhook, waiting: Backlog) -> WebhookStanding:
        dead = await self.db.dead_letters.count(webhook.id)
        if webhook.reason:
            return WebhookStanding(webhook, waiting, dead, webhook.reason, None)
        for sent in await self.db.deliveries.list(webhook.id, _LOOKED_AT):
            if sent.reason:
                return WebhookStanding(webhook, waiting, dead, sent.reason, sent.at)
        return WebhookStanding(webhook, waiting, dead, "", None)


def _millis_since(began: float) -> int:
    return round((asyncio.get_running_loop().time() - began) * 1000)


def _read_number(text: str) -> int:
    number = int(text) if text.isascii() and text.isdigit() and len(text) < len(str(_TIMES_MAX)) else 0
    if not number:
        raise BadRequest("cursor: must be the nextCursor of an answer")
    return number


def _read_place(text: str) -> Kept:
    died, _, seen = text.partition(".")
    return _read_number(died), _read_number(seen)


def _place(page: Sequence[DeadLetter], after: Kept) -> str:
    """Return where the next page begins: behind so many of those that died at one time."""
    died = [round(one.died.timestamp() * 1000) for one in page]
    seen = sum(one == died[-1] for one in died)
    return f"{died[-1]}.{seen + after[1] if died[-1] == after[0] else seen}"
