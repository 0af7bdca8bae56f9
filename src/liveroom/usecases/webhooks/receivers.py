"""Who receives events, webhooks and the event log as one more target, and how deliveries to them go in this process.

The log gets all events of all tenants, and nothing is ever given up. If it is switched off, what waits for it is
dropped, but not by a process that has just started: the others may be about to start with the log switched on.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Final, Protocol

from liveroom.domain.errors import BadRequest
from liveroom.domain.events.records import LOG, StoredEvent, Target
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
from liveroom.ports import FIRST_KEPT, Clock, Database, Kept, Sink, Vault
from liveroom.usecases.partitions import PartitionState
from liveroom.usecases.tenants.operator_configuration import EndpointRegistry, endpoint_kind

Send = Callable[[Sequence[StoredEvent]], Awaitable[int]]
_AT_ONCE: Final = 1000
WEBHOOKS: Final = endpoint_kind("webhook", lambda tx: tx.webhooks)
LOG_BATCH: Final = 500
LOG_LONGEST: Final = timedelta(seconds=10)
"""How long a batch may take: a disk that hangs, a Redis that is looked for."""
SETTLED: Final = timedelta(minutes=10)
_TARGET: Final = Target(LOG, frozenset(), frozenset())


@dataclass(frozen=True, slots=True)
class Receiver:
    """A receiver of events, and how to reach it."""

    target: Target
    send: Send
    """Returns the status of the answer when all is taken. Raises ``Undelivered``, ``ProviderUnavailable``."""
    batch: int = 100
    longest: timedelta = timedelta(seconds=15)
    """How long one message may take."""
    gives_up: bool = True
    """Whether undeliverable events end as dead letters, instead of being tried for ever."""


class TargetState(PartitionState):
    """The breaker and limits of this process for one target."""

    def __init__(self, target: str) -> None:
        super().__init__("webhook", target=target)
        self.logged = 0.0
        """When a delivery that went well was last logged, in the loop's time."""


@dataclass
class DeliveryCounts:
    """What this process has delivered since it began, as figures."""

    events: dict[tuple[str, ...], float] = field(default_factory=lambda: {("delivered",): 0, ("given_up",): 0})
    messages: dict[tuple[str, ...], float] = field(default_factory=lambda: {("taken",): 0, ("failed",): 0})

    def taken(self, events: int) -> None:
        """Count a message that was taken."""
        self.messages["taken",] += 1
        self.events["delivered",] += events

    @property
    def delivered(self) -> int:
        """Return how many events were delivered."""
        return int(self.events["delivered",])


class Receivers(Protocol):
    """All receivers."""

    @property
    def edition(self) -> int:
        """Grows whenever the receivers may have changed."""

    @property
    def is_nobody(self) -> bool:
        """Say whether there is no receiver now."""

    def find(self, target: str) -> Receiver | None:
        """Return a target's receiver; None while it is switched off."""

    async def is_over(self, target: str) -> bool:
        """Say whether a missing target is gone for good, so that nothing has to wait for it."""

    async def gone(self, target: str, reason: str) -> None:
        """Note that the receiver wants nothing any more."""


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

    async def remove(self, id: str, tenant: TenantName | None = None) -> Webhook:
        """Take a webhook away, with all that waits for it and is known of it. Raises ``BadRequest``."""
        removed = await super().remove(id, tenant)
        for drop in (self.db.event_partitions.drop, self.db.dead_letters.drop, self.db.deliveries.drop):
            while await drop(id, _AT_ONCE) == _AT_ONCE:
                pass
        return removed

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
                webhook.target, webhook.tenant, begin, after=more, now=now, limit=_AT_ONCE
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


class EventLog:
    """The log, if there is one."""

    def __init__(self, sink: Sink | None, clock: Clock) -> None:
        self._sink = sink
        self._clock = clock
        self._began = clock.now()
        self.receiver: Final = (
            Receiver(_TARGET, _sending(sink), LOG_BATCH, LOG_LONGEST, gives_up=False) if sink is not None else None
        )
        """The way to it."""
        self._targets = (_TARGET,) if sink is not None else ()

    def targets_of(self, _: TenantName) -> Sequence[Target]:
        """Return the log as a target of all events; nothing if it is off."""
        return self._targets

    def is_over(self) -> bool:
        """Say whether what waits for the log is dropped."""
        return self._sink is None and self._clock.now() - self._began > SETTLED

    async def close(self) -> None:
        """Close what it writes to."""
        if self._sink is not None:
            await self._sink.close()


def _sending(sink: Sink) -> Send:
    async def send(events: Sequence[StoredEvent]) -> int:
        await sink.send(events)
        return 0

    return send
