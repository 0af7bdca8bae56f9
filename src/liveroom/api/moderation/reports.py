"""``moderation/*`` about reports: users file them, moderators and admins look at them, an operator's server too."""

from typing import Annotated

import msgspec

from liveroom.api.codes import Code
from liveroom.api.declare import Data, Need, method
from liveroom.api.envelopes import Page
from liveroom.api.moderation.methods import PAGE_MAX
from liveroom.api.parameters import Id, Request, Text, Whole
from liveroom.api.shapes import Shape
from liveroom.domain.accounts.sessions import Actor
from liveroom.domain.errors import BadRequest
from liveroom.domain.ids import RoomId, UserId
from liveroom.domain.moderation.audit import shown_actor
from liveroom.domain.moderation.reports import KIND_MAX, NOTE_MAX, OUTCOME_MAX, Report, ReportState
from liveroom.domain.payloads import time_or_empty, wire_time
from liveroom.domain.rooms.permissions import Right
from liveroom.domain.tenants.model import Language
from liveroom.usecases.moderation.notifying import result_text
from liveroom.usecases.moderation.reports import RESOLVE, Complaint, ReportFiling, Reports

_Limit = Annotated[int, Whole(1, PAGE_MAX)]
_State = Annotated[str, Text(16)]


class FiledReport(Shape):
    """The report's id."""

    report_id: str


class ReportRow(FiledReport):
    """A report, and its outcome."""

    room_id: str
    """Empty if it is not about a room."""
    target_id: str
    """The reported user; empty if it is the room itself."""
    message_id: str
    reporter_id: str
    reason: str
    words: str
    """What the message said when it was reported."""
    text: str
    """What the reporter wrote."""
    time_utc: str
    state: str
    """``open`` or ``resolved``."""
    handled_by: str
    """``user:<id>``, ``key:<id>`` for the operator's server, or ``cli`` for a command of the operator; empty while it
    is open."""
    handled_utc: str
    outcome: str


class FileReport(Request):
    """``roomId``, ``targetId`` or both; with a ``messageId`` of the room, its text is kept with the report.

    ``reason``: a word defined by the app, such as ``spam``; ``text`` is for people.
    """

    reason: Annotated[str, Text(KIND_MAX)]
    room_id: Id | None = None
    target_id: Id | None = None
    message_id: Id = ""
    text: Annotated[str, Text(NOTE_MAX)] = ""


@method(
    "base/v1/moderation/report",
    bad_request=Code.RoomQueryParams,
    reply=FiledReport,
    codes=(Code.RoomNotExists, Code.UserNotExists, Code.MessageNotExists, Code.RateLimited),
)
async def report(call: FileReport, actor: Actor, filing: ReportFiling) -> FiledReport:
    """Report a user, a message or a room, even one that has just closed. At most 10 an hour (3004)."""
    room = RoomId(call.room_id) if call.room_id else None
    target = UserId(call.target_id) if call.target_id else None
    complaint = Complaint(call.reason, call.text, room, target, call.message_id)
    return FiledReport(report_id=await filing.file(actor, complaint))


class ListReports(Request):
    """``state``: ``open`` (default) or ``resolved``. ``cursor``: the ``nextCursor`` of the previous page."""

    room_id: Id | None = None
    state: _State = ReportState.OPEN.value
    cursor: Id = ""
    limit: _Limit = 50


@method(
    "base/v1/moderation/reports",
    bad_request=Code.RoomQueryParams,
    right=Right.OVERSEE,
    sometimes=(Need(None, "the whole tenant"),),
    reply=list[ReportRow],
    data=Data.LIST,
    codes=(Code.RoomNotExists, Code.PermissionDenied),
)
async def reports(call: ListReports, actor: Actor, reports: Reports) -> Page:
    """List reports about users of a room, newest first; for its owner and moderators.

    Reports about the room itself, its owner or the caller are for admins and ``admin/list_reports``. Without
    ``roomId``: all reports, for admins.
    """
    room = RoomId(call.room_id) if call.room_id else None
    found, cursor = await reports.page(actor, room, read_state(call.state), cursor=call.cursor, limit=call.limit)
    return Page.of([report_row(one) for one in found], cursor)


class CountReports(Request):
    """``after``: the ``newestId`` of the last time that somebody looked at them."""

    room_id: Id | None = None
    after: Id = ""


