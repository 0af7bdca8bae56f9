"""Hooks and their calls: before something happens, modules of this process are asked, then the operator's server.

The caller waits for the hook's timeout at most. A hook that answers late or with nonsense counts as absent: its own
rule (``Otherwise``) says what holds then.
"""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple

import msgspec
import structlog

from liveroom import deadlines
from liveroom.domain.errors import BadRequest, HookRefused, ProviderUnavailable
from liveroom.domain.hooks.model import (
    ALLOWED,
    HOOKS_MAX,
    Hook,
    HookAnswer,
    HookBreaker,
    HookFailed,
    HookType,
    Otherwise,
    check_changes,
    check_otherwise,
    check_timeout,
    otherwise_of,
    read_answer,
)
from liveroom.domain.ids import TenantName, new_id
from liveroom.domain.webhooks.endpoints import check_address
from liveroom.domain.webhooks.signing import fresh_secret
from liveroom.ports import Clock, Database, HookClient, Vault
from liveroom.usecases.tenants.operator_configuration import EndpointRegistry, endpoint_kind

log = structlog.get_logger("liveroom.hooks")

HOOKS: Final = endpoint_kind("hook", lambda tx: tx.hooks)
AT_ONCE: Final = 256
"""Calls of one hook under way in this process; more wait for their turn, within their time."""
_encode: Final = msgspec.json.Encoder().encode


class Hooks(EndpointRegistry[Hook]):
    """The hooks of this installation."""

    def __init__(self, db: Database, vault: Vault, clock: Clock) -> None:
        super().__init__(HOOKS, db, vault, clock)
        self._by_tenant: Mapping[TenantName, Mapping[HookType, Sequence[Hook]]] = {}

    def has_any(self, tenant: TenantName) -> bool:
        """Say whether the tenant has any hook: without one, this check is all that a call costs."""
        return tenant in self._by_tenant

    def of(self, tenant: TenantName, hook_type: HookType) -> Sequence[Hook]:
        """Return the tenant's hooks of a type, in the order of their making."""
        return self._by_tenant.get(tenant, {}).get(hook_type, ())

    async def add(
        self,
        tenant: TenantName,
        hook_type: HookType,
        url: str,
        *,
        categories: frozenset[str] = frozenset(),
        timeout: timedelta | None = None,
        otherwise: Otherwise | None = None,
    ) -> Hook:
        """Arrange for a hook and return it with its secret; None: what its type has. Raises ``BadRequest``."""
        wait, rule = timeout or hook_type.timeout, otherwise or otherwise_of(hook_type)
        now = self.clock.now()
        secrets = (fresh_secret(now),)
        return await self._add(Hook(f"hk_{new_id(now)}", tenant, url, secrets, now, hook_type, categories, wait, rule))

    def _arrange(self, items: Sequence[Hook]) -> None:
        found: dict[TenantName, dict[HookType, list[Hook]]] = {}
        for hook in items:
            found.setdefault(hook.tenant, {}).setdefault(hook.hook_type, []).append(hook)
        self._by_tenant = found

    def _check(self, item: Hook) -> None:
        check_address(item.url)
        check_timeout(item.timeout)
        check_otherwise(item.hook_type, item.otherwise)

    def _check_space(self, item: Hook, others: Sequence[Hook]) -> None:
        if sum((one.tenant, one.hook_type) == (item.tenant, item.hook_type) for one in others) >= HOOKS_MAX:
            raise BadRequest(
                f"there are {HOOKS_MAX} hooks for {item.hook_type.value} already, and somebody waits for each"
            )


class HookCall(NamedTuple):
    """One call of a hook: what it is asked."""

    hook_type: HookType
    tenant: TenantName
    category: str
    """The room's."""
    data: Mapping[str, Any]
    """Who wants what, as JSON."""


LocalHook = Callable[[HookCall], Awaitable[HookAnswer]]
"""Something in this process that answers hook calls, such as a module."""


@dataclass(slots=True)
class HookState:
    """The state of one hook in this process, and what came of its calls since the process began."""

    breaker: HookBreaker = field(default_factory=HookBreaker)
    slots: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(AT_ONCE))
    outcomes: Counter[str] = field(default_factory=Counter)
    """Calls by ``allowed``, ``refused``, ``failed``, ``left_alone``."""
    seconds: float = 0.0
    """For which people waited, in all."""
    slowest: float = 0.0
    failure: str = ""
    """Why the last call that failed did."""
    failed: datetime | None = None

    def count(self, outcome: str, seconds: float = 0.0) -> None:
        """Count one call."""
        self.outcomes[outcome] += 1
        self.seconds += seconds
        self.slowest = max(self.slowest, seconds)


@dataclass(slots=True)
class HookCallFigures:
    """How often hooks were called, by type and what came of it, and for how many seconds people waited."""

    outcomes: Counter[tuple[str, ...]] = field(default_factory=Counter)
    seconds: dict[tuple[str, ...], float] = field(default_factory=dict)

    def count(self, hook_type: HookType, outcome: str, seconds: float = 0.0) -> None:
        """Count one call."""
        self.outcomes[hook_type.value, outcome] += 1
        self.seconds[(hook_type.value,)] = self.seconds.get((hook_type.value,), 0.0) + seconds


