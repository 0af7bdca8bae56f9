"""What is exported, as lines of CSV (RFC 4180) that a spreadsheet shows and does not run."""

import csv
import io
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterable
from enum import StrEnum
from typing import Final

import msgspec

from liveroom.domain.errors import TokenInvalid
from liveroom.domain.ids import BroadcastId, TenantName
from liveroom.domain.statistics.days import Scope, Unit

_FORMULAS: Final = ("=", "+", "-", "@", "\t", "\r")


class ExportKind(StrEnum):
    """What the rows are."""

    BROADCASTS = "broadcasts"
    ATTENDANCE = "attendance"
    """One row for each time in which somebody was in one broadcast."""
    SERIES = "series"


class StatisticsQuery(msgspec.Struct, frozen=True, kw_only=True):
    """Which rows."""

    kind: ExportKind
    tenant: TenantName
    begin: int
    end: int
    """Milliseconds: what was opened, or began, from one moment up to another, without that."""
    unit: Unit = Unit.DAY
    scope: Scope = Scope.TENANT
    subject: str = ""
    """The host or the category; "" for all."""
    broadcast: BroadcastId = BroadcastId("")
    expires: int = 0
    """When its link is no good any more."""


def csv_line(cells: Iterable[str | int]) -> str:
    """Return a row as a line. A text that a spreadsheet would take for a formula begins with an apostrophe."""
    line = io.StringIO()
    csv.writer(line, lineterminator="\r\n").writerow([_cell(cell) for cell in cells])
    return line.getvalue()


def write_export(export: StatisticsQuery) -> str:
    """Return it as the part of a link that says what is exported."""
    return urlsafe_b64encode(msgspec.json.encode(export)).rstrip(b"=").decode()


def read_export(text: str) -> StatisticsQuery:
    """Return what a link says. Raises ``TokenInvalid``."""
    try:
        return msgspec.json.decode(urlsafe_b64decode(text + "=" * (-len(text) % 4)), type=StatisticsQuery)
    except (ValueError, msgspec.MsgspecError) as problem:
        raise TokenInvalid from problem


def _cell(cell: str | int) -> str | int:
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULAS) else cell
