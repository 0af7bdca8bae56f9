"""What became of each row of the original: how it is recognised again, and what a run reports of it."""

import json
from collections import Counter
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Final


def digest(*fields: object) -> str:
    """Return what changes when one of the fields does. Never of a secret: it could be guessed at."""
    text = json.dumps(fields, ensure_ascii=False, default=str, separators=(",", ":"))
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:40]


SHOWN: Final = 20
"""Sentences of one kind that are kept; the others are counted."""


@dataclass(slots=True)
class Tally:
    """What became of the rows of one kind."""

    imported: int = 0
    changed: int = 0
    unchanged: int = 0
    kept: int = 0
    """Changed in the original and here: what is here stands."""
    left_out: int = 0
    notes: Counter[str] = field(default_factory=Counter)
    """What is worth knowing, counted by what it is."""
    examples: dict[str, list[str]] = field(default_factory=dict)
    """Some of each, in words."""

    def leave_out(self, why: str, example: str) -> None:
        """Count a row that is not imported."""
        self.left_out += 1
        self.note(why, example)

    def note(self, what: str, example: str = "") -> None:
        """Count something worth knowing, and keep the example if there are not enough of its kind."""
        self.notes[what] += 1
        examples = self.examples.setdefault(what, [])
        if example and len(examples) < SHOWN:
            examples.append(example)

    def add(self, other: "Tally") -> None:
        """Add what became of another batch."""
        self.imported += other.imported
        self.changed += other.changed
        self.unchanged += other.unchanged
        self.kept += other.kept
        self.left_out += other.left_out
        self.notes.update(other.notes)
        for what, examples in other.examples.items():
            mine = self.examples.setdefault(what, [])
            mine += examples[: SHOWN - len(mine)]

    @property
    def seen(self) -> int:
        """Return how many rows were looked at."""
        return self.imported + self.changed + self.unchanged + self.kept + self.left_out


@dataclass(slots=True)
class ImportReport:
    """What an import did, by kind."""

    users: Tally = field(default_factory=Tally)
    logins: Tally = field(default_factory=Tally)
    rooms: Tally = field(default_factory=Tally)
