"""``admin/*`` about webhooks: an operator's server or console adds them, looks how they stand, and repairs them."""

from dataclasses import replace
from datetime import timedelta
from typing import Annotated, Any, Final
from urllib.parse import urlsplit

from liveroom import deadlines
from liveroom.api.codes import Code
from liveroom.api.declare import Data, Who, method
from liveroom.api.endpoints import ALL, Milliseconds, NameList, ShownSecret, Url, millis_of, named, shown_url, span_of
from liveroom.api.envelopes import Page
from liveroom.api.moderation.methods import PAGE_MAX
from liveroom.api.parameters import Id, Nothing, Request, Text, Whole
from liveroom.api.shapes import Shape
from liveroom.domain.errors import BadRequest
from liveroom.domain.operators.caller import Operator
from liveroom.domain.payloads import Counter, time_or_empty, wire_time
from liveroom.domain.webhooks.deliveries import DEAD_LETTERS_KEPT, DeadLetter, Delivery
from liveroom.domain.webhooks.model import BATCH, BATCH_MAX, TIMEOUT, Webhook, WebhookState
from liveroom.usecases.webhooks.admin import AdminWebhooks, WebhookStanding

_MANAGE: Final = "webhooks.manage"
_Batch = Annotated[int, Whole(1, BATCH_MAX)]
_Limit = Annotated[int, Whole(1, PAGE_MAX)]
_KEPT: Final = int(DEAD_LETTERS_KEPT.total_seconds())
_SWITCHED: Final = {"on": WebhookState.ON, "off": WebhookState.OFF}


class WebhookRow(Shape):
    """A webhook, and how it stands with it."""

    webhook_id: str
    url: str
    """Only its origin for operators who may not manage webhooks: the rest may be a secret."""
    kinds: list[str]
    """The events it receives, such as ``room.closed`` or ``member.*``; empty: all."""
    categories: list[str]
    """The categories of rooms whose events it receives; empty: all."""
    batch: int
    """Maximum events per message."""
    timeout_ms: int
    state: str
    """``on``, ``off`` (paused), or ``gone``: its server answered that it wants no more."""
    create_utc: str
    waiting_events: int
    waiting_streams: int
    """How many rooms and users they are about."""
    waiting_utc: str
    """Since when; empty if nothing is waiting."""
    dead_letters: int
    """Events that were given up."""
    last_failure: str
    last_failure_utc: str


class SecretOfWebhook(ShownSecret):
    """A webhook's newest secret."""

    webhook_id: str


class DeliveryRow(Shape):
    """A message, and what came of it."""

    message_id: str
    events: int
    """How many events it carried."""
    time_utc: str
    status: int
    """The HTTP status; 0 without an answer."""
    milliseconds: int
    reason: str
    """Why it failed; empty if it was delivered."""


class DeadLetterRow(Shape):
    """An event that was given up."""

    event_id: str
    type: str
    stream: str
    """``room:<roomId>`` or ``user:<userId>``."""
    seq: Counter
    time_utc: str
    """When it happened."""
    died_utc: str
    """When it was given up."""
    reason: str
    replaying: bool
    """Whether it is to be delivered again."""


class WebhookTest(Shape):
    """What the server answered."""

    delivered: bool
    status: int
    """The HTTP status; 0 without an answer."""
    milliseconds: int
    line: str
    """The first line of the answer."""
    problem: str
    """Why it does not count as delivered."""


class Replayed(Shape):
    """How many events will be delivered again."""

    events: int


class OneWebhook(Request):
    """The webhook."""

    webhook_id: Id


class WebhookPage(OneWebhook):
    """``cursor``: the ``nextCursor`` of the previous page."""

    cursor: Id = ""
    limit: _Limit = 50


@method(
    "base/v1/admin/list_webhooks",
    bad_request=Code.SystemVerifyError,
    who=Who.KEY,
    permission="webhooks.view",
    reply=list[WebhookRow],
    data=Data.LIST,
)
async def list_webhooks(_: Nothing, operator: Operator, webhooks: AdminWebhooks) -> Page:
    """List the tenant's webhooks (at most 16) with what waits for each, what was given up, and the last failure."""
    whole = operator.may(_MANAGE)
    return Page.of([_row(one, whole=whole) for one in await webhooks.of(operator.tenant.name)])


class CreateWebhook(Request):
    """``url``: https://…, or http://… in your own network. ``kinds``: only events of these kinds, such as
    ``room.closed``, or ``member.*`` for a family. ``categories``: only rooms of these, and nothing outside rooms.
    """

    url: Url
    kinds: NameList = ()
    categories: NameList = ()
    batch: _Batch = BATCH
    timeout_ms: Milliseconds = millis_of(TIMEOUT)


