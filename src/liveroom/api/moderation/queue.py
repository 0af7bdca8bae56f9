"""``admin/*`` about reports: the queue that operators work on, each report with its evidence."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Annotated, Any

import msgspec

from liveroom.api.choices import read_choice
from liveroom.api.codes import Code
from liveroom.api.declare import Data, Who, method
from liveroom.api.envelopes import Page
from liveroom.api.moderation.methods import PAGE_MAX
from liveroom.api.moderation.reports import ReportRow, ResolveReport, report_row
from liveroom.api.parameters import Id, Many, Request, Text, Whole
from liveroom.api.shapes import INT32_MAX, Shape
from liveroom.domain.accounts.users import User
from liveroom.domain.errors import BadRequest
from liveroom.domain.ids import RoomId, UserId
from liveroom.domain.moderation.audit import shown_actor
from liveroom.domain.moderation.evidence import Evidence
from liveroom.domain.moderation.handling import BATCH_MAX, Handled, Handling
from liveroom.domain.moderation.reasons import REASON_ID_MAX, TEXT_MAX
from liveroom.domain.moderation.reports import KIND_MAX, OUTCOME_MAX, Measure, Report, ReportState
from liveroom.domain.operators.caller import Operator
from liveroom.domain.payloads import wire_time
from liveroom.ports import ReportQuery
from liveroom.usecases.moderation.queue import ReportQueue
from liveroom.usecases.moderation.reports import Reports

_Limit = Annotated[int, Whole(1, PAGE_MAX)]
_CLAIMED = "claimed"
_ANY = "any"


class QueuedReport(ReportRow):
    """A report as operators see it."""

    target_name: str
    """As it is now; empty: none, or the account is gone."""
    target_avatar: str
    reporter_name: str
    measure: str
    """What was done: ``dismiss``, ``warn``, ``mute``, ``kick``, ``ban`` or ``close``; empty while it is open, and where
    it was resolved without saying."""
    claimed_by: str
    """Which operator keeps it for themselves now; empty: nobody."""
    claimed_until_utc: str
    claimed_by_me: bool


class ListTenantReports(Request):
    """``state``: ``open`` (default; also what somebody has claimed), ``claimed``, ``resolved``; with ``targetId`` or
    ``reporterId`` also ``any``. ``targetId``: whom it is about, or whose message; a report about a room itself has
    none. ``mine``: only those that the caller has claimed. ``cursor``: the ``nextCursor`` of the previous page.
    """

    room_id: Id | None = None
    target_id: Id | None = None
    reporter_id: Id | None = None
    reason: Annotated[str, Text(KIND_MAX)] = ""
    state: Annotated[str, Text(16)] = ReportState.OPEN.value
    mine: bool = False
    cursor: Id = ""
    limit: _Limit = 50


@method(
    "base/v1/admin/list_reports",
    bad_request=Code.RoomQueryParams,
    who=Who.KEY,
    permission="reports.view",
    reply=list[QueuedReport],
    data=Data.LIST,
)
async def list_reports(call: ListTenantReports, operator: Operator, report_queue: ReportQueue) -> Page:
    """List the tenant's reports, for one room, reported user or reporter, or all, newest first."""
    found, users, cursor = await report_queue.page(_query(call, operator))
    return Page.of([QueuedReport(**_fields(one, users, operator)) for one in found], cursor)


class ReportClaim(Shape):
    """Who keeps a report for themselves."""

    report_id: str
    state: str
    """``open`` or ``resolved``."""
    claimed_by: str
    """Which operator; empty: nobody."""
    claimed_until_utc: str
    claimed_by_me: bool


class OneReport(Request):
    """The report."""

    report_id: Id


class ReportDetail(QueuedReport):
    """A report, and what it was about."""

    evidence: Evidence | None
    """The room, the user and the messages as they were when the report was filed; null: no longer kept. It is dropped
    30 days after the report was resolved and an appeal answered."""
    statement_id: str
    """The statement of reasons that was sent; empty: none, or with another report about the same user."""
    warned: int
    """How often the reported user was warned."""
    others_open: int
    """Other open reports about the same user, at most 100."""


