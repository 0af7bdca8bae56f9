"""What is counted of a day in a tenant: by hour and in all, of the whole tenant, of each category and of each host."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from typing import Final, NamedTuple

from liveroom.domain.ids import TenantName, UserId
from liveroom.domain.moments import at
from liveroom.domain.statistics.attendance import DAY, HOUR, Attendees, CountedBroadcast, Levels, Peak, Span

HOURS: Final = DAY // HOUR
RETENTION: Final = timedelta(days=100)
"""How long after signing up it is counted who comes back."""
_NONE: Final = Peak(0, None)


class Unit(StrEnum):
    """How long a period of a series is."""

    HOUR = "hour"
    DAY = "day"


class Scope(StrEnum):
    """Whose figures they are."""

    TENANT = "tenant"
    CATEGORY = "category"
    HOST = "host"


class PeriodKey(NamedTuple):
    """Which period of which series."""

    unit: Unit
    scope: Scope
    subject: str
    """The category or the host; "" of the tenant."""
    begins: int


class Period(NamedTuple):
    """What is counted of a period. Sums of periods are those of the time that they make up, but for people."""

    viewers: int = 0
    """Different people who watched."""
    newcomers: int = 0
    """Those of them who had never been in any room before; only of the tenant's days."""
    peak: int = 0
    """Most viewers at a time in all rooms together."""
    peaked: int | None = None
    entries: int = 0
    """How often a viewer entered."""
    watched: int = 0
    """Milliseconds that viewers were there."""
    live: int = 0
    """Milliseconds that broadcasts ran."""
    broadcasts: int = 0
    """Broadcasts that ran."""
    hosts: int = 0
    """Different people who had opened them."""
    messages: int = 0
    likes: int = 0
    """Of the broadcasts that were opened in it."""
    accounts: int = 0
    """Accounts made in it; only of the tenant."""


class Returned(NamedTuple):
    """How many of those who signed up together came on a day."""

    unit: str
    """``day`` or ``week``: how those who signed up are taken together."""
    cohort: str
    day: str


@dataclass(slots=True)
class _Cell:
    """What comes together of one period."""

    viewers: set[UserId] = field(default_factory=set)
    hosts: set[UserId] = field(default_factory=set)
    entries: int = 0
    watched: int = 0
    live: int = 0
    broadcasts: int = 0
    messages: int = 0
    likes: int = 0

    def period(self, peak: Peak) -> Period:
        return Period(
            viewers=len(self.viewers),
            peak=peak.most,
            peaked=peak.at,
            entries=self.entries,
            watched=self.watched,
            live=self.live,
            broadcasts=self.broadcasts,
            hosts=len(self.hosts),
            messages=self.messages,
            likes=self.likes,
        )


