"""``admin/*`` about hooks: an operator's server or console adds them, sees how they do, and tries them out."""

from dataclasses import replace
from typing import Annotated, Any, Final
from urllib.parse import urlsplit

from liveroom.api.codes import Code
from liveroom.api.declare import Data, Who, method
from liveroom.api.endpoints import ALL, NameList, ShownSecret, Url, millis_of, named, shown_url, span_of
from liveroom.api.envelopes import Page
from liveroom.api.parameters import Id, Nothing, Request, Text, Whole
from liveroom.api.shapes import Shape
from liveroom.domain.errors import BadRequest
from liveroom.domain.hooks.model import LONGEST, SHORTEST, Hook, HookType, Otherwise
from liveroom.domain.operators.caller import Operator
from liveroom.domain.payloads import Counter, time_or_empty, wire_time
from liveroom.usecases.hooks.admin import AdminHooks
from liveroom.usecases.hooks.calls import HookState

_VIEW: Final = "hooks.view"
_MANAGE: Final = "hooks.manage"
_Word = Annotated[str, Text(16)]
_Patience = Annotated[int, Whole(millis_of(SHORTEST), millis_of(LONGEST))]


class HookRow(Shape):
    """A hook, and how it has done in the process that answers, since that process began."""

    hook_id: str
    before: str
    """What it is called before: ``enter``, ``go_live``, ``role``, ``text``, ``upload`` or ``gift``."""
    url: str
    """Only its origin for operators who may not manage hooks: the rest may be a secret."""
    categories: list[str]
    """The categories of rooms for which it is called; empty: all."""
    timeout_ms: int
    otherwise: str
    """What applies when it does not answer: ``allow`` or ``refuse``."""
    create_utc: str
    left_alone: bool
    """Whether it failed so often that it is only tried from time to time."""
    allowed: Counter
    refused: Counter
    failed: Counter
    skipped: Counter
    """Calls without asking it, because it was left alone."""
    average_ms: int
    """For how long people waited for it."""
    slowest_ms: int
    last_failure: str
    last_failure_utc: str


class SecretOfHook(ShownSecret):
    """A hook's newest secret."""

    hook_id: str


class HookTest(Shape):
    """What the server answered."""

    answered: bool
    allow: bool
    message: str
    """To whoever is refused."""
    changes: dict[str, Any]
    """What it would change."""
    milliseconds: int
    problem: str
    """Why there is no answer that counts."""


@method(
    "base/v1/admin/list_hooks",
    bad_request=Code.SystemVerifyError,
    who=Who.KEY,
    permission=_VIEW,
    reply=list[HookRow],
    data=Data.LIST,
)
async def list_hooks(_: Nothing, operator: Operator, hooks: AdminHooks) -> Page:
    """List the tenant's hooks with what came of their calls, and whether they are left alone."""
    whole = operator.may(_MANAGE)
    return Page.of([_row(hook, state, whole=whole) for hook, state in await hooks.of(operator.tenant.name)])


class CreateHook(Request):
    """``before``: ``enter``, ``go_live``, ``role``, ``text``, ``upload`` or ``gift``. ``url``: https://…, or http://…
    in your own network.

    ``categories``: only for rooms of these. ``timeoutMs``: 1000 by default, before a ``gift`` 2000. ``otherwise``: what
    applies when it does not answer, ``allow`` (the default) or ``refuse``; before a ``gift`` only ``refuse``.
    """

    before: _Word
    url: Url
    categories: NameList = ()
    timeout_ms: _Patience | None = None
    otherwise: _Word | None = None


@method(
    "base/v1/admin/create_hook",
    bad_request=Code.SystemVerifyError,
    who=Who.KEY,
    permission=_MANAGE,
    confirms=True,
    reply=SecretOfHook,
)
async def create_hook(call: CreateHook, operator: Operator, hooks: AdminHooks) -> SecretOfHook:
    """Add a hook, and return the secret that signs its requests, this once. All processes use it in two seconds."""
    if call.before not in set(HookType):
        raise BadRequest(f"before: must be one of {', '.join(HookType)}")
    added = await hooks.hooks.add(
        operator.tenant.name,
        HookType(call.before),
        call.url,
        categories=named(call.categories),
        timeout=None if call.timeout_ms is None else span_of(call.timeout_ms),
        otherwise=None if call.otherwise is None else _otherwise(call.otherwise),
    )
    operator.change.note({}, _facts(added))
    return _secret(added)


class OneHook(Request):
    """The hook."""

    hook_id: Id


