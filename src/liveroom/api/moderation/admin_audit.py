"""``admin/audit``: what operators did, by console, key or command, and what owners, moderators and admins did."""

from datetime import datetime
from functools import cache
from typing import Annotated, Any, Final

import msgspec

from liveroom.api.codes import Code
from liveroom.api.declare import METHODS, Data, Who, method
from liveroom.api.envelopes import Page
from liveroom.api.moderation.methods import PAGE_MAX
from liveroom.api.parameters import Id, Request, Text, Whole
from liveroom.api.shapes import Shape
from liveroom.domain.errors import BadRequest
from liveroom.domain.ids import RoomId
from liveroom.domain.moderation.audit import TEXT_MAX, AuditEntry
from liveroom.domain.operators.caller import Operator, only_views
from liveroom.domain.payloads import wire_time
from liveroom.domain.tables import csv_line
from liveroom.usecases.moderation.audit_search import UNANSWERED, AuditQuery, AuditSearch

CSV: Final = "csv"
JSON_LINES: Final = "jsonl"
_EXPORTED: Final = 1000
"""Entries of one part."""


class AuditedAction(Shape):
    """Something that was done, or refused."""

    audit_id: str
    time_utc: str
    actor: str
    """``operator:<id>``, ``key:<id>``, ``user:<id>`` for a room's owner or moderator or an admin, or
    ``cli:<user>@<host>`` for a command."""
    action: str
    """A method's path, or a command."""
    subject: str
    """``user:<id>``, ``room:<id>``, or both."""
    room_id: str
    """The room in which a moderator did it."""
    code: int
    """How it ended, as an ``errorCode``; -1: it has not ended yet, or the process died."""
    reason: str
    address: str
    request_id: str
    before: dict[str, Any]
    """What it changed, as it was; empty if it changed nothing or does not say."""
    after: dict[str, Any]
    """The same, as it has been since."""


_COLUMNS: Final = AuditedAction.__struct_encode_fields__


class AuditFilter(Request):
    """What to look for; together they narrow."""

    actor: Annotated[str, Text(TEXT_MAX)] = ""
    action: Annotated[str, Text(TEXT_MAX)] = ""
    subject: Annotated[str, Text(TEXT_MAX)] = ""
    room_id: Id | None = None
    code: Annotated[int, Whole(UNANSWERED, 9999)] | None = None
    since_utc: datetime | None = None
    until_utc: datetime | None = None
    text: Annotated[str, Text(TEXT_MAX)] = ""
    changes: bool = False


class SearchAudit(AuditFilter):
    """What to look for; together they narrow. ``cursor``: the ``nextCursor`` of the previous page.

    ``actor``: as in the answer. ``action``: a method's path or its last part, or a command's first words. ``subject``:
    ``user:<id>`` or ``room:<id>``. ``roomId``: what its owner and moderators did there. ``code``: -1 for no answer.
    ``sinceUtc``, ``untilUtc``: from when on, and before when. ``text``: anywhere in the entry. ``changes``:
    without calls that can only show something.
    """

    cursor: Id = ""
    limit: Annotated[int, Whole(1, PAGE_MAX)] = 50


@method(
    "base/v1/admin/audit",
    bad_request=Code.SystemVerifyError,
    who=Who.KEY,
    permission="audit.view",
    reply=list[AuditedAction],
    data=Data.LIST,
)
async def audit(call: SearchAudit, operator: Operator, search: AuditSearch) -> Page:
    """List what was done in the tenant, newest first.

    A search looks at some thousand entries a call: a page may be short or empty before the end, which is where
    ``nextCursor`` is empty. Actor, room and time are found at once.
    """
    found, cursor = await search.page(_query(call, operator), call.cursor, call.limit)
    return Page.of([_row(one) for one in found], cursor)


class ExportAudit(AuditFilter):
    """Filters as in ``audit``. ``format``: ``csv`` or ``jsonl``. ``part``: the ``nextPart`` of the answer before."""

    format: Annotated[str, Text(8)] = CSV
    part: Id = ""


class AuditPart(Shape):
    """A part of an export."""

    text: str
    """Lines to append to those of the part before; the first part of a CSV begins with the columns."""
    entries: int
    next_part: str
    """Where the next part begins; empty at the end."""


@method(
    "base/v1/admin/export_audit",
    bad_request=Code.SystemVerifyError,
    who=Who.KEY,
    permission="audit.view",
    reply=AuditPart,
)
async def export_audit(call: ExportAudit, operator: Operator, search: AuditSearch) -> AuditPart:
    """Return what was done in the tenant as lines of a file, newest first, in parts of at most 1000 entries.

    In CSV, cells that a spreadsheet would compute begin with an apostrophe. In ``jsonl``, each line is an object as in
    the answer of ``audit``.
    """
    if call.format not in (CSV, JSON_LINES):
        raise BadRequest("format: must be csv or jsonl")
    found, cursor = await search.page(_query(call, operator), call.part, _EXPORTED)
    rows = [_row(one) for one in found]
    if call.format == JSON_LINES:
        lines = [msgspec.json.encode(row).decode() + "\n" for row in rows]
    else:
        head = [] if call.part else [csv_line(_COLUMNS)]
        lines = [*head, *(csv_line(_cells(row)) for row in rows)]
    return AuditPart(text="".join(lines), entries=len(rows), next_part=cursor)


def _query(call: AuditFilter, operator: Operator) -> AuditQuery:
    return AuditQuery(
        operator.tenant.name,
        call.actor,
        RoomId(call.room_id) if call.room_id else None,
        call.action,
        call.subject,
        call.code,
        call.since_utc,
        call.until_utc,
        call.text,
        _showing() if call.changes else frozenset(),
    )


@cache
def _showing() -> frozenset[str]:
    """Return the paths of methods that change nothing."""
    return frozenset(one.path for one in METHODS.methods.values() if only_views(one.permission))


def _cells(row: AuditedAction) -> list[object]:
    values = [getattr(row, name) for name in AuditedAction.__struct_fields__]
    return [msgspec.json.encode(one).decode() if isinstance(one, dict) else one for one in values]


def _row(entry: AuditEntry) -> AuditedAction:
    return AuditedAction(
        audit_id=entry.id,
        time_utc=wire_time(entry.at),
        actor=entry.actor,
        action=entry.action,
        subject=entry.subject,
        room_id=entry.room,
        code=UNANSWERED if entry.code is None else entry.code,
        reason=entry.reason,
        address=entry.address,
        request_id=entry.request,
        before=_values(entry.before),
        after=_values(entry.after),
    )


def _values(text: str) -> dict[str, Any]:
    return msgspec.json.decode(text, type=dict[str, Any]) if text else {}