@method(
    "base/v1/admin/create_webhook",
    bad_request=Code.SystemVerifyError,
    who=Who.KEY,
    permission=_MANAGE,
    confirms=True,
    reply=SecretOfWebhook,
)
async def create_webhook(call: CreateWebhook, operator: Operator, webhooks: AdminWebhooks) -> SecretOfWebhook:
    """Add a webhook, and return the secret that signs its messages, this once. All processes use it in two seconds."""
    kinds = named(call.kinds)
    webhooks.check_kinds(kinds)
    added = await webhooks.webhooks.add(
        operator.tenant.name,
        call.url,
        kinds=kinds,
        categories=named(call.categories),
        batch=call.batch,
        timeout=span_of(call.timeout_ms),
    )
    operator.change.note({}, _facts(added))
    return _secret(added)


class UpdateWebhook(OneWebhook):
    """What is not given stays as it is. ``kinds`` and ``categories``: ``["all"]`` for all.

    ``state``: ``on``, or ``off``: events that happen meanwhile are not stored for it, waiting ones stay.
    """

    url: Url | None = None
    kinds: NameList | None = None
    categories: NameList | None = None
    batch: _Batch | None = None
    timeout_ms: Milliseconds | None = None
    state: Annotated[str, Text(8)] | None = None


@method(
    "base/v1/admin/update_webhook",
    bad_request=Code.SystemVerifyError,
    who=Who.KEY,
    permission=_MANAGE,
    reply=WebhookRow,
    confirms=True,
)
async def update_webhook(call: UpdateWebhook, operator: Operator, webhooks: AdminWebhooks) -> WebhookRow:
    """Change a webhook, pause it or resume it. Waiting events go to the new address, too."""
    if call.state is not None and call.state not in _SWITCHED:
        raise BadRequest("state: must be on or off")
    if call.kinds is not None:
        webhooks.check_kinds(named(call.kinds))
    before, after = await webhooks.webhooks.exchange(
        call.webhook_id, lambda known: _changed(known, call), operator.tenant.name
    )
    operator.change.note(_facts(before), _facts(after))
    (standing,) = await webhooks.standing([after])
    return _row(standing, whole=True)


@method(
    "base/v1/admin/delete_webhook",
    bad_request=Code.SystemVerifyError,
    who=Who.KEY,
    permission=_MANAGE,
    confirms=True,
)
async def delete_webhook(call: OneWebhook, operator: Operator, webhooks: AdminWebhooks) -> None:
    """Remove a webhook with its waiting events and dead letters."""
    with deadlines.outside():
        removed = await webhooks.webhooks.remove(call.webhook_id, operator.tenant.name)
    operator.change.note(_facts(removed), {})


@method(
    "base/v1/admin/test_webhook",
    bad_request=Code.SystemVerifyError,
    who=Who.KEY,
    permission=_MANAGE,
    reply=WebhookTest,
)
async def test_webhook(call: OneWebhook, operator: Operator, webhooks: AdminWebhooks) -> WebhookTest:
    """Send a ``webhook.test`` event now, also to a paused webhook, and return the answer. It waits ``timeoutMs``."""
    tried = await webhooks.test(await webhooks.webhooks.find_of(operator.tenant.name, call.webhook_id))
    return WebhookTest(
        delivered=not tried.problem,
        status=tried.status,
        milliseconds=tried.millis,
        line=tried.line,
        problem=tried.problem,
    )


@method(
    "base/v1/admin/rotate_webhook_secret",
    bad_request=Code.SystemVerifyError,
    who=Who.KEY,
    permission=_MANAGE,
    confirms=True,
    reply=SecretOfWebhook,
)
async def rotate_webhook_secret(call: OneWebhook, operator: Operator, webhooks: AdminWebhooks) -> SecretOfWebhook:
    """Give a webhook a new secret and return it, this once; the old one also signs for 24 hours."""
    rotated = await webhooks.webhooks.rotate(call.webhook_id, operator.tenant.name)
    operator.change.note({}, {"secretOf": wire_time(rotated.secrets[0].created)})
    return _secret(rotated)


@method(
    "base/v1/admin/webhook_deliveries",
    bad_request=Code.SystemVerifyError,
    who=Who.KEY,
    permission="webhooks.view",
    reply=list[DeliveryRow],
    data=Data.LIST,
)
async def webhook_deliveries(call: WebhookPage, operator: Operator, webhooks: AdminWebhooks) -> Page:
    """List the last deliveries, newest first: every failure, and a sample of the successes; about 1000 are kept."""
    webhook = await webhooks.webhooks.find_of(operator.tenant.name, call.webhook_id)
    found, cursor = await webhooks.deliveries(webhook.id, call.cursor, call.limit)
    return Page.of([_delivery(one) for one in found], cursor)