@method(
    "base/v1/admin/get_report",
    bad_request=Code.RoomQueryParams,
    who=Who.KEY,
    permission="reports.view",
    reply=ReportDetail,
    codes=(Code.ReportNotExists,),
)
async def get_report(call: OneReport, operator: Operator, report_queue: ReportQueue) -> ReportDetail:
    """Return a report with its evidence: what is recalled, renamed or deleted later is still in it."""
    seen = await report_queue.get(operator, call.report_id)
    return ReportDetail(
        **_fields(seen.report, seen.users, operator),
        evidence=seen.evidence,
        statement_id="" if seen.statement is None else seen.statement.id,
        warned=seen.warned,
        others_open=seen.others,
    )


@method(
    "base/v1/admin/claim_report",
    bad_request=Code.RoomQueryParams,
    who=Who.KEY,
    permission="reports.handle",
    reply=ReportClaim,
    codes=(Code.ReportNotExists,),
)
async def claim_report(call: OneReport, operator: Operator, report_queue: ReportQueue) -> ReportClaim:
    """Keep an open report for oneself, for 15 minutes; again: for 15 minutes more.

    If somebody else has it (``claimedBy``), or it is resolved, nothing changes: ``claimedByMe`` says whether it worked.
    """
    return _claim(await report_queue.claim(operator, call.report_id), operator)


@method(
    "base/v1/admin/release_report",
    bad_request=Code.RoomQueryParams,
    who=Who.KEY,
    permission="reports.handle",
    reply=ReportClaim,
    codes=(Code.ReportNotExists,),
)
async def release_report(call: OneReport, operator: Operator, report_queue: ReportQueue) -> ReportClaim:
    """Let others have a report that the caller has claimed. Not claimed, or somebody else's: nothing changes."""
    return _claim(await report_queue.release(operator, call.report_id), operator)


@method(
    "base/v1/admin/resolve_report",
    bad_request=Code.RoomQueryParams,
    who=Who.KEY,
    permission="reports.handle",
    reply=ReportRow,
    codes=(Code.ReportNotExists,),
)
async def resolve_report(call: ResolveReport, operator: Operator, reports: Reports) -> ReportRow:
    """Resolve a report whose outcome was dealt with elsewhere; ``admin/resolve_reports`` also acts.

    If it is already resolved, nothing changes, and the first resolution is returned.
    """
    resolved = await reports.resolve(operator, call.report_id, call.outcome)
    operator.change.note(
        {"state": ReportState.OPEN.value}, {"state": resolved.state.value, "outcome": resolved.outcome}
    )
    return report_row(resolved)


class ResolveReports(Request):
    """``action``: ``dismiss``, ``warn``, ``mute``, ``kick``, ``ban`` or ``close`` (the room).

    ``everywhere``: a ban from the whole tenant; a report that is about no room is always meant so. ``seconds``: how
    long a mute or ban lasts; 0 or not given, permanently. ``withAddress``: with ``everywhere``, see ``moderation/ban``.
    ``reasonId``: one of ``admin/list_reasons``, and ``text`` beside it: what the user is told. ``note``: for other
    operators. ``force``: also reports that another operator has claimed.
    """

    report_ids: Annotated[tuple[str, ...], Many(BATCH_MAX)]
    action: Annotated[str, Text(16)]
    everywhere: bool = False
    seconds: Annotated[int, Whole(0, INT32_MAX)] = 0
    with_address: bool = False
    reason_id: Annotated[str, Text(REASON_ID_MAX)] = ""
    text: Annotated[str, Text(TEXT_MAX)] = ""
    note: Annotated[str, Text(OUTCOME_MAX)] = ""
    force: bool = False


class HandledReport(Shape):
    """What came of one report."""

    report_id: str
    outcome: str
    """``done``; ``already``: resolved before, and nothing was done now; ``claimed``: another operator has it (``by``);
    ``refused``: impossible (``problem``), it stays open; ``unknown``: no such report."""
    by: str
    """Who has resolved it, or has it."""
    statement_id: str
    """The statement of reasons that the user was sent; of several reports about one user there is one."""
    problem: str


