"""Caps: how many coins a user may give at once, in a day and in a month, and a lower cap of their own.

What was given counts in the wallet's own record, which is locked, read and written with each payment anyway. All coins
count, bought and promotional; a refund gives nothing back.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Final, NamedTuple

from liveroom.domain.protection.failures import CapReached

RAISED_AFTER: Final = timedelta(hours=24)
"""How long a user waits until a cap of their own is raised or taken away: nobody does it in the heat of the moment."""
_MONTH: Final = 100


class Caps(NamedTuple):
    """How many coins may be given; 0: any number."""

    gift: int = 0
    """At once."""
    day: int = 0
    month: int = 0

    def within(self, other: "Caps") -> "Caps":
        """Return the lower of each."""
        return Caps(*(min(ours or theirs, theirs or ours) for ours, theirs in zip(self, other, strict=True)))


NO_CAPS: Final = Caps()


class OwnCaps(NamedTuple):
    """The caps that a user has set for themselves."""

    caps: Caps = NO_CAPS
    later: Caps = NO_CAPS
    """What they are from ``since`` on."""
    since: datetime | None = None
    """None: nothing is to change."""

    def at(self, now: datetime) -> "OwnCaps":
        """Return them as they are now."""
        return self if self.since is None or now < self.since else OwnCaps(self.later)

    def asked(self, wanted: Caps, now: datetime) -> "OwnCaps":
        """Return them after the user has asked for others: lower ones count at once, higher ones later."""
        known = self.at(now)
        if known.since is not None and known.later == wanted:
            return known
        at_once = known.caps.within(wanted)
        return OwnCaps(at_once) if at_once == wanted else OwnCaps(at_once, wanted, now + RAISED_AFTER)


NONE_OWN: Final = OwnCaps()


class GivingLimits(NamedTuple):
    """What the operator lets a user give, and which day it is for the tenant."""

    caps: Caps
    today: date


@dataclass(frozen=True, slots=True)
class GivenSoFar:
    """What has been given out of a wallet, and what its user's own caps are."""

    day: int = 0
    """The last day on which something was given, as 20261130, in the tenant's time zone."""
    in_day: int = 0
    in_month: int = 0
    own: OwnCaps = NONE_OWN

    def on(self, today: date) -> "GivenSoFar":
        """Return it as it stands on a day. A day before the last one counts as that: zones may be changed."""
        day = number_of(today)
        if day <= self.day:
            return self
        is_same_month = day // _MONTH == self.day // _MONTH
        return replace(self, day=day, in_day=0, in_month=self.in_month if is_same_month else 0)

    def plus(self, coins: int, today: date) -> "GivenSoFar":
        """Return it after so many coins more were given."""
        known = self.on(today)
        return replace(known, in_day=known.in_day + coins, in_month=known.in_month + coins)

    def left(self, limits: GivingLimits, now: datetime) -> int | None:
        """Return how many coins may be given at once; None: any number."""
        gift, day, month = limits.caps.within(self.own.at(now).caps)
        known = self.on(limits.today)
        left = [most - given for most, given in ((gift, 0), (day, known.in_day), (month, known.in_month)) if most]
        return max(min(left), 0) if left else None

    def check(self, coins: int, limits: GivingLimits, now: datetime) -> None:
        """Raise ``CapReached`` where so many coins are more than may be given."""
        left = self.left(limits, now)
        if left is not None and coins > left:
            raise CapReached(left)


def number_of(day: date) -> int:
    """Return a day as one number, in whose order days follow each other."""
    return (day.year * _MONTH + day.month) * _MONTH + day.day


NOTHING_GIVEN: Final = GivenSoFar()
