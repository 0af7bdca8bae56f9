"""``stats/*`` by time: series, hosts, categories, and who came back."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Annotated, Any, Final

from liveroom.api.codes import Code
from liveroom.api.declare import Data, Who, method
from liveroom.api.parameters import Id, Request, Text, Whole
from liveroom.api.shapes import Shape
from liveroom.api.statistics.periods import DayText, read_days
from liveroom.domain.accounts.sessions import Actor
from liveroom.domain.errors import BadRequest
from liveroom.domain.moments import at, moment
from liveroom.domain.operators.caller import Operator
from liveroom.domain.payloads import Counter, wire_moment, wire_time
from liveroom.domain.rooms.model import CATEGORY_MAX
from liveroom.domain.statistics.days import Period, Scope, Unit, day_text
from liveroom.ports.statistics import SeriesQuery
from liveroom.usecases.statistics.series import Cohort, PeriodStatistics

_SECOND: Final = 1000
_Word = Annotated[str, Text(16)]
HOURS_MOST: Final = timedelta(days=100)
"""Days of which a series by hour is returned at most."""
ORDERS: Final[Mapping[str, str]] = {
    "watchSeconds": "watched",
    "peakViewers": "peak",
    "dailyViewers": "viewers",
    "liveSeconds": "live",
    "entries": "entries",
    "messages": "messages",
    "likes": "likes",
}


class PeriodSums(Shape):
    """Sums of a time. Viewers are all people who were in a broadcast but its host."""

    peak_viewers: int
    """Most viewers at a time, in all of these rooms together."""
    entries: int
    """How often a viewer entered."""
    watch_seconds: Counter
    """How long all viewers were there together."""
    live_seconds: Counter
    """How long the broadcasts ran together."""
    messages: int
    likes: Counter
    """Those of the broadcasts that were opened in it."""


class PeriodFigures(PeriodSums):
    """An hour or a day."""

    begin_utc: str
    peak_utc: str
    """When most viewers were there first; "" if nobody came."""
    viewers: int
    """Different people."""
    new_viewers: int
    """Those who had never been in any room before; only in the days of the whole tenant."""
    broadcasts: int
    """Broadcasts that ran."""
    hosts: int
    """Different people who had opened them."""
    accounts: int
    """Accounts made; only of the whole tenant."""


class SubjectFigures(PeriodSums):
    """A host or a category, in some days."""

    daily_viewers: int
    """Sum of the different viewers of each day."""


class HostFigures(SubjectFigures):
    """A host."""

    host_id: str
    name: str


class CategoryFigures(SubjectFigures):
    """A category."""

    category: str


class CohortFigures(Shape):
    """Those who signed up on one day, or in one week (from Monday on)."""

    cohort: str
    """The day, or the Monday: ``YYYY-MM-DD``."""
    accounts: int
    """How many signed up."""
    came: list[int]
    """How many of them entered a room on that day (in that week), on the next one, and so on; at most 100 days."""


class DaysRequest(Request):
    """From one day (UTC, ``YYYY-MM-DD``) to another, both included; the last 30 days by default."""

    from_day: DayText = ""
    to_day: DayText = ""


class OwnSeries(DaysRequest):
    """``unit``: ``day`` (default) or ``hour`` (at most 100 days)."""

    unit: _Word = Unit.DAY.value


class FindSeries(OwnSeries):
    """Of the whole tenant, of one ``hostId``, or of one ``category``."""

    host_id: Id = ""
    category: Annotated[str, Text(CATEGORY_MAX)] = ""


class FindTop(DaysRequest):
    """``orderBy``: one of the figures, ``watchSeconds`` by default. The days are the last 30 by default."""

    order_by: Annotated[str, Text(32)] = "watchSeconds"
    limit: Annotated[int, Whole(1, 500)] = 20


class FindCohorts(DaysRequest):
    """``unit``: ``day`` (default) or ``week``. They signed up from one day to another, both included."""

    unit: _Word = "day"


@method("base/v1/stats/my_series", bad_request=Code.RoomQueryParams, reply=list[PeriodFigures], data=Data.LIST)
async def my_series(call: OwnSeries, actor: Actor, statistics: PeriodStatistics) -> list[PeriodFigures]:
    """Return the figures of your broadcasts by day or hour; periods without any are left out."""
    unit = read_unit(call.unit)
    begin, end = read_days(call.from_day, call.to_day, statistics.clock.now(), *_most(unit))
    query = SeriesQuery(actor.tenant.name, unit, Scope.HOST, actor.user, begin, end)
    return [_figures(begins, period) for begins, period in await statistics.series(query)]


@method(
    "base/v1/stats/series",
    bad_request=Code.RoomQueryParams,
    who=Who.KEY,
    permission="statistics.view",
    reply=list[PeriodFigures],
    data=Data.LIST,
)
async def series(call: FindSeries, operator: Operator, statistics: PeriodStatistics) -> list[PeriodFigures]:
    """Return figures by day or hour; periods in which nothing was are left out. The last ones are a minute old."""
    unit, (scope, subject) = read_unit(call.unit), read_scope(call)
    begin, end = read_days(call.from_day, call.to_day, operator.now, *_most(unit))
    query = SeriesQuery(operator.tenant.name, unit, scope, subject, begin, end)
    return [_figures(begins, period) for begins, period in await statistics.series(query)]


@method(
    "base/v1/stats/hosts",
    bad_request=Code.RoomQueryParams,
    who=Who.KEY,
    permission="statistics.view",
    reply=list[HostFigures],
    data=Data.LIST,
)
async def hosts(call: FindTop, operator: Operator, statistics: PeriodStatistics) -> list[HostFigures]:
    """Return the hosts who had most of a figure in some days."""
    begin, end = read_days(call.from_day, call.to_day, operator.now)
    by = read_order(call.order_by)
    found = await statistics.top(operator.tenant.name, Scope.HOST, begin, end, by=by, limit=call.limit)
    names = await statistics.names([host for host, _ in found])
    return [HostFigures(host_id=host, name=names.get(host, ""), **_sums(one)) for host, one in found]


@method(
    "base/v1/stats/categories",
    bad_request=Code.RoomQueryParams,
    who=Who.KEY,
    permission="statistics.view",
    reply=list[CategoryFigures],
    data=Data.LIST,
)
async def categories(call: FindTop, operator: Operator, statistics: PeriodStatistics) -> list[CategoryFigures]:
    """Return the categories that had most of a figure in some days."""
    begin, end = read_days(call.from_day, call.to_day, operator.now)
    by = read_order(call.order_by)
    found = await statistics.top(operator.tenant.name, Scope.CATEGORY, begin, end, by=by, limit=call.limit)
    return [CategoryFigures(category=category, **_sums(one)) for category, one in found]


@method(
    "base/v1/stats/retention",
    bad_request=Code.RoomQueryParams,
    who=Who.KEY,
    permission="statistics.view",
    reply=list[CohortFigures],
    data=Data.LIST,
)
async def retention(call: FindCohorts, operator: Operator, statistics: PeriodStatistics) -> list[CohortFigures]:
    """Return how many of those who signed up came back, by the day or week of their signing up."""
    if call.unit not in ("day", "week"):
        raise BadRequest("unit: must be day or week")
    begin, end = read_days(call.from_day, call.to_day, operator.now)
    found = await statistics.retention(operator.tenant.name, call.unit, begin, end, moment(operator.now))
    return [_cohort(one) for one in found]


def read_unit(text: str) -> Unit:
    """Return how long periods are. Raises ``BadRequest``."""
    if text not in set(Unit):
        raise BadRequest("unit: must be day or hour")
    return Unit(text)


def read_scope(call: FindSeries) -> tuple[Scope, str]:
    """Return whose series is meant. Raises ``BadRequest``."""
    if call.host_id and call.category:
        raise BadRequest("send hostId or category")
    scope = Scope.HOST if call.host_id else Scope.CATEGORY if call.category else Scope.TENANT
    return scope, call.host_id or call.category


def read_order(text: str) -> str:
    """Return by which figure to order. Raises ``BadRequest``."""
    if text not in ORDERS:
        raise BadRequest(f"orderBy: must be one of {', '.join(ORDERS)}")
    return ORDERS[text]


def _most(unit: Unit) -> tuple[timedelta, ...]:
    return (HOURS_MOST,) if unit is Unit.HOUR else ()


def _figures(begins: int, period: Period) -> PeriodFigures:
    return PeriodFigures(
        begin_utc=wire_time(at(begins)),
        peak_utc=wire_moment(period.peaked),
        viewers=period.viewers,
        new_viewers=period.newcomers,
        broadcasts=period.broadcasts,
        hosts=period.hosts,
        accounts=period.accounts,
        **_parts(period),
    )


def _sums(period: Period) -> dict[str, Any]:
    return {"daily_viewers": period.viewers, **_parts(period)}


def _parts(period: Period) -> dict[str, Any]:
    return {
        "peak_viewers": period.peak,
        "entries": period.entries,
        "watch_seconds": period.watched // _SECOND,
        "live_seconds": period.live // _SECOND,
        "messages": period.messages,
        "likes": period.likes,
    }


def _cohort(cohort: Cohort) -> CohortFigures:
    return CohortFigures(cohort=day_text(cohort.begins), accounts=cohort.accounts, came=list(cohort.came))
