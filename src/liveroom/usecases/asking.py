"""Asking before something happens: modules of this process first, then the operator's server at its hooks.

Whoever waits for the answer waits for the hook's time at most. What does not answer in time, or answers nonsense, is
as good as absent: the hook's own rule says what holds then.
"""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, NamedTuple

import msgspec
import structlog

from liveroom import deadlines
from liveroom.domain.errors import HookRefused, ProviderUnavailable
from liveroom.domain.hooks import (
    ALLOWED,
    TIMEOUT,
    Answer,
    Hook,
    HookBreaker,
    HookFailed,
    Moment,
    Otherwise,
    check_changes,
    read_answer,
)
from liveroom.domain.ids import TenantName, new_id
from liveroom.ports import Asker, Clock
from liveroom.usecases.hooks import Hooks

log = structlog.get_logger("liveroom.hooks")

AT_ONCE: Final = 256
"""Questions of one hook under way in this process; more wait for their turn, within their time."""
_encode: Final = msgspec.json.Encoder().encode


class Question(NamedTuple):
    """What is asked."""

    moment: Moment
    tenant: TenantName
    category: str
    """The room's."""
    data: Mapping[str, Any]
    """Who wants what, as JSON."""


Own = Callable[[Question], Awaitable[Answer]]
"""Somebody in this process who is asked, such as a module."""


@dataclass(slots=True)
class _Standing:
    """How it goes with one hook, in this process."""

    breaker: HookBreaker = field(default_factory=HookBreaker)
    slots: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(AT_ONCE))


@dataclass(slots=True)
class AskingFigures:
    """How often hooks were asked, by moment and what came of it, and for how many seconds people waited."""

    outcomes: Counter[tuple[str, ...]] = field(default_factory=Counter)
    seconds: dict[tuple[str, ...], float] = field(default_factory=dict)

    def count(self, moment: Moment, outcome: str, seconds: float = 0.0) -> None:
        """Count one question."""
        self.outcomes[moment.value, outcome] += 1
        self.seconds[(moment.value,)] = self.seconds.get((moment.value,), 0.0) + seconds


@dataclass(frozen=True, slots=True)
class Asking:
    """Asks all who are to be asked."""

    hooks: Hooks
    asker: Asker
    clock: Clock
    own: dict[Moment, list[Own]] = field(default_factory=dict)
    """Who is asked in this process, of all tenants."""
    figures: AskingFigures = field(default_factory=AskingFigures)
    _standings: dict[str, _Standing] = field(default_factory=dict)

    def concerns(self, tenant: TenantName, *moments: Moment) -> bool:
        """Say whether anybody of the tenant's is to be asked before one of these moments; without any, before any."""
        if not (self.own or self.hooks.has_any(tenant)):
            return False
        return not moments or any(moment in self.own or self.hooks.of(tenant, moment) for moment in moments)

    def add_own(self, moment: Moment, own: Own) -> None:
        """Have somebody in this process asked. One that fails refuses nobody: its error is logged."""
        self.own.setdefault(moment, []).append(own)

    async def ask(self, question: Question) -> Mapping[str, Any]:
        """Return what is to be different from what was asked for; each who is asked knows what those before changed.

        Raises ``HookRefused``, and ``ProviderUnavailable`` where a hook that has to answer does not.
        """
        changes: dict[str, Any] = {}
        with deadlines.outside():
            await self._ask_all(question, changes)
        return changes

    async def _ask_all(self, question: Question, changes: dict[str, Any]) -> None:
        for own in self.own.get(question.moment, ()):
            _take_in(changes, await self._ask_own(own, _with(question, changes)))
        for hook in self.hooks.of(question.tenant, question.moment):
            now_asked = _with(question, changes)
            if hook.is_about(now_asked.category):
                _take_in(changes, await self._ask_hook(hook, now_asked))

    async def _ask_own(self, own: Own, question: Question) -> Answer:
        try:
            async with asyncio.timeout(TIMEOUT.total_seconds()):
                answer = await own(question)
            check_changes(question.moment, answer.changes)
        except HookRefused:
            raise
        except Exception:
            log.exception("hook.own_failed", moment=question.moment.value)
            return ALLOWED
        return answer

    async def _ask_hook(self, hook: Hook, question: Question) -> Answer:
        standing, now = self._standings.setdefault(hook.id, _Standing()), self.clock.now()
        if not standing.breaker.lets_through(now):
            self.figures.count(hook.moment, "left_alone")
            return _otherwise(hook)
        loop = asyncio.get_running_loop()
        began = loop.time()
        try:
            answer = await self.try_out(hook, question, standing.slots)
        except HookFailed as failure:
            self.figures.count(hook.moment, "failed", loop.time() - began)
            self._note_failure(hook, standing, failure)
            return _otherwise(hook)
        if standing.breaker.succeeded():
            log.info("hook.recovered", hook=hook.id, tenant=hook.tenant)
        self.figures.count(hook.moment, "allowed" if answer.allow else "refused", loop.time() - began)
        return answer

    async def try_out(self, hook: Hook, question: Question, slots: asyncio.Semaphore | None = None) -> Answer:
        """Ask a hook, whatever is known of it. Raises ``HookFailed``."""
        now = self.clock.now()
        id = f"ask_{new_id(now)}"
        try:
            async with asyncio.timeout(hook.timeout.total_seconds()), slots or asyncio.Semaphore():
                given = await self.asker.ask(hook, id, now, _body(id, now, question))
        except TimeoutError:
            raise HookFailed(f"it did not answer within {hook.timeout.total_seconds():g} s") from None
        return read_answer(hook.moment, given)

    def _note_failure(self, hook: Hook, standing: _Standing, failure: HookFailed) -> None:
        """Tell of the first failure and of the one by which the hook is left alone, not of thousands between."""
        opens = standing.breaker.failed(self.clock.now())
        if opens or standing.breaker.failures == 1:
            log.warning(
                "hook.left_alone" if opens else "hook.failed",
                hook=hook.id,
                tenant=hook.tenant,
                otherwise=hook.otherwise.value,
                cause=str(failure),
            )


def _with(question: Question, changes: Mapping[str, Any]) -> Question:
    if not changes:
        return question
    return question._replace(category=changes.get("category") or question.category, data={**question.data, **changes})


def _take_in(changes: dict[str, Any], answer: Answer) -> None:
    if not answer.allow:
        raise HookRefused(answer.message)
    changes.update(answer.changes)


def _otherwise(hook: Hook) -> Answer:
    if hook.otherwise is Otherwise.REFUSE:
        raise ProviderUnavailable(f"the hook {hook.id} does not answer, and nothing goes on without it")
    return ALLOWED


def _body(id: str, now: datetime, question: Question) -> bytes:
    return _encode(
        {
            "id": id,
            "type": f"ask.{question.moment.value}",
            "timestamp": now,
            "tenant": question.tenant,
            "data": question.data,
        }
    )
