"""How hot a room is: what people did there lately, each thing worth half after every half-life.

A room's heat at a moment is the sum of the weights of what happened, each halved once for every half-life since. What
is kept is one number: the time at which the heat is down to one, ``cools``. It does not change while nothing happens,
so rooms are ordered by it without counting anew: the room that cools later is the hotter one at every moment.

``heat(t) = 2^((cools - t) / half_life)``, and what happens at ``t`` with a weight of ``w`` makes it
``cools = t + half_life * log2(heat(t) + w)``. ``lua/modules/heat.lua`` has the same, and a test compares the two.
"""

from datetime import timedelta
from math import floor, log
from typing import Final, NamedTuple

from liveroom.domain.moments import milliseconds

COLD: Final = 0.0
"""``cools`` of a room in which nothing has happened."""
SHOWN: Final = timedelta(seconds=2)
"""How long messages are gathered before they bring a room to where it belongs in the lists."""
_LEAST: Final = -1000.0
"""Halvings after which nothing is left of a heat."""


class HeatRule(NamedTuple):
    """What is worth how much, and for how long: the operator's choice."""

    half_life: timedelta = timedelta(minutes=10)
    enter: float = 1.0
    """Somebody enters who has not been in the broadcast."""
    message: float = 0.5
    like: float = 0.02

    @property
    def span(self) -> int:
        """The half-life in milliseconds."""
        return milliseconds(self.half_life)


DEFAULT_HEAT: Final = HeatRule()


def warmed(cools: float, now: int, weight: float, span: int) -> float:
    """Return until when a room cools after something has happened; ``span``: the half-life, times in milliseconds."""
    if weight <= 0:
        return cools
    has, new = max((cools - now) / span, _LEAST), log(weight) / log(2)
    most = max(has, new)
    return kept(now + span * (most + log(2 ** (has - most) + 2 ** (new - most)) / log(2)))


def kept(cools: float) -> float:
    """Return the number as it is kept: in thousandths of a millisecond."""
    return floor(cools * 1000 + 0.5) / 1000


def heat_at(cools: float, now: int, span: int) -> float:
    """Return a room's heat at a time."""
    halvings = (cools - now) / span
    return 2 ** min(halvings, -_LEAST) if halvings > _LEAST else 0.0
