"""Who is told what happened: the webhooks of all tenants, and the log of events where there is one."""

from dataclasses import dataclass
from random import SystemRandom

from liveroom.app.event_log import make_sink
from liveroom.domain.events.records import LOG
from liveroom.domain.webhooks.model import PREFIX, WebhookState
from liveroom.ports import Clock, Database, Vault
from liveroom.providers.webhooks import WebhookPosts, WebhookSend
from liveroom.settings import Settings
from liveroom.usecases.partitions import PartitionWorkers
from liveroom.usecases.webhooks.queue import EventQueue, Replays
from liveroom.usecases.webhooks.receivers import EventLog, Receiver, Webhooks


@dataclass(slots=True)
class WebhookReceivers:
    """``usecases.webhooks.receivers.Receivers``."""

    webhooks: Webhooks
    posts: WebhookPosts
    log: EventLog

    @property
    def edition(self) -> int:
        """Grows whenever the receivers may have changed."""
        return self.webhooks.edition

    @property
    def is_nobody(self) -> bool:
        """Say whether there is no receiver now."""
        return self.log.receiver is None and not self.webhooks.has_targets

    def find(self, target: str) -> Receiver | None:
        """Return a target's receiver; None while it is switched off."""
        if target == LOG:
            return self.log.receiver
        webhook = self.webhooks.get(target)
        if webhook is None or webhook.state is not WebhookState.ON:
            return None
        send = WebhookSend(self.posts, webhook)
        return Receiver(webhook.target, send, batch=webhook.batch, longest=webhook.timeout)

    async def is_over(self, target: str) -> bool:
        """Say whether a target that is not found will never be told again. One that is new may be unknown here yet."""
        if target == LOG:
            return self.log.is_over()
        webhook = self.webhooks.get(target)
        if webhook is not None:
            return webhook.state is WebhookState.GONE
        return target.startswith(PREFIX) and not await self.webhooks.is_stored(target)

    async def gone(self, target: str, reason: str) -> None:
        """Note that the receiver wants nothing any more."""
        if await self.webhooks.is_stored(target):
            await self.webhooks.switch(target, WebhookState.GONE, reason)


@dataclass(frozen=True, slots=True)
class Outward:
    """All that brings events to those who want to be told."""

    webhooks: Webhooks
    log: EventLog
    posts: WebhookPosts
    receivers: WebhookReceivers
    workers: PartitionWorkers[EventQueue]
    replays: Replays

    async def close(self) -> None:
        """Break off what is under way, let others go on with it, and hang up."""
        await self.replays.close()
        await self.workers.close()
        await self.posts.hang_up()
        await self.log.close()


def make_outward(settings: Settings, db: Database, clock: Clock, vault: Vault, posts: WebhookPosts) -> Outward:
    """Return it. Nothing is sent before ``workers`` are run."""
    webhooks = Webhooks(db, vault, clock)
    log = EventLog(make_sink(settings), clock)
    receivers = WebhookReceivers(webhooks, posts, log)
    queue = EventQueue(db, clock, receivers, give_up=settings.webhook_give_up, chance=SystemRandom().random)
    return Outward(webhooks, log, posts, receivers, PartitionWorkers(queue), Replays(db, clock, receivers))
