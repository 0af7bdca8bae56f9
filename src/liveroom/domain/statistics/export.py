"""What of the statistics is exported, and the part of a link that says so."""

from enum import StrEnum

import msgspec

from liveroom.domain.errors import TokenInvalid
from liveroom.domain.ids import BroadcastId, TenantName
from liveroom.domain.packing import packed, unpacked
from liveroom.domain.statistics.days import Scope, Unit


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


def write_export(export: StatisticsQuery) -> str:
    """Return it as the part of a link that says what is exported."""
    return packed(msgspec.json.encode(export))


def read_export(text: str) -> StatisticsQuery:
    """Return what a link says. Raises ``TokenInvalid``."""
    try:
        return msgspec.json.decode(unpacked(text), type=StatisticsQuery)
    except msgspec.MsgspecError as problem:
        raise TokenInvalid from problem
