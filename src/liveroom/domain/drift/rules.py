"""What follows from a look: what differs still, what is repaired now, and when nothing is.

Nothing follows from a list that failed or is not whole. What may have been under way is found once: only what is found
again some seconds later is repaired. Where much differs at once it is more likely that the list is wrong, or the
settings: then nothing is repaired before an operator says so.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from liveroom.domain.drift.model import Drift, DriftSource, KnownDrift

APART: Final = timedelta(seconds=5)
"""Between two looks that count as two."""
HELD_FROM: Final = 50
"""So many differences at least are too much, if they are also more than a fifth of all items."""
_PARTS: Final = 5
KEPT: Final = 5000
"""Differences of a source that are kept; more come round when those are repaired."""
ALLOWED: Final = timedelta(minutes=15)
"""How long an operator's word holds that allows repairs."""


class JudgedLook(NamedTuple):
    """What follows from a look."""

    known: Sequence[KnownDrift]
    """What differs, as it is kept."""
    gone: Sequence[str]
    """Ids of what differs no more."""
    repairs: Sequence[KnownDrift]
    """Those of the known that are to be repaired now."""
    is_held: bool
    """Too much differs."""


EVERY: Final[Mapping[DriftSource, timedelta]] = {
    DriftSource.LIVE: timedelta(minutes=5),
    DriftSource.TRTC: timedelta(seconds=60),
}
"""From one look to the next: the live store has no callbacks that are lost, and TRTC's lists are late."""
_EVERY: Final = timedelta(seconds=30)
"""The same of other sources."""
_LATE: Final = frozenset({DriftSource.TRTC, DriftSource.STREAMS})
"""Sources whose lists may be some seconds old, so that two of them are further apart."""
_FOR_EACH: Final = timedelta(milliseconds=4)
"""Added for each item, so that 10,000 people in 1,000 rooms of LiveKit take less than 3 % of a processor."""
_FOR_EACH_STREAM: Final = timedelta(milliseconds=1)
"""The same of streams, which are compared row by row: 10,000 of them in less than a minute."""
SOON: Final = timedelta(seconds=10)
"""How soon it is looked again at what was found once."""
LONGEST_WAIT: Final = timedelta(minutes=10)
"""Between two looks at a source that fails again and again."""


def is_too_much(differing: int, items: int) -> bool:
    """Say whether so many of so many items may not be repaired without asking."""
    return differing >= HELD_FROM and differing * _PARTS > items


def judged(
    before: Mapping[str, KnownDrift], found: Iterable[Drift], items: int, now: datetime, *, is_allowed: bool
) -> JudgedLook:
    """Return what follows from a look at a whole list. ``before``: what was known, by its id."""
    fresh = {drift.id: drift for drift in found}
    differing = sum(drift.facts.counts for drift in fresh.values())
    kept = sorted(fresh, key=lambda id: (id not in before, id))[:KEPT]
    known = [_seen(before.get(id), fresh[id], now) for id in kept]
    is_held = is_too_much(differing, items) and not is_allowed
    repairs = [] if is_held else [one for one in known if _is_due(before.get(one.drift.id), one, is_allowed=is_allowed)]
    return JudgedLook(known, sorted(set(before) - set(kept)), repairs, is_held)


def _seen(before: KnownDrift | None, drift: Drift, now: datetime) -> KnownDrift:
    if before is None:
        return KnownDrift(drift, since=now, looked=now)
    if now - before.looked < APART:
        return before._replace(drift=drift)
    return before._replace(drift=drift, looked=now, looks=before.looks + 1)


def _is_due(before: KnownDrift | None, one: KnownDrift, *, is_allowed: bool) -> bool:
    """Say whether it is repaired now: when it has been found often enough, and then more and more seldom."""
    facts = one.drift.facts
    if not facts.is_repaired or one.looks < facts.looks:
        return False
    if before is not None and before.looks == one.looks:
        return False
    past = one.looks - facts.looks
    return is_allowed or one.tries == 0 or past & (past - 1) == 0


def next_look(source: DriftSource, known: Iterable[KnownDrift], items: int) -> timedelta:
    """Return how long after a look the next one is: sooner where something waits to be found once more, later where
    much is compared, so that a processor has the same share of it.
    """
    waits = any(one.looks < one.drift.facts.looks and one.drift.facts.is_repaired for one in known)
    first = SOON if waits and source not in _LATE else EVERY.get(source, _EVERY)
    return first + items * (_FOR_EACH_STREAM if source is DriftSource.STREAMS else _FOR_EACH)


def next_try(source: DriftSource, failures: int) -> timedelta:
    """Return how long after a look that failed the next one is."""
    doubled: int = 2 ** min(max(failures - 1, 0), 10)
    return min(EVERY.get(source, _EVERY) * doubled, LONGEST_WAIT)