class _Tally:
    """The day of one tenant, category or host."""

    def __init__(self, day: int) -> None:
        self._day: Final = day
        self.whole: Final = _Cell()
        self.hours: Final[dict[int, _Cell]] = {}
        self._levels: Final = Levels()

    def hour(self, number: int) -> _Cell:
        cell = self.hours.get(number)
        if cell is None:
            cell = self.hours[number] = _Cell()
        return cell

    def be_live(self, begin: int, end: int, host: UserId) -> None:
        for number, part in _hours(begin - self._day, end - self._day):
            cell = self.hour(number)
            cell.live += part
            cell.broadcasts += 1
            cell.hosts.add(host)
        self.whole.live += end - begin
        self.whole.broadcasts += 1
        self.whole.hosts.add(host)

    def watch(self, user: UserId, begin: int, end: int, hours: Sequence[tuple[int, int]]) -> None:
        for number, part in hours:
            cell = self.hour(number)
            cell.viewers.add(user)
            cell.watched += part
        self.whole.viewers.add(user)
        self.whole.watched += end - begin
        self._levels.add(begin, end)

    def enter(self, joined: int) -> None:
        self.hour((joined - self._day) // HOUR).entries += 1
        self.whole.entries += 1

    def say(self, messages: Sequence[int]) -> None:
        for number, count in enumerate(messages):
            if count:
                self.hour(number).messages += count
                self.whole.messages += count

    def like(self, likes: int, opened: int) -> None:
        self.hour((opened - self._day) // HOUR).likes += likes
        self.whole.likes += likes

    def periods(self, scope: Scope, subject: str) -> Iterator[tuple[PeriodKey, Period]]:
        peaks, most = self._peaks()
        yield PeriodKey(Unit.DAY, scope, subject, self._day), self.whole.period(most)
        for number, cell in self.hours.items():
            key = PeriodKey(Unit.HOUR, scope, subject, self._day + number * HOUR)
            yield key, cell.period(peaks.get(number, _NONE))

    def _peaks(self) -> tuple[Mapping[int, Peak], Peak]:
        peaks: dict[int, Peak] = {}
        whole = _NONE
        for begin, end, count in self._levels.all():
            if count > whole.most:
                whole = Peak(count, begin)
            for number, _ in _hours(begin - self._day, end - self._day):
                if count > peaks.get(number, _NONE).most:
                    peaks[number] = Peak(count, max(begin, self._day + number * HOUR))
        return peaks, whole


class DayTally:
    """Counts a day, broadcast by broadcast: those of one host one after the other, so that few sets are kept."""

    def __init__(self, day: int) -> None:
        self._day: Final = day
        self._tenant: Final = _Tally(day)
        self._categories: Final[dict[str, _Tally]] = {}
        self._host: tuple[UserId, _Tally] | None = None
        self._done: Final[dict[PeriodKey, Period]] = {}
        self.entrants: Final[set[UserId]] = set()
        """Who entered any room on the day, hosts too."""

    @property
    def viewers(self) -> Collection[UserId]:
        """Return who watched anything on the day."""
        return self._tenant.whole.viewers

    def add(self, broadcast: CountedBroadcast, attendees: Attendees, messages: Sequence[int], now: int) -> None:
        """Take a broadcast in, with who was there on the day, and how many messages there were in each hour."""
        first, last = self._day, self._day + DAY
        tallies = (self._tenant, self._category(broadcast.category), self._of_host(broadcast.host))
        live = _clipped((broadcast.opened, broadcast.end(now)), first, last)
        for tally in tallies:
            if live is not None:
                tally.be_live(*live, broadcast.host)
            tally.say(messages)
            if first <= broadcast.opened < last:
                tally.like(broadcast.likes, broadcast.opened)
        for user, attendee in attendees.items():
            joins = [joined for joined in attendee.joins if first <= joined < last]
            if joins:
                self.entrants.add(user)
            if user != broadcast.host:
                self._watch(tallies, user, joins, attendee.spans)

    def _watch(self, tallies: Sequence[_Tally], user: UserId, joins: Sequence[int], spans: Sequence[Span]) -> None:
        for joined in joins:
            for tally in tallies:
                tally.enter(joined)
        for span in spans:
            part = _clipped(span, self._day, self._day + DAY)
            if part is not None:
                hours = list(_hours(part[0] - self._day, part[1] - self._day))
                for tally in tallies:
                    tally.watch(user, *part, hours)

    def periods(self, newcomers: int, accounts: Mapping[int, int]) -> Mapping[PeriodKey, Period]:
        """Return everything that was counted. ``accounts``: those that were made, by the hour's number."""
        self._close_host()
        for number in accounts:
            self._tenant.hour(number)
        done = self._done
        done.update(self._tenant.periods(Scope.TENANT, ""))
        for category, tally in self._categories.items():
            done.update(tally.periods(Scope.CATEGORY, category))
        whole = PeriodKey(Unit.DAY, Scope.TENANT, "", self._day)
        done[whole] = done[whole]._replace(newcomers=newcomers, accounts=sum(accounts.values()))
        for number, count in accounts.items():
            key = PeriodKey(Unit.HOUR, Scope.TENANT, "", self._day + number * HOUR)
            done[key] = done[key]._replace(accounts=count)
        return {key: period for key, period in done.items() if any(period)}

    def _category(self, category: str) -> _Tally:
        return self._categories.setdefault(category, _Tally(self._day))

    def _of_host(self, host: UserId) -> _Tally:
        if self._host is None or self._host[0] != host:
            self._close_host()
            self._host = host, _Tally(self._day)
        return self._host[1]

    def _close_host(self) -> None:
        if self._host is not None:
            self._done.update(self._host[1].periods(Scope.HOST, self._host[0]))
            self._host = None


def day_text(day: int) -> str:
    """Return a day as it is written: ``2026-11-29``."""
    return f"{at(day):%Y-%m-%d}"


def day_of(moment: int) -> int:
    """Return when the day of a moment begins. Days are those of UTC."""
    return moment // DAY * DAY


def read_day(text: str) -> int:
    """Return when a day begins. Raises ``ValueError`` for what is none."""
    found = datetime.combine(date.fromisoformat(text), datetime.min.time(), UTC)
    return int(found.timestamp()) * 1000


def week_of(day: int) -> int:
    """Return when the week of a day begins: on Monday."""
    return day - at(day).weekday() * DAY


def returned(
    day: int, signed_up: Mapping[UserId, int], came_before: Collection[UserId], most: timedelta = RETENTION
) -> Mapping[Returned, int]:
    """Return how many of each cohort came on a day, none older than ``most``.

    ``came_before``: who had come on another day of this week already. Those are not counted by week once more.
    """
    found: dict[Returned, int] = {}
    oldest = day - most // timedelta(milliseconds=1)
    text = day_text(day)
    for user, when in signed_up.items():
        cohort = day_of(when)
        if not oldest <= cohort <= day:
            continue
        by_day = Returned("day", day_text(cohort), text)
        found[by_day] = found.get(by_day, 0) + 1
        if user not in came_before:
            by_week = Returned("week", day_text(week_of(cohort)), text)
            found[by_week] = found.get(by_week, 0) + 1
    return found


def day_subject(tenant: TenantName, day: int) -> str:
    """Return what a day is called where it waits to be counted."""
    return f"{tenant}/{day_text(day)}"


def _clipped(span: Span, first: int, last: int) -> Span | None:
    """Return what of a span is in a day; one without length is there where it begins."""
    begin, end = max(span[0], first), min(span[1], last)
    return (begin, end) if begin < end or (span[0] == span[1] and first <= begin < last) else None


def _hours(begin: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield the hours of a day that a span touches, with how much of it is in each; one without length is in one."""
    for number in range(begin // HOUR, max(end - 1, begin) // HOUR + 1):
        yield number, max(0, min(end, (number + 1) * HOUR) - max(begin, number * HOUR))