class ReportCount(Shape):
    """New reports."""

    count: int
    """At most 100."""
    newest_id: str
    """The newest one's id; if there is none, ``after``."""


@method(
    "base/v1/moderation/count_reports",
    bad_request=Code.RoomQueryParams,
    right=Right.OVERSEE,
    sometimes=(Need(None, "the whole tenant"),),
    reply=ReportCount,
    codes=(Code.RoomNotExists, Code.PermissionDenied),
)
async def count_reports(call: CountReports, actor: Actor, reports: Reports) -> ReportCount:
    """Count the open reports that ``moderation/reports`` lists and that are newer than ``after``: for a badge."""
    room = RoomId(call.room_id) if call.room_id else None
    count, newest = await reports.count(actor, room, after=call.after)
    return ReportCount(count=count, newest_id=newest)


class ResolveReport(Request):
    """``outcome``: what was done, for later readers."""

    report_id: Id
    outcome: Annotated[str, Text(OUTCOME_MAX)] = ""


@method(
    RESOLVE,
    bad_request=Code.RoomQueryParams,
    right=Right.OVERSEE,
    sometimes=(Need(None, "reports about no room, a room itself, its owner, or the caller"),),
    reply=ReportRow,
    codes=(Code.ReportNotExists, Code.RoomNotExists, Code.PermissionDenied),
)
async def resolve(call: ResolveReport, actor: Actor, reports: Reports) -> ReportRow:
    """Resolve a report. If it is already resolved, nothing changes, and the first resolution is returned."""
    return report_row(await reports.resolve(actor, call.report_id, call.outcome))


class OwnReports(Request):
    """``cursor``: the ``nextCursor`` of the previous page."""

    cursor: Id = ""
    limit: _Limit = 50


class OwnReport(FiledReport):
    """A report of the caller's, and what came of it."""

    room_id: str
    target_id: str
    message_id: str
    reason: str
    text: str
    """What the caller wrote."""
    time_utc: str
    state: str
    """``open`` or ``resolved``."""
    result: str
    """Empty while it is open; ``acted``: something was done; ``dismissed``: nothing was against the rules; ``closed``:
    it was looked at."""
    result_text: str
    """The same for people."""
    resolved_utc: str


@method(
    "base/v1/moderation/my_reports",
    bad_request=Code.RoomQueryParams,
    reply=list[OwnReport],
    data=Data.LIST,
)
async def my_reports(call: OwnReports, actor: Actor, reports: Reports) -> Page:
    """List the reports that the caller has made, newest first, and what came of each."""
    found, cursor = await reports.own(actor, cursor=call.cursor, limit=call.limit)
    language = await reports.language(actor)
    return Page.of([_own(one, language) for one in found], cursor)


class ReportsNews(Shape):
    """What ``console:reports`` begins with, and each of its publications."""

    open: int
    """Open reports of the tenant; 100: at least so many."""
    report: ReportRow | None
    """The report that was filed or resolved, as it is now; null at the beginning."""


def write_report_news(count: int, report: Report | None) -> bytes:
    """Return what the console's channel of reports says."""
    return msgspec.json.encode(ReportsNews(open=count, report=None if report is None else report_row(report)))


def read_state(text: str) -> ReportState:
    """Return the state that a request names. Raises ``BadRequest``."""
    if text not in set(ReportState):
        raise BadRequest("state: must be open or resolved")
    return ReportState(text)


def report_row(report: Report) -> ReportRow:
    """Return a report as answers have it."""
    return ReportRow(
        report_id=report.id,
        room_id=report.room,
        target_id=report.target,
        message_id=report.message,
        reporter_id=report.reporter,
        reason=report.reason,
        words=report.words,
        text=report.note,
        time_utc=wire_time(report.at),
        state=report.state,
        handled_by=shown_actor(report.handled_by),
        handled_utc=time_or_empty(report.handled),
        outcome=report.outcome,
    )


def _own(report: Report, language: Language) -> OwnReport:
    return OwnReport(
        report_id=report.id,
        room_id=report.room,
        target_id=report.target,
        message_id=report.message,
        reason=report.reason,
        text=report.note,
        time_utc=wire_time(report.at),
        state=report.state,
        result=report.result,
        result_text=result_text(report, language),
        resolved_utc=time_or_empty(report.handled),
    )
