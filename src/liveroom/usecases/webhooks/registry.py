"""Which webhooks there are: configured by the operator, kept whole here, changes noticed within two seconds."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Final

from liveroom.domain.errors import BadRequest
from liveroom.domain.events.records import Target
from liveroom.domain.ids import TenantName
from liveroom.domain.webhooks.model import (
    BATCH,
    BOTH_GOOD,
    TIMEOUT,
    WEBHOOKS_MAX,
    Webhook,
    WebhookState,
    check_webhook,
    fresh_webhook_id,
)
from liveroom.domain.webhooks.signing import fresh_secret, read_secrets, rotated, write_secrets
from liveroom.ports import FIRST_KEPT, Clock, Database, Kept, StoredWebhook, Tx, Vault

_BATCH: Final = 1000
Change = Callable[[Webhook], Webhook]


@dataclass(slots=True)
class Webhooks:
    """The webhooks of this installation; one of the kinds of ``OperatorConfiguration``."""

    db: Database
    vault: Vault
    clock: Clock
    _by_id: Mapping[str, Webhook] = field(default_factory=dict)
    _targets: Mapping[TenantName, Sequence[Target]] = field(default_factory=dict)
    edition: int = 0
    """Grows whenever they are read anew."""

    def targets_of(self, tenant: TenantName) -> Sequence[Target]:
        """Return a tenant's targets: its webhooks that are on."""
        return self._targets.get(tenant, ())

    @property
    def has_targets(self) -> bool:
        """Say whether any webhook is on."""
        return bool(self._targets)

    def get(self, id: str) -> Webhook | None:
        return self._by_id.get(id)

    def all(self) -> Sequence[Webhook]:
        """Return every webhook of every tenant."""
        return list(self._by_id.values())

    def find(self, id: str) -> Webhook:
        """Return the webhook of that id. Raises ``BadRequest``."""
        found = self._by_id.get(id)
        if found is None:
            raise _unknown(id)
        return found

    async def reload(self) -> None:
        """Read all of it anew."""
        found = [self._unsealed(stored) for stored in await self.db.webhooks.list()]
        targets: dict[TenantName, list[Target]] = {}
        for webhook in found:
            if webhook.state is WebhookState.ON:
                targets.setdefault(webhook.tenant, []).append(webhook.target)
        self._by_id = {webhook.id: webhook for webhook in found}
        self._targets = targets
        self.edition += 1

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
        webhook = Webhook(
            fresh_webhook_id(now), tenant, url, (fresh_secret(now),), now, kinds, categories, batch, timeout
        )
        check_webhook(webhook)

        async def work(tx: Tx) -> None:
            await tx.configuration_version.bump()
            there = [stored.webhook.tenant for stored in await tx.webhooks.list()]
            if there.count(tenant) >= WEBHOOKS_MAX:
                raise BadRequest(f"there are {WEBHOOKS_MAX} webhooks already: each makes every change dearer")
            await tx.webhooks.put(self._sealed(webhook))

        await self.db.transact(work)
        await self.reload()
        return webhook

    async def change(self, id: str, change: Change) -> Webhook:
        """Change a webhook. Raises ``BadRequest``."""

        async def work(tx: Tx) -> Webhook:
            await tx.configuration_version.bump()
            stored = await tx.webhooks.lock(id)
            if stored is None:
                raise _unknown(id)
            changed = change(self._unsealed(stored))
            check_webhook(changed)
            await tx.webhooks.put(self._sealed(changed))
            return changed

        changed = await self.db.transact(work)
        await self.reload()
        return changed

    async def rotate(self, id: str) -> Webhook:
        """Give a webhook a new secret; the present one goes on signing beside it for a day. Raises ``BadRequest``."""
        fresh = fresh_secret(self.clock.now())
        return await self.change(
            id, lambda webhook: replace(webhook, secrets=rotated(webhook.secrets, fresh, fresh.created + BOTH_GOOD))
        )

    async def switch(self, id: str, state: WebhookState, reason: str = "") -> Webhook:
        """Switch a webhook on or off. Raises ``BadRequest``."""
        return await self.change(id, lambda webhook: replace(webhook, state=state, reason=reason))

    async def remove(self, id: str) -> None:
        """Take a webhook away, with all that waits for it and is known of it. Raises ``BadRequest``."""

        async def work(tx: Tx) -> None:
            await tx.configuration_version.bump()
            if not await tx.webhooks.remove(id):
                raise _unknown(id)

        await self.db.transact(work)
        await self.reload()
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

    def _sealed(self, webhook: Webhook) -> StoredWebhook:
        sealed = self.vault.seal(write_secrets(webhook.secrets), webhook_context(webhook.id))
        return StoredWebhook(replace(webhook, secrets=()), sealed)

    def _unsealed(self, stored: StoredWebhook) -> Webhook:
        opened = self.vault.open(stored.sealed, webhook_context(stored.webhook.id))
        return replace(stored.webhook, secrets=read_secrets(opened))


def webhook_context(id: str) -> str:
    """Return what a webhook's secrets are bound to when they are sealed."""
    return f"webhook:{id}"


def _unknown(id: str) -> BadRequest:
    return BadRequest(f"there is no webhook {id}: `liveroom webhooks list` shows those there are")
