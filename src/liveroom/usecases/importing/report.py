"""What an import did, in figures and, where somebody has to look, in sentences."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Final

SHOWN: Final = 20
"""Sentences of one kind that are kept; the others are counted."""


@dataclass(slots=True)
class Tally:
    """What became of the rows of one kind."""

    taken: int = 0
    changed: int = 0
    unchanged: int = 0
    kept: int = 0
    """Changed in the original and here: what is here stands."""
    left_out: int = 0
    notes: Counter[str] = field(default_factory=Counter)
    """What is worth knowing, counted by what it is."""
    cases: dict[str, list[str]] = field(default_factory=dict)
    """Some of each, in words."""

    def leave_out(self, why: str, case: str) -> None:
        """Count a row that is not taken."""
        self.left_out += 1
        self.note(why, case)

    def note(self, what: str, case: str = "") -> None:
        """Count something worth knowing, and keep the case if there are not enough of its kind."""
        self.notes[what] += 1
        cases = self.cases.setdefault(what, [])
        if case and len(cases) < SHOWN:
            cases.append(case)

    def add(self, other: "Tally") -> None:
        """Add what became of another batch."""
        self.taken += other.taken
        self.changed += other.changed
        self.unchanged += other.unchanged
        self.kept += other.kept
        self.left_out += other.left_out
        self.notes.update(other.notes)
        for what, cases in other.cases.items():
            mine = self.cases.setdefault(what, [])
            mine += cases[: SHOWN - len(mine)]

    @property
    def seen(self) -> int:
        """Return how many rows were looked at."""
        return self.taken + self.changed + self.unchanged + self.kept + self.left_out


@dataclass(slots=True)
class Report:
    """What an import did, by kind."""

    users: Tally = field(default_factory=Tally)
    logins: Tally = field(default_factory=Tally)
    rooms: Tally = field(default_factory=Tally)
