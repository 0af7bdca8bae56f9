"""``stats/overview`` and ``console:overview``: how an installation or a tenant is now, and how it was."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final, cast

import msgspec

from liveroom.api.codes import Code
from liveroom.api.declare import Who, method
from liveroom.api.parameters import Request
from liveroom.api.shapes import RoomObject, Shape
from liveroom.domain.operators.caller import Operator
from liveroom.domain.operators.console import SEES_OVERVIEW
from liveroom.domain.operators.overview import MINUTE, Condition, Overview, PastMinute, Traffic, traffic_of
from liveroom.domain.payloads import wire_time
from liveroom.usecases.operators.announcing import INSTALLATION
from liveroom.usecases.operators.overview import Overviews

_SPAN: Final = timedelta(hours=3)
_encode: Final = msgspec.json.Encoder().encode


class OverviewTraffic(Shape):
    """What was asked of the service, over HTTP and the socket."""

    calls_per_second: float
    enters_per_second: float
    """Successful calls of ``rooms/enter_room``."""
    messages_per_second: float
    """Successful calls of ``messages/send``."""
    codes_per_second: dict[str, float]
    """Calls a second by the ``errorCode`` of their answer."""
    p95_ms: float | None
    """Milliseconds within which 95 % of the calls were answered, as near as a histogram tells; null without calls."""


class OverviewHealth(Shape):
    """How the installation is; null is what could not be asked."""

    processes: int
    down: list[str]
    """Which of ``database`` and ``live`` do not answer some process."""
    webhook_events_waiting: int | None
    """Events that wait for webhooks and the event log."""
    webhook_oldest_seconds: int | None
    """For how long the oldest of them has been due."""
    webhook_breakers_open: int | None
    vendor_work_waiting: int | None
    """Work to be done at Tencent IM, TRTC or LiveKit; null where there is none of them."""
    vendor_breakers_open: int | None


class OverviewNow(Shape):
    """How things are. What the caller may not see, or what could not be asked, is null."""

    time_utc: str
    scope: str
    """``installation`` or ``tenant``."""
    online: int | None
    """Users who are online, of all tenants."""
    rooms: int | None
    """Live rooms."""
    viewers: int | None
    """Members of all live rooms, hosts included; at most five seconds old."""
    top_rooms: list[RoomObject]
    """The ten rooms with most members, private and hidden ones too."""
    traffic: OverviewTraffic | None
    """In the last five seconds; longer ago where nobody was watching. Of all tenants."""
    health: OverviewHealth | None


class OverviewPoint(Shape):
    """One point of the past. Levels are the highest of its minutes; null where they were not counted."""

    time_utc: str
    """When it begins."""
    minutes: int
    """Of how many minutes something is known."""
    online: int | None
    rooms: int | None
    viewers: int | None
    webhook_events_waiting: int | None
    traffic: OverviewTraffic


class OverviewReply(Shape):
    """The overview now, and before."""

    now: OverviewNow
    step_minutes: int
    """How many minutes a point stands for."""
    history: list[OverviewPoint]
    """The oldest first. A minute in which no process was there has no point."""


class AskOverview(Request):
    """``fromUtc``, ``untilUtc``: of which time the history is, at most seven days; the last three hours if not given.

    There are at most 300 points, so each stands for a minute, or for up to two hours.
    """

    from_utc: datetime | None = None
    until_utc: datetime | None = None


@method(
    "base/v1/stats/overview",
    bad_request=Code.SystemVerifyError,
    who=Who.KEY,
    permission=SEES_OVERVIEW,
    reply=OverviewReply,
)
async def overview(call: AskOverview, operator: Operator, overviews: Overviews) -> OverviewReply:
    """Return how many people, rooms and calls there are, now and in the past seven days.

    Operators of all tenants, and keys of the default tenant with the scope ``admin:system``, get the figures of the
    installation, others those of the tenant: its rooms, viewers and top rooms, and the rest where there is only one.
    """
    until = call.until_utc or operator.now
    history = await overviews.history(operator, call.from_utc or until - _SPAN, until)
    return OverviewReply(
        now=_now(await overviews.now(operator)),
        step_minutes=history.step // MINUTE,
        history=[_point(*point) for point in history.points],
    )


def write_overview(found: Overview) -> bytes:
    """Return what ``console:overview`` says."""
    return _encode(_now(found))


def _now(found: Overview) -> OverviewNow:
    totals = found.totals
    return OverviewNow(
        time_utc=wire_time(found.at),
        scope="installation" if found.scope == INSTALLATION else "tenant",
        online=found.online,
        rooms=None if totals is None else totals.rooms,
        viewers=None if totals is None else totals.viewers,
        top_rooms=cast("list[RoomObject]", list(map(msgspec.Raw, found.top))),
        traffic=None if found.traffic is None else _traffic(found.traffic),
        health=None if found.condition is None else _health(found.condition),
    )


def _traffic(traffic: Traffic) -> OverviewTraffic:
    return OverviewTraffic(
        calls_per_second=_rounded(traffic.calls),
        enters_per_second=_rounded(traffic.enters),
        messages_per_second=_rounded(traffic.messages),
        codes_per_second={code: _rounded(number) for code, number in sorted(traffic.codes.items())},
        p95_ms=None if traffic.slow is None else _rounded(traffic.slow * 1000),
    )


def _health(condition: Condition) -> OverviewHealth:
    figures = condition.figures
    return OverviewHealth(
        processes=condition.processes,
        down=list(condition.down),
        webhook_events_waiting=_whole(figures, "webhook_events_waiting"),
        webhook_oldest_seconds=_whole(figures, "webhook_oldest_seconds"),
        webhook_breakers_open=_whole(figures, "webhook_breakers_open"),
        vendor_work_waiting=_whole(figures, "vendor_work_waiting"),
        vendor_breakers_open=_whole(figures, "vendor_breakers_open"),
    )


def _point(since: datetime, found: PastMinute, minutes: int) -> OverviewPoint:
    counted = found.counters
    return OverviewPoint(
        time_utc=wire_time(since),
        minutes=minutes,
        online=found.online,
        rooms=found.rooms,
        viewers=found.viewers,
        webhook_events_waiting=found.waiting,
        traffic=_traffic(traffic_of(counted, minutes * 60, counted.slow())),
    )


def _whole(figures: Mapping[str, float | None], name: str) -> int | None:
    value = figures.get(name)
    return None if value is None else int(value)


def _rounded(number: float) -> float:
    """Return three digits behind the point: what is seldom is not nothing."""
    return round(number, 3)