@method(
    "base/v1/admin/resolve_reports",
    bad_request=Code.RoomQueryParams,
    who=Who.KEY,
    permission="reports.handle",
    reply=list[HandledReport],
    data=Data.LIST,
    codes=(Code.PermissionDenied,),
)
async def resolve_reports(call: ResolveReports, operator: Operator, report_queue: ReportQueue) -> Page:
    """Act on reports, each by itself and once, and resolve them; the answer says what came of each.

    The action is done to the reported user; of a report about a room itself, and for ``close``, to its owner. They get
    a statement of reasons (``user.statement``), which they can appeal; the reporter gets ``report.resolved``. Beside
    ``reports.handle`` this needs ``rooms.moderate`` for ``mute``, ``kick``, ``ban`` and ``close``, and
    ``users.moderate`` for a ban everywhere.
    """
    handled = await report_queue.resolve(operator, call.report_ids, _handling(call))
    operator.change.note({}, _noted(call, handled))
    return Page.of([_handled(one, operator.now) for one in handled])


def _query(call: ListTenantReports, operator: Operator) -> ReportQuery:
    target, reporter = UserId(call.target_id or ""), UserId(call.reporter_id or "")
    if target and reporter:
        raise BadRequest("targetId, reporterId: at most one of them")
    states: dict[str, ReportState | None] = {state.value: state for state in ReportState}
    states[_CLAIMED] = ReportState.OPEN
    if target or reporter:
        states[_ANY] = None
    if call.state not in states:
        raise BadRequest(f"state: must be one of {', '.join(states)}")
    return ReportQuery(
        operator.tenant.name,
        RoomId(call.room_id) if call.room_id else None,
        states[call.state],
        call.cursor,
        call.limit,
        target=target,
        reporter=reporter,
        reason=call.reason,
        claimed=operator.now if call.state == _CLAIMED or call.mine else None,
        claimed_by=operator.actor if call.mine else "",
    )


def _handling(call: ResolveReports) -> Handling:
    measure = read_choice("action", call.action, Measure)
    if not call.report_ids:
        raise BadRequest("reportIds: required")
    return Handling(
        measure,
        everywhere=call.everywhere,
        lasts=timedelta(seconds=call.seconds) if call.seconds else None,
        with_address=call.with_address,
        reason=call.reason_id,
        text=call.text,
        note=call.note,
        force=call.force,
    )


def _noted(call: ResolveReports, handled: Sequence[Handled]) -> dict[str, Any]:
    """Return what the audit keeps of a call: the action, and what came of each report."""
    return {
        "action": call.action,
        "everywhere": call.everywhere,
        "seconds": call.seconds,
        "reason": call.reason_id,
        "text": call.text,
        "reports": [f"{one.id} {one.outcome} {'' if one.report is None else one.report.target}" for one in handled],
    }


def _handled(one: Handled, now: datetime) -> HandledReport:
    by = "" if one.report is None else one.report.handled_by or one.report.claimant(now)
    return HandledReport(
        report_id=one.id,
        outcome=one.outcome.value,
        by=shown_actor(by),
        statement_id=one.statement,
        problem=one.problem,
    )


def _claim(report: Report, operator: Operator) -> ReportClaim:
    return ReportClaim(report_id=report.id, state=report.state.value, **_claimed(report, operator))


def _fields(report: Report, users: Mapping[UserId, User], operator: Operator) -> dict[str, Any]:
    target, reporter = users.get(report.target), users.get(report.reporter)
    return {
        **msgspec.structs.asdict(report_row(report)),
        "target_name": "" if target is None else target.name,
        "target_avatar": "" if target is None else target.avatar,
        "reporter_name": "" if reporter is None else reporter.name,
        "measure": report.measure,
        **_claimed(report, operator),
    }


def _claimed(report: Report, operator: Operator) -> dict[str, Any]:
    claimant = report.claimant(operator.now)
    until = wire_time(report.claimed_until) if claimant and report.claimed_until is not None else ""
    return {
        "claimed_by": shown_actor(claimant),
        "claimed_until_utc": until,
        "claimed_by_me": claimant == operator.actor,
    }
