"""Webhooks: addresses of an operator's server to which events are sent, each with its own choice of events."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from liveroom.domain.errors import BadRequest
from liveroom.domain.events.records import Target
from liveroom.domain.ids import new_id
from liveroom.domain.webhooks.endpoints import Endpoint, check_address

BATCH: Final = 100
BATCH_MAX: Final = 1000
TIMEOUT: Final = timedelta(seconds=15)
SHORTEST: Final = timedelta(seconds=1)
LONGEST: Final = timedelta(seconds=30)
WEBHOOKS_MAX: Final = 16
"""Of one tenant: each is one more row for every change of a room."""
PREFIX: Final = "wh_"
_KIND: Final = re.compile(r"[a-z][a-z0-9_]*\.(\*|[a-z][a-z0-9_]*)")
_CATEGORY: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,31}")


class WebhookState(StrEnum):
    """Whether events are sent to it."""

    ON = "on"
    OFF = "off"
    """The operator has switched it off: later events are not kept for it, and what waits goes on waiting."""
    GONE = "gone"
    """Its server said that there is nothing any more (410): what waited is dropped."""


@dataclass(frozen=True, slots=True)
class Webhook(Endpoint):
    """One address, and what it is told of."""

    kinds: frozenset[str] = frozenset()
    """As in ``Target``."""
    categories: frozenset[str] = frozenset()
    batch: int = BATCH
    """The most events of one message."""
    timeout: timedelta = TIMEOUT
    state: WebhookState = WebhookState.ON
    reason: str = ""
    """Why it is not on."""

    @property
    def target(self) -> Target:
        """Return it as a target of events."""
        return Target(self.id, self.kinds, self.categories)


def fresh_webhook_id(now: datetime) -> str:
    """Return the id of a new webhook."""
    return PREFIX + new_id(now)


def check_webhook(webhook: Webhook) -> None:
    """Raise ``BadRequest`` with what is wrong with a webhook as somebody wants it."""
    check_address(webhook.url)
    _check_names(webhook.kinds, _KIND, "a kind of event is written room.opened, or room.* for all of its family")
    _check_names(webhook.categories, _CATEGORY, "a category is 1 to 32 of A-Z, a-z, 0-9, _ and -")
    if not 1 <= webhook.batch <= BATCH_MAX:
        raise BadRequest(f"a batch is 1 to {BATCH_MAX} events")
    if not SHORTEST <= webhook.timeout <= LONGEST:
        raise BadRequest("the timeout is 1s to 30s")


def _check_names(names: Collection[str], form: re.Pattern[str], sentence: str) -> None:
    for name in names:
        if not form.fullmatch(name):
            raise BadRequest(f"{name[:40]!r} is not possible: {sentence}")
