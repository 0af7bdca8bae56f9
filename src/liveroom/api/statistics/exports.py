"""``stats/export``: a link to what is exported."""

from typing import Annotated, Final

from liveroom.api.codes import Code
from liveroom.api.declare import Who, method
from liveroom.api.parameters import Id, Text
from liveroom.api.shapes import Shape
from liveroom.api.statistics.periods import read_days
from liveroom.api.statistics.series import FindSeries, read_scope, read_unit
from liveroom.domain.errors import BadRequest
from liveroom.domain.ids import BroadcastId
from liveroom.domain.moments import at
from liveroom.domain.operators.caller import Operator
from liveroom.domain.payloads import wire_time
from liveroom.domain.statistics.export import ExportKind, StatisticsQuery
from liveroom.usecases.statistics.exporting import StatisticsExports

DOWNLOADS: Final = "downloads/statistics.csv"


class MakeExport(FindSeries):
    """``kind``: ``broadcasts`` (default), ``series``, or ``attendance`` of one ``broadcastId``.

    ``hostId``: only of one host. The days are the last 30 by default; ``unit`` and ``category`` are for series.
    """

    kind: Annotated[str, Text(16)] = ExportKind.BROADCASTS.value
    broadcast_id: Id = ""


class StatisticsLink(Shape):
    """Where to fetch the file, by GET, once or several times."""

    link: str
    """Below the service's address."""
    expire_utc: str


@method(
    "base/v1/stats/export",
    bad_request=Code.RoomQueryParams,
    who=Who.KEY,
    permission="statistics.view",
    reply=StatisticsLink,
    codes=(Code.RoomNotExists,),
)
async def export(call: MakeExport, operator: Operator, exports: StatisticsExports) -> StatisticsLink:
    """Return a link to a CSV file (UTF-8), good for five minutes. Texts that look like formulas begin with ``'``."""
    if call.kind not in set(ExportKind):
        raise BadRequest("kind: must be broadcasts, series or attendance")
    kind, (scope, subject) = ExportKind(call.kind), read_scope(call)
    if (kind is ExportKind.ATTENDANCE) != bool(call.broadcast_id):
        raise BadRequest("broadcastId: required for attendance, and only for that")
    begin, end = read_days(call.from_day, call.to_day, operator.now)
    wanted = StatisticsQuery(
        kind=kind,
        tenant=operator.tenant.name,
        begin=begin,
        end=end,
        unit=read_unit(call.unit),
        scope=scope,
        subject=subject,
        broadcast=BroadcastId(call.broadcast_id),
    )
    ticket, expires = await exports.issue(wanted)
    return StatisticsLink(link=f"{DOWNLOADS}?ticket={ticket}", expire_utc=wire_time(at(expires)))
