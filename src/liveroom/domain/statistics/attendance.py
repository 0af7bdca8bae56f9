"""Who was in a broadcast, how long, and what follows from it: a broadcast's figures, out of its stays alone.

Times are whole milliseconds since 1970 (``moments``), because millions of them are counted. A stay lasts from its
entering up to its leaving, without that moment. One that is open lasts until the broadcast ends, or until now. What a
user's stays have in common counts once. Viewers are all but the user who opened the broadcast.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Final, NamedTuple
from zlib import crc32

from liveroom.domain.ids import BroadcastId, RoomId, TenantName, UserId
from liveroom.domain.presence.members import Role

HOUR: Final = 3_600_000
DAY: Final = 24 * HOUR
_RANKS: Final = {Role.AUDIENCE: 0, Role.SPEAKER: 0, Role.MODERATOR: 0, Role.ANCHOR: 1, Role.OWNER: 2}

Span = tuple[int, int]
"""From when, and until when without that moment."""


class CountedBroadcast(NamedTuple):
    """A broadcast, as far as statistics need it."""

    id: BroadcastId
    tenant: TenantName
    room: RoomId
    host: UserId
    """Who opened it."""
    category: str
    """That in which it was opened."""
    opened: int
    closed: int | None
    likes: int

    def end(self, now: int) -> int:
        """Return until when it has lasted."""
        return max(self.opened, now if self.closed is None else self.closed)

    @property
    def is_over(self) -> bool:
        """Say whether it is over."""
        return self.closed is not None


class CountedStay(NamedTuple):
    """A stay, as far as statistics need it."""

    user: UserId
    role: Role
    entered: int
    left: int | None
    sat: bool
    """They had a seat."""


@dataclass(slots=True)
class Attendee:
    """A user in a broadcast."""

    role: Role
    sat: bool = False
    joins: list[int] = field(default_factory=list)
    """When each of their stays began."""
    spans: list[Span] = field(default_factory=list)
    """When they were there: in order, and apart from each other."""

    @property
    def watched(self) -> int:
        """Return how long they were there."""
        return sum(end - begin for begin, end in self.spans)


Attendees = Mapping[UserId, Attendee]


class Peak(NamedTuple):
    """The most people at a time, and when that was first so."""

    most: int
    at: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class BroadcastFigures:
    """What is counted of a broadcast."""

    viewers: int
    """Different users but its host."""
    peak: Peak
    """Of viewers."""
    entries: int
    """How often a viewer entered."""
    watched: int
    """How long all viewers were there together."""
    median: int
    """How long the one in the middle was there."""
    anchors: int
    audience: int
    """Viewers by the highest role that they had: anchors, and all others."""
    speakers: int
    """Viewers who had a seat."""


class RawAttendees:
    """Collects stays, in any order and in parts."""

    def __init__(self, broadcast: CountedBroadcast, now: int) -> None:
        self._end: Final = broadcast.end(now)
        self._found: Final[dict[UserId, Attendee]] = {}

    def add(self, stays: Iterable[CountedStay]) -> None:
        """Take stays in, each once."""
        found, last = self._found, self._end
        for user, role, entered, left, sat in stays:
            attendee = found.get(user)
            if attendee is None:
                attendee = found[user] = Attendee(role)
            elif _RANKS[role] > _RANKS[attendee.role]:
                attendee.role = role
            if sat:
                attendee.sat = True
            attendee.joins.append(entered)
            attendee.spans.append((entered, max(entered, last if left is None or left > last else left)))

    def all(self) -> Attendees:
        """Return everybody, with what their stays have in common counted once."""
        for attendee in self._found.values():
            if len(attendee.spans) > 1:
                attendee.spans = _merged(attendee.spans)
                attendee.joins.sort()
        return self._found


def attendees_of(broadcast: CountedBroadcast, stays: Iterable[CountedStay], now: int) -> Attendees:
    """Return who was in a broadcast."""
    found = RawAttendees(broadcast, now)
    found.add(stays)
    return found.all()


def figures_of(broadcast: CountedBroadcast, attendees: Attendees) -> BroadcastFigures:
    """Return what is counted of a broadcast."""
    viewers = [attendee for user, attendee in attendees.items() if user != broadcast.host]
    watched = sorted(viewer.watched for viewer in viewers)
    anchors = sum(viewer.role.is_host for viewer in viewers)
    return BroadcastFigures(
        viewers=len(viewers),
        peak=peak_of([span for viewer in viewers for span in viewer.spans]),
        entries=sum(len(viewer.joins) for viewer in viewers),
        watched=sum(watched),
        median=_median(watched),
        anchors=anchors,
        audience=len(viewers) - anchors,
        speakers=sum(viewer.sat for viewer in viewers),
    )


class Levels:
    """Counts how many spans there are at a time. One without length is there for a millisecond."""

    def __init__(self) -> None:
        self._changes: Final[dict[int, int]] = {}

    def add(self, begin: int, end: int) -> None:
        """Take a span in."""
        changes = self._changes
        changes[begin] = changes.get(begin, 0) + 1
        end = max(end, begin + 1)
        changes[end] = changes.get(end, 0) - 1

    def all(self) -> Iterator[tuple[int, int, int]]:
        """Yield from when until when there are how many, by time; nothing where there are none."""
        now = since = 0
        for time in sorted(self._changes):
            if now:
                yield since, time, now
            now += self._changes[time]
            since = time


def peak_of(spans: Iterable[Span]) -> Peak:
    """Return how many of the spans there are at most at a time."""
    levels = Levels()
    for begin, end in spans:
        levels.add(begin, end)
    peak = Peak(0, None)
    for begin, _, count in levels.all():
        if count > peak.most:
            peak = Peak(count, begin)
    return peak


def days_of(broadcast: CountedBroadcast, now: int) -> range:
    """Return the beginning of each day on which a broadcast ran."""
    return range(broadcast.opened // DAY * DAY, max(broadcast.end(now), broadcast.opened + 1), DAY)


def digests_of(broadcast: CountedBroadcast, attendees: Attendees, now: int) -> Mapping[int, int]:
    """Return of each day on which a broadcast ran, or a stay of its members lasted, what changes with what is counted.

    Days whose digest is as before need not be counted again.
    """
    facts: dict[int, list[str]] = {day: [] for day in days_of(broadcast, now)}
    for user, attendee in attendees.items():
        for begin, end in attendee.spans:
            for day in range(begin // DAY * DAY, max(end, begin + 1), DAY):
                clipped = f"{user} {max(begin, day)} {min(end, day + DAY)}"
                facts.setdefault(day, []).append(clipped)
        for day, joins in groupby(attendee.joins, lambda join: join // DAY * DAY):
            facts.setdefault(day, []).append(f"{user} {len(list(joins))}")
    head = f"{broadcast.host}\n{broadcast.category}\n"
    return {
        day: crc32(
            "\n".join(sorted(lines)).encode(),
            crc32(f"{head}{max(broadcast.opened, day)} {min(broadcast.end(now), day + DAY)}\n".encode()),
        )
        for day, lines in facts.items()
    }


def _merged(spans: list[Span]) -> list[Span]:
    spans.sort()
    merged = [spans[0]]
    for begin, end in spans[1:]:
        first, last = merged[-1]
        if begin > last:
            merged.append((begin, end))
        elif end > last:
            merged[-1] = (first, end)
    return merged


def _median(ordered: Sequence[int]) -> int:
    """Return the middle one, or what is between the two in the middle."""
    if not ordered:
        return 0
    middle = len(ordered) // 2
    return ordered[middle] if len(ordered) % 2 else (ordered[middle - 1] + ordered[middle]) // 2