@dataclass(frozen=True, slots=True)
class HookCalls:
    """Calls every hook that is to be called."""

    hooks: Hooks
    client: HookClient
    clock: Clock
    local: dict[HookType, list[LocalHook]] = field(default_factory=dict)
    """What answers in this process, for all tenants."""
    figures: HookCallFigures = field(default_factory=HookCallFigures)
    _states: dict[str, HookState] = field(default_factory=dict)

    def concerns(self, tenant: TenantName, *hook_types: HookType) -> bool:
        """Say whether the tenant has anybody to ask for these hook types; without a type, for any."""
        if not (self.local or self.hooks.has_any(tenant)):
            return False
        return not hook_types or any(
            hook_type in self.local or self.hooks.of(tenant, hook_type) for hook_type in hook_types
        )

    def add_local(self, hook_type: HookType, local: LocalHook) -> None:
        """Add something in this process that answers. If it fails, that is logged, and nobody is refused; but nothing
        goes on that needs an answer (``HookType.must_answer``).
        """
        self.local.setdefault(hook_type, []).append(local)

    def state_of(self, hook: str) -> HookState:
        """Return the state of a hook in this process."""
        return self._states.setdefault(hook, HookState())

    async def ask(self, call: HookCall) -> Mapping[str, Any]:
        """Ask everybody, and return the changes to what was asked for; each one sees the changes made before it.

        Raises ``HookRefused``, and ``ProviderUnavailable`` if a hook that has to answer does not.
        """
        changes: dict[str, Any] = {}
        with deadlines.outside():
            await self._ask_all(call, changes)
        return changes

    async def _ask_all(self, call: HookCall, changes: dict[str, Any]) -> None:
        for local in self.local.get(call.hook_type, ()):
            _take_in(changes, await self._ask_local(local, _with(call, changes)))
        for hook in self.hooks.of(call.tenant, call.hook_type):
            now_asked = _with(call, changes)
            if hook.is_about(now_asked.category):
                _take_in(changes, await self._ask_hook(hook, now_asked))

    async def _ask_local(self, local: LocalHook, call: HookCall) -> HookAnswer:
        try:
            async with asyncio.timeout(call.hook_type.timeout.total_seconds()):
                answer = await local(call)
            check_changes(call.hook_type, answer.changes)
        except HookRefused:
            raise
        except Exception:
            log.exception("hook.own_failed", moment=call.hook_type.value)
            if call.hook_type.must_answer:
                raise ProviderUnavailable("a module does not answer, and nothing goes on without it") from None
            return ALLOWED
        return answer

    async def _ask_hook(self, hook: Hook, call: HookCall) -> HookAnswer:
        state, now = self.state_of(hook.id), self.clock.now()
        if not state.breaker.lets_through(now):
            self._count(hook, state, "left_alone")
            return _otherwise(hook)
        loop = asyncio.get_running_loop()
        began = loop.time()
        try:
            answer = await self.try_out(hook, call, state.slots)
        except HookFailed as failure:
            self._count(hook, state, "failed", loop.time() - began)
            self._note_failure(hook, state, failure)
            return _otherwise(hook)
        if state.breaker.succeeded():
            log.info("hook.recovered", hook=hook.id, tenant=hook.tenant)
        self._count(hook, state, "allowed" if answer.allow else "refused", loop.time() - began)
        return answer

    async def try_out(self, hook: Hook, call: HookCall, slots: asyncio.Semaphore | None = None) -> HookAnswer:
        """Ask a hook, even if its breaker is open. Raises ``HookFailed``."""
        now = self.clock.now()
        id = f"ask_{new_id(now)}"
        try:
            async with asyncio.timeout(hook.timeout.total_seconds()), slots or asyncio.Semaphore():
                given = await self.client.ask(hook, id, now, _body(id, now, call))
        except TimeoutError:
            raise HookFailed(f"it did not answer within {hook.timeout.total_seconds():g} s") from None
        return read_answer(hook.hook_type, given)

    def _count(self, hook: Hook, state: HookState, outcome: str, seconds: float = 0.0) -> None:
        self.figures.count(hook.hook_type, outcome, seconds)
        state.count(outcome, seconds)

    def _note_failure(self, hook: Hook, state: HookState, failure: HookFailed) -> None:
        """Log the first failure and the one that opens the breaker, not the thousands in between."""
        now = self.clock.now()
        state.failure, state.failed = str(failure), now
        opens = state.breaker.failed(now)
        if opens or state.breaker.failures == 1:
            log.warning(
                "hook.left_alone" if opens else "hook.failed",
                hook=hook.id,
                tenant=hook.tenant,
                otherwise=hook.otherwise.value,
                cause=str(failure),
            )


def _with(call: HookCall, changes: Mapping[str, Any]) -> HookCall:
    if not changes:
        return call
    return call._replace(category=changes.get("category") or call.category, data={**call.data, **changes})


def _take_in(changes: dict[str, Any], answer: HookAnswer) -> None:
    if not answer.allow:
        raise HookRefused(answer.message)
    changes.update(answer.changes)


def _otherwise(hook: Hook) -> HookAnswer:
    if hook.otherwise is Otherwise.REFUSE:
        raise ProviderUnavailable(f"the hook {hook.id} does not answer, and nothing goes on without it")
    return ALLOWED


def _body(id: str, now: datetime, call: HookCall) -> bytes:
    return _encode(
        {
            "id": id,
            "type": f"ask.{call.hook_type.value}",
            "timestamp": now,
            "tenant": call.tenant,
            "data": call.data,
        }
    )