@method(
    "base/v1/admin/list_dead_letters",
    bad_request=Code.SystemVerifyError,
    who=Who.KEY,
    permission="webhooks.view",
    reply=list[DeadLetterRow],
    data=Data.LIST,
)
async def list_dead_letters(call: WebhookPage, operator: Operator, webhooks: AdminWebhooks) -> Page:
    """List events that were given up, oldest first; each is kept for 30 days."""
    webhook = await webhooks.webhooks.find_of(operator.tenant.name, call.webhook_id)
    found, cursor = await webhooks.dead_letters(webhook.id, call.cursor, call.limit)
    return Page.of([_dead(one) for one in found], cursor)


class ReplayWebhook(OneWebhook):
    """Without more, all dead letters. ``eventId``: this dead letter only. ``seconds``: also all events that happened
    within this time and are still kept (8 days), whether they were delivered or not.
    """

    event_id: Id | None = None
    seconds: Annotated[int, Whole(1, _KEPT)] | None = None


@method(
    "base/v1/admin/replay_webhook",
    bad_request=Code.SystemVerifyError,
    who=Who.KEY,
    permission=_MANAGE,
    reply=Replayed,
)
async def replay_webhook(call: ReplayWebhook, operator: Operator, webhooks: AdminWebhooks) -> Replayed:
    """Deliver dead letters again; they come beside the streams, in no order with them, under their old ids."""
    if call.event_id and call.seconds:
        raise BadRequest("give eventId or seconds, not both")
    webhook = await webhooks.webhooks.find_of(operator.tenant.name, call.webhook_id)
    since = None if call.seconds is None else timedelta(seconds=call.seconds)
    with deadlines.outside():
        count = await webhooks.webhooks.replay(webhook.id, since, call.event_id or "")
    operator.change.note({}, {"replayed": count})
    return Replayed(events=count)


def _changed(webhook: Webhook, call: UpdateWebhook) -> Webhook:
    state = webhook.state if call.state is None else _SWITCHED[call.state]
    return replace(
        webhook,
        url=webhook.url if call.url is None else call.url,
        kinds=webhook.kinds if call.kinds is None else named(call.kinds),
        categories=webhook.categories if call.categories is None else named(call.categories),
        batch=webhook.batch if call.batch is None else call.batch,
        timeout=webhook.timeout if call.timeout_ms is None else span_of(call.timeout_ms),
        state=state,
        reason=webhook.reason if call.state is None else "",
    )


def _facts(webhook: Webhook) -> dict[str, Any]:
    """Return what the audit says of a webhook: paths and queries may be secrets."""
    return {
        "webhookId": webhook.id,
        "host": urlsplit(webhook.url).hostname,
        "kinds": sorted(webhook.kinds) or [ALL],
        "categories": sorted(webhook.categories) or [ALL],
        "batch": webhook.batch,
        "timeoutMs": millis_of(webhook.timeout),
        "state": webhook.state.value,
    }


def _row(standing: WebhookStanding, *, whole: bool) -> WebhookRow:
    webhook, waiting = standing.webhook, standing.waiting
    return WebhookRow(
        webhook_id=webhook.id,
        url=shown_url(webhook.url, whole=whole),
        kinds=sorted(webhook.kinds),
        categories=sorted(webhook.categories),
        batch=webhook.batch,
        timeout_ms=millis_of(webhook.timeout),
        state=webhook.state,
        create_utc=wire_time(webhook.created),
        waiting_events=waiting.events,
        waiting_streams=waiting.partitions,
        waiting_utc=wire_time(waiting.since) if waiting.events else "",
        dead_letters=standing.dead,
        last_failure=standing.failure,
        last_failure_utc=time_or_empty(standing.failed),
    )


def _secret(webhook: Webhook) -> SecretOfWebhook:
    return SecretOfWebhook(webhook_id=webhook.id, secret=webhook.secrets[0].text)


def _delivery(sent: Delivery) -> DeliveryRow:
    return DeliveryRow(
        message_id=sent.message,
        events=sent.events,
        time_utc=wire_time(sent.at),
        status=sent.status,
        milliseconds=sent.millis,
        reason=sent.reason,
    )


def _dead(letter: DeadLetter) -> DeadLetterRow:
    return DeadLetterRow(
        event_id=letter.id,
        type=letter.kind,
        stream=letter.stream,
        seq=letter.seq,
        time_utc=wire_time(letter.at),
        died_utc=wire_time(letter.died),
        reason=letter.reason,
        replaying=letter.due is not None,
    )
