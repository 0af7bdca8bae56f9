"""Two persons for what is above the limit, as plain rules say it."""

from copy import copy
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

ACTS: Final = 120
PURCHASES: Final = 150
"""How much may be done in a day without asking."""
DAY: Final = timedelta(days=1)
WEEK: Final = timedelta(days=7)


@dataclass
class PlainApproval:
    """What somebody has asked for, or done."""

    said: tuple[object, ...]
    amount: int
    target: int | str
    by: str
    at: datetime
    is_purchase: bool
    state: str = "asked"
    decided: datetime | None = None

    def covers(self, now: datetime) -> bool:
        return self.state == "approved" and self.decided is not None and now < self.decided + WEEK

    def is_open(self, now: datetime) -> bool:
        return self.state == "asked" and now < self.at + WEEK


@dataclass
class PlainApprovals:
    """All of them, by kind and key."""

    known: dict[str, PlainApproval] = field(default_factory=dict)
    _taken: tuple[str, PlainApproval] | None = None

    def take(
        self,
        full: str,
        is_purchase: bool,
        said: tuple[object, ...],
        amount: int,
        target: int | str,
        by: str,
        now: datetime,
    ) -> str:
        """Return why something may not be done, "" where it may: then ``done`` notes it, once it is."""
        known = self.known.get(full)
        asked = known or PlainApproval(said, amount, target, by, now, is_purchase)
        if asked.said != said:
            return "KeyReused"
        if not asked.covers(now):
            if known is not None and not known.is_open(now):
                return "ApprovalRefused"
            if self._is_above(asked, now):
                self.known[full] = asked
                return "ApprovalRequired"
        self._taken = full, asked
        return ""

    def done(self, now: datetime) -> None:
        """Note that what was taken last is done."""
        assert self._taken is not None
        full, asked = self._taken
        after = copy(asked)
        after.state, after.at = "done", now
        self.known[full] = after

    def decide(self, full: str, by: str, now: datetime, *, approve: bool) -> str:
        """Let somebody decide."""
        asked = self.known[full]
        if not asked.is_open(now):
            return "ApprovalNotFound"
        if asked.by == by:
            return "OwnApproval"
        asked.state, asked.decided = "approved" if approve else "refused", now
        return "done"

    def _is_above(self, asked: PlainApproval, now: datetime) -> bool:
        counted = [
            one
            for one in self.known.values()
            if one.state == "done"
            and one.decided is None
            and one.at > now - DAY
            and one.is_purchase is asked.is_purchase
        ]
        done = sum(one.amount for one in counted if one.target == asked.target)
        if not asked.is_purchase:
            done = max(done, sum(one.amount for one in counted if one.by == asked.by))
        return done + asked.amount > (PURCHASES if asked.is_purchase else ACTS)
