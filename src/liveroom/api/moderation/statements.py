"""Statements of reasons: ``moderation/*`` for whom they are about, ``admin/*`` for operators; with their appeals."""

from typing import Annotated, Any

import msgspec

from liveroom.api.codes import Code
from liveroom.api.declare import Data, Who, method
from liveroom.api.envelopes import Page
from liveroom.api.moderation.methods import PAGE_MAX
from liveroom.api.parameters import Id, Request, Text, Whole
from liveroom.api.shapes import Shape
from liveroom.domain.accounts.sessions import Actor
from liveroom.domain.errors import BadRequest
from liveroom.domain.events.user_payloads import SentStatement
from liveroom.domain.ids import UserId
from liveroom.domain.moderation.audit import shown_actor
from liveroom.domain.moderation.statements import ANSWER_MAX, APPEAL_MAX, AppealState, StatementOfReasons
from liveroom.domain.operators.caller import Operator
from liveroom.domain.payloads import time_or_empty
from liveroom.usecases.moderation.notifying import ModerationNotifier
from liveroom.usecases.moderation.statements import Appeals

_Limit = Annotated[int, Whole(1, PAGE_MAX)]
_Appeal = Annotated[str, Text(APPEAL_MAX)]


class OwnStatements(Request):
    """``cursor``: the ``nextCursor`` of the previous page."""

    cursor: Id = ""
    limit: _Limit = 50


@method(
    "base/v1/moderation/statements",
    bad_request=Code.RoomQueryParams,
    reply=list[SentStatement],
    data=Data.LIST,
)
async def statements(call: OwnStatements, actor: Actor, appeals: Appeals) -> Page:
    """List what the operator has done to the caller, and why, newest first."""
    found, cursor = await appeals.own(actor, cursor=call.cursor, limit=call.limit)
    return Page.of([appeals.notifier.sent(one) for one in found], cursor)


class Appeal(Request):
    """``text``: why it is wrong, for the operator."""

    statement_id: Id
    text: _Appeal


@method(
    "base/v1/moderation/appeal",
    bad_request=Code.RoomQueryParams,
    reply=SentStatement,
    codes=(Code.ReportNotExists,),
)
async def appeal(call: Appeal, actor: Actor, appeals: Appeals) -> SentStatement:
    """Appeal against a statement about the caller, once and within 180 days. The answer comes as ``user.statement``."""
    return appeals.notifier.sent(await appeals.appeal(actor, call.statement_id, call.text))


class AppealByToken(Request):
    """``appealToken``: of the statement. ``text``: why it is wrong, for the operator."""

    appeal_token: Annotated[str, Text(256)]
    text: _Appeal


@method(
    "base/v1/moderation/appeal_by_token",
    bad_request=Code.RoomQueryParams,
    who=Who.ANYONE,
    reply=SentStatement,
    codes=(Code.ReportNotExists,),
)
async def appeal_by_token(call: AppealByToken, _: Actor | None, appeals: Appeals) -> SentStatement:
    """Do the same without signing in, for whoever is banned, with the token of the statement. Another token: 3014."""
    return appeals.notifier.sent(await appeals.appeal_by_token(call.appeal_token, call.text))


class AdminStatement(SentStatement):
    """A statement as operators see it."""

    user_id: str
    report_id: str
    """The report because of which it was done."""
    by: str
    """Who did it."""
    appealed_utc: str
    decided_by: str
    decided_utc: str


class ListAppeals(Request):
    """``state``: ``appealed`` (default: they wait for an answer), ``granted``, ``denied``, or ``none`` for statements
    that nobody has appealed. ``cursor``: the ``nextCursor`` of the previous page.
    """

    state: Annotated[str, Text(16)] = AppealState.APPEALED.value
    cursor: Id = ""
    limit: _Limit = 50


@method(
    "base/v1/admin/list_appeals",
    bad_request=Code.RoomQueryParams,
    who=Who.KEY,
    permission="reports.view",
    reply=list[AdminStatement],
    data=Data.LIST,
)
async def list_appeals(call: ListAppeals, operator: Operator, appeals: Appeals) -> Page:
    """List statements by what came of them, newest first."""
    states = {state.value or "none": state for state in AppealState}
    if call.state not in states:
        raise BadRequest(f"state: must be one of {', '.join(states)}")
    found, cursor = await appeals.page(operator, states[call.state], cursor=call.cursor, limit=call.limit)
    return Page.of([_shown(one, appeals.notifier) for one in found], cursor)


class ListStatements(Request):
    """``cursor``: the ``nextCursor`` of the previous page."""

    user_id: Id
    cursor: Id = ""
    limit: _Limit = 50


@method(
    "base/v1/admin/list_statements",
    bad_request=Code.RoomQueryParams,
    who=Who.KEY,
    permission="reports.view",
    reply=list[AdminStatement],
    data=Data.LIST,
)
async def list_statements(call: ListStatements, operator: Operator, appeals: Appeals) -> Page:
    """List what was done to a user because of reports, newest first.

    ``appealToken`` is for your server to send, say by e-mail, to a banned user who wants to appeal.
    """
    tenant = operator.tenant.name
    found, cursor = await appeals.about(tenant, UserId(call.user_id), cursor=call.cursor, limit=call.limit)
    return Page.of([_shown(one, appeals.notifier) for one in found], cursor)


class DecideAppeal(Request):
    """``grant``: lift the mute or ban. ``text``: what the user is answered."""

    statement_id: Id
    grant: bool
    text: Annotated[str, Text(ANSWER_MAX)] = ""


@method(
    "base/v1/admin/decide_appeal",
    bad_request=Code.RoomQueryParams,
    who=Who.KEY,
    permission="reports.handle",
    reply=AdminStatement,
    codes=(Code.ReportNotExists,),
)
async def decide_appeal(call: DecideAppeal, operator: Operator, appeals: Appeals) -> AdminStatement:
    """Answer an appeal; the user receives ``user.statement``. Answered before: the first answer stands.

    Granting lifts the mute or ban, unless another has taken its place since, and a warning no longer counts. Who was
    kicked may come back anyway; a closed room stays closed.
    """
    decided = await appeals.decide(operator, call.statement_id, call.text, grant=call.grant)
    before = {"state": AppealState.APPEALED.value}
    operator.change.note(before, {"state": decided.state.value, "answer": decided.answer, "user": decided.user})
    return _shown(decided, appeals.notifier)


class AppealsNews(Shape):
    """What ``console:appeals`` begins with, and each of its publications."""

    open: int
    """Appeals of the tenant that wait for an answer; 100: at least so many."""
    appeal: AdminStatement | None
    """The statement that was appealed, or whose appeal was answered, as it is now; null at the beginning."""


def write_appeal_news(notifier: ModerationNotifier, count: int, statement: StatementOfReasons | None) -> bytes:
    """Return what the console's channel of appeals says."""
    appeal = None if statement is None else _shown(statement, notifier)
    return msgspec.json.encode(AppealsNews(open=count, appeal=appeal))


def _shown(statement: StatementOfReasons, notifier: ModerationNotifier) -> AdminStatement:
    sent: dict[str, Any] = msgspec.structs.asdict(notifier.sent(statement))
    return AdminStatement(
        **sent,
        user_id=statement.user,
        report_id=statement.report,
        by=shown_actor(statement.by),
        appealed_utc=time_or_empty(statement.appealed),
        decided_by=shown_actor(statement.decided_by),
        decided_utc=time_or_empty(statement.decided),
    )
