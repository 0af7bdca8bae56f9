"""`liveroom stats`: count everything anew, and export what was counted."""

import sys
from typing import Final, Literal

from cyclopts import App

from liveroom.app.assembly import Core
from liveroom.cli.core import SortedId, find_tenant, run
from liveroom.cli.output import say
from liveroom.domain.ids import BroadcastId
from liveroom.domain.moments import moment
from liveroom.domain.statistics.attendance import DAY
from liveroom.domain.statistics.days import Scope, Unit, day_of, read_day
from liveroom.domain.statistics.export import ExportKind, StatisticsQuery
from liveroom.domain.tenants.model import DEFAULT_WORD
from liveroom.settings import SettingsError
from liveroom.usecases.statistics.rebuilding import StatisticsRebuilding

app = App(name="stats", help="Count statistics anew, and export them.")

_DEFAULT: Final = 30
"""Days that are exported where none are named."""


@app.command
def rebuild() -> None:
    """Count all broadcasts and days anew from stays and messages, beside a running service; the figures stay readable.

    What is older than LIVEROOM_STAYS_KEEP stays as it was counted.
    """

    async def work(core: Core) -> None:
        rebuilding = StatisticsRebuilding(core.jobs.statistics)
        broadcasts, counted = await rebuilding.mark(), 0
        while some := await rebuilding.count():
            counted += some
        say(f"{broadcasts} broadcasts and their days were counted", broadcasts=broadcasts, counted=counted)

    run(work)


@app.command
def export(
    kind: Literal["broadcasts", "series", "attendance"] = "broadcasts",
    *,
    tenant: str = DEFAULT_WORD,
    from_day: str = "",
    to_day: str = "",
    unit: Literal["day", "hour"] = "day",
    host: str = "",
    category: str = "",
    broadcast: SortedId = "",
) -> None:
    """Write statistics to the standard output, as CSV.

    Parameters
    ----------
    kind
        A row for each broadcast, for each day or hour, or for each stay in one broadcast.
    from_day
        The first day (UTC), such as 2026-11-01; 30 days before the last one by default.
    to_day
        The last day, today by default.
    host
        Only of this host's broadcasts (a user id).
    category
        Series: only of this category.
    broadcast
        Attendance: of this broadcast.
    """
    if (kind == "attendance") != bool(broadcast):
        raise SettingsError(["--broadcast: required for attendance, and only for that"])
    if host and category:
        raise SettingsError(["use --host or --category"])

    async def work(core: Core) -> None:
        last = _day(to_day, day_of(moment(core.clock.now())))
        wanted = StatisticsQuery(
            kind=ExportKind(kind),
            tenant=find_tenant(core, tenant).name,
            begin=_day(from_day, last - (_DEFAULT - 1) * DAY),
            end=last + DAY,
            unit=Unit(unit),
            scope=Scope.HOST if host else Scope.CATEGORY if category else Scope.TENANT,
            subject=host or category,
            broadcast=BroadcastId(broadcast),
        )
        async for lines in core.services.console.statistics.exports.lines(wanted):
            sys.stdout.write(lines)

    run(work)


def _day(text: str, otherwise: int) -> int:
    if not text:
        return otherwise
    try:
        return read_day(text)
    except ValueError:
        raise SettingsError([f"write a day as 2026-11-29, not {text!r}"]) from None
