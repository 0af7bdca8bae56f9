"""Which webhooks there are."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Final

from liveroom.domain.errors import BadRequest
from liveroom.domain.events.records import Target
from liveroom.domain.ids import TenantName
from liveroom.domain.webhooks.model import (
    BATCH,
    TIMEOUT,
    WEBHOOKS_MAX,
    Webhook,
    WebhookState,
    check_webhook,
    fresh_webhook_id,
)
from liveroom.domain.webhooks.signing import fresh_secret
from liveroom.ports import FIRST_KEPT, Clock, Database, Kept, Vault
from liveroom.usecases.tenants.operator_configuration import EndpointRegistry, endpoint_kind

_BATCH: Final = 1000
WEBHOOKS: Final = endpoint_kind("webhook", lambda tx: tx.webhooks)


class Webhooks(EndpointRegistry[Webhook]):
    """The webhooks of this installation."""

    def __init__(self, db: Database, vault: Vault, clock: Clock) -> None:
        super().__init__(WEBHOOKS, db, vault, clock)
        self._targets: Mapping[TenantName, Sequence[Target]] = {}
        self.edition = 0
        """Grows whenever they are read anew."""

    def targets_of(self, tenant: TenantName) -> Sequence[Target]:
        """Return a tenant's targets: its webhooks that are on."""
        return self._targets.get(tenant, ())

    @property
    def has_targets(self) -> bool:
        """Say whether any webhook is on."""
        return bool(self._targets)

    async def add(
        self,
        tenant: TenantName,
        url: str,
        *,
        kinds: frozenset[str] = frozenset(),
        categories: frozenset[str] = frozenset(),
        batch: int = BATCH,
        timeout: timedelta = TIMEOUT,
    ) -> Webhook:
        """Add a webhook, and return it with its secret. Raises ``BadRequest``."""
        now = self.clock.now()
        secrets = (fresh_secret(now),)
        return await self._add(
            Webhook(fresh_webhook_id(now), tenant, url, secrets, now, kinds, categories, batch, timeout)
        )

    async def switch(self, id: str, state: WebhookState, reason: str = "") -> Webhook:
        """Switch a webhook on or off. Raises ``BadRequest``."""
        return await self.change(id, lambda webhook: replace(webhook, state=state, reason=reason))

    async def remove(self, id: str, tenant: TenantName | None = None) -> None:
        """Take a webhook away, with all that waits for it and is known of it. Raises ``BadRequest``."""
        await super().remove(id, tenant)
        for drop in (self.db.event_partitions.drop, self.db.dead_letters.drop, self.db.deliveries.drop):
            while await drop(id, _BATCH) == _BATCH:
                pass

    async def replay(self, id: str, since: timedelta | None = None, event: str = "") -> int:
        """Let dead letters be delivered again: one, or all; with ``since`` also what happened in this time and is still
        kept, delivered or not. Return how many events. Raises ``BadRequest``.
        """
        webhook, now = self.find(id), self.clock.now()
        if since is None:
            count = await self.db.dead_letters.replay(id, now, id=event)
            if event and not count:
                raise BadRequest(f"there is no dead letter {event} of this webhook")
            return count
        count, begin = 0, now - since
        await self.db.dead_letters.replay(id, now, since=begin)
        more: Kept | None = FIRST_KEPT
        while more is not None:
            copied, more = await self.db.dead_letters.copy(
                webhook.target, webhook.tenant, begin, after=more, now=now, limit=_BATCH
            )
            count += copied
        return count

    def _arrange(self, items: Sequence[Webhook]) -> None:
        targets: dict[TenantName, list[Target]] = {}
        for webhook in items:
            if webhook.state is WebhookState.ON:
                targets.setdefault(webhook.tenant, []).append(webhook.target)
        self._targets = targets
        self.edition += 1

    def _check(self, item: Webhook) -> None:
        check_webhook(item)

    def _check_space(self, item: Webhook, others: Sequence[Webhook]) -> None:
        if sum(one.tenant == item.tenant for one in others) >= WEBHOOKS_MAX:
            raise BadRequest(f"there are {WEBHOOKS_MAX} webhooks already: each makes every change dearer")
