"""What becomes of each column of a deleted user's rows, read from the decision that says so."""

import re
from pathlib import Path
from typing import Final, NamedTuple

DECISION: Final = Path(__file__).parents[4] / "docs" / "decisions" / "0029-deleted-users.md"
_NAMED: Final = re.compile(r"`(\w+)`")


class ErasurePolicy(NamedTuple):
    """The text columns of a table, by what becomes of them."""

    emptied: frozenset[str]
    pseudonym: frozenset[str]
    kept: frozenset[str]


def policies() -> dict[str, ErasurePolicy]:
    """Return what is declared of each table."""
    lines = [line.split("|") for line in DECISION.read_text("utf-8").splitlines() if line.startswith("| `")]
    found = {}
    for _, table, emptied, pseudonym, kept, *_ in lines:
        (name,) = _NAMED.findall(table)
        found[f"lr_{name}"] = ErasurePolicy(*(frozenset(_NAMED.findall(cell)) for cell in (emptied, pseudonym, kept)))
    return found