class UpdateHook(OneHook):
    """What is not given stays as it is. ``categories``: ``["all"]`` for all."""

    url: Url | None = None
    categories: NameList | None = None
    timeout_ms: _Patience | None = None
    otherwise: _Word | None = None


@method(
    "base/v1/admin/update_hook",
    bad_request=Code.SystemVerifyError,
    who=Who.KEY,
    permission=_MANAGE,
    reply=HookRow,
    confirms=True,
)
async def update_hook(call: UpdateHook, operator: Operator, hooks: AdminHooks) -> HookRow:
    """Change a hook."""
    before, after = await hooks.hooks.exchange(call.hook_id, lambda known: _changed(known, call), operator.tenant.name)
    operator.change.note(_facts(before), _facts(after))
    return _row(after, hooks.calls.state_of(after.id), whole=True)


@method(
    "base/v1/admin/delete_hook",
    bad_request=Code.SystemVerifyError,
    who=Who.KEY,
    permission=_MANAGE,
    confirms=True,
)
async def delete_hook(call: OneHook, operator: Operator, hooks: AdminHooks) -> None:
    """Remove a hook: it is called no more, and nobody waits for it."""
    operator.change.note(_facts(await hooks.hooks.remove(call.hook_id, operator.tenant.name)), {})


@method(
    "base/v1/admin/test_hook",
    bad_request=Code.SystemVerifyError,
    who=Who.KEY,
    permission=_MANAGE,
    reply=HookTest,
)
async def test_hook(call: OneHook, operator: Operator, hooks: AdminHooks) -> HookTest:
    """Ask a hook a sample question now, and return the answer. It waits ``timeoutMs``."""
    tried = await hooks.test(await hooks.hooks.find_of(operator.tenant.name, call.hook_id))
    answer = tried.answer
    return HookTest(
        answered=answer is not None,
        allow=answer is not None and answer.allow,
        message="" if answer is None else answer.message,
        changes={} if answer is None else dict(answer.changes),
        milliseconds=tried.millis,
        problem=tried.problem,
    )


@method(
    "base/v1/admin/rotate_hook_secret",
    bad_request=Code.SystemVerifyError,
    who=Who.KEY,
    permission=_MANAGE,
    confirms=True,
    reply=SecretOfHook,
)
async def rotate_hook_secret(call: OneHook, operator: Operator, hooks: AdminHooks) -> SecretOfHook:
    """Give a hook a new secret and return it, this once; the old one also signs for 24 hours."""
    rotated = await hooks.hooks.rotate(call.hook_id, operator.tenant.name)
    operator.change.note({}, {"secretOf": wire_time(rotated.secrets[0].created)})
    return _secret(rotated)


def _otherwise(word: str) -> Otherwise:
    if word not in set(Otherwise):
        raise BadRequest("otherwise: must be allow or refuse")
    return Otherwise(word)


def _changed(hook: Hook, call: UpdateHook) -> Hook:
    return replace(
        hook,
        url=hook.url if call.url is None else call.url,
        categories=hook.categories if call.categories is None else named(call.categories),
        timeout=hook.timeout if call.timeout_ms is None else span_of(call.timeout_ms),
        otherwise=hook.otherwise if call.otherwise is None else _otherwise(call.otherwise),
    )


def _facts(hook: Hook) -> dict[str, Any]:
    """Return what the audit says of a hook: paths and queries may be secrets."""
    return {
        "hookId": hook.id,
        "before": hook.hook_type.value,
        "host": urlsplit(hook.url).hostname,
        "categories": sorted(hook.categories) or [ALL],
        "timeoutMs": millis_of(hook.timeout),
        "otherwise": hook.otherwise.value,
    }


def _row(hook: Hook, state: HookState, *, whole: bool) -> HookRow:
    outcomes = state.outcomes
    asked = outcomes["allowed"] + outcomes["refused"] + outcomes["failed"]
    return HookRow(
        hook_id=hook.id,
        before=hook.hook_type,
        url=shown_url(hook.url, whole=whole),
        categories=sorted(hook.categories),
        timeout_ms=millis_of(hook.timeout),
        otherwise=hook.otherwise,
        create_utc=wire_time(hook.created),
        left_alone=state.breaker.is_open,
        allowed=outcomes["allowed"],
        refused=outcomes["refused"],
        failed=outcomes["failed"],
        skipped=outcomes["left_alone"],
        average_ms=round(state.seconds * 1000 / asked) if asked else 0,
        slowest_ms=round(state.slowest * 1000),
        last_failure=state.failure,
        last_failure_utc=time_or_empty(state.failed),
    )


def _secret(hook: Hook) -> SecretOfHook:
    return SecretOfHook(hook_id=hook.id, secret=hook.secrets[0].text)
