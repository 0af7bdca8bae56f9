"""The overview of an installation: its figures now, and those of past minutes put together for a picture."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple

import msgspec

from liveroom.domain.ids import RoomId
from liveroom.domain.operators.counters import NOTHING, Counters

MINUTE: Final = timedelta(minutes=1)
KEPT: Final = timedelta(days=7)
POINTS_MAX: Final = 300
"""Points of a picture at most."""
_STEPS: Final = (1, 2, 5, 10, 15, 30, 60, 120)
"""Minutes that one point may stand for."""


@dataclass(frozen=True, slots=True)
class Traffic:
    """What was asked of the service in the last seconds, by the second."""

    calls: float
    enters: float
    messages: float
    codes: Mapping[str, float]
    slow: float | None
    """Seconds within which 95 of 100 calls of the last minute were answered."""


def traffic_of(counted: Counters, seconds: float, slow: float | None) -> Traffic:
    """Return by the second what was counted in so many."""
    return Traffic(
        calls=counted.calls / seconds,
        enters=counted.enters / seconds,
        messages=counted.messages / seconds,
        codes={code: count / seconds for code, count in counted.codes.items()},
        slow=slow,
    )


@dataclass(frozen=True, slots=True)
class Condition:
    """How the installation is. None: that could not be asked, or there is no such thing."""

    processes: int
    down: Sequence[str] = ()
    """What does not answer some process: ``database``, ``live``."""
    figures: Mapping[str, float | None] = field(default_factory=dict)
    """What waits and what is broken, by the names of ``/metrics``."""


class RoomTotals(NamedTuple):
    """Rooms and people of a tenant, or of all."""

    rooms: int
    viewers: int
    top: Sequence[tuple[RoomId, int]] = ()
    """Those with most members, and how many."""


@dataclass(frozen=True, slots=True)
class Overview:
    """How things are now. None: it could not be asked, or it is not shown in this scope."""

    at: datetime
    scope: str
    online: int | None
    totals: RoomTotals | None
    top: Sequence[bytes]
    """The rooms with most members as finished cards."""
    traffic: Traffic | None
    condition: Condition | None


class PastMinute(msgspec.Struct, frozen=True, omit_defaults=True):
    """What is kept of a minute, or put together of several."""

    online: int | None = None
    rooms: int | None = None
    viewers: int | None = None
    waiting: int | None = None
    """Events that waited for webhooks and the event log."""
    codes: dict[str, int] = {}
    seconds: list[int] = []
    enters: int = 0
    messages: int = 0

    @property
    def counters(self) -> Counters:
        """Return what was counted in it."""
        return Counters(self.codes, self.seconds, self.enters, self.messages)


def past_minute(
    counted: Counters, *, online: int | None, totals: RoomTotals | None, waiting: float | None
) -> PastMinute:
    """Return what is kept of a minute."""
    return PastMinute(
        online=online,
        rooms=None if totals is None else totals.rooms,
        viewers=None if totals is None else totals.viewers,
        waiting=None if waiting is None else int(waiting),
        **counted._asdict(),
    )


def begin_of(at: datetime, step: timedelta) -> datetime:
    """Return when the step begins in which a moment is."""
    return at - (at - datetime.fromtimestamp(0, at.tzinfo)) % step


def step_of(span: timedelta) -> timedelta:
    """Return for how long each point of a picture of this span stands, so that there are not too many."""
    for minutes in _STEPS:
        if span <= minutes * MINUTE * POINTS_MAX:
            return minutes * MINUTE
    return _STEPS[-1] * MINUTE


def together(minutes: Iterable[PastMinute]) -> PastMinute:
    """Return several minutes as one: levels at their highest, counts added up."""
    levels: dict[str, Any] = dict.fromkeys(("online", "rooms", "viewers", "waiting"))
    counted = NOTHING
    for minute in minutes:
        counted = counted.plus(minute.counters)
        for name, highest in levels.items():
            level: int | None = getattr(minute, name)
            if level is not None and (highest is None or level > highest):
                levels[name] = level
    return PastMinute(**levels, **counted._asdict())


def points(
    minutes: Sequence[tuple[datetime, PastMinute]], step: timedelta
) -> Sequence[tuple[datetime, PastMinute, int]]:
    """Put minutes together by steps: return when each point begins, what it shows, and of how many minutes."""
    parts: dict[datetime, list[PastMinute]] = {}
    for at, minute in minutes:
        parts.setdefault(begin_of(at, step), []).append(minute)
    return [(since, found[0] if len(found) == 1 else together(found), len(found)) for since, found in parts.items()]
