"""What a deliberate defect is: a mistake that an engineer makes, and the tests that have to notice it."""

from pathlib import Path
from typing import Final, NamedTuple

ROOT: Final = Path(__file__).parents[2]


class Defect(NamedTuple):
    """One change of one file that must not go unnoticed."""

    name: str
    """By which it is run alone."""
    file: str
    """Below the root of the repository."""
    old: str
    """Stands in the file exactly once."""
    new: str
    breaks: str
    """What no longer works, and for whom."""
    tests: str
    """Arguments of pytest, or a test file of the client (``clients/js/tests/…``), for Vitest."""

    def apply(self, text: str) -> str:
        """Return the text of the file with the defect. Raises ``ValueError`` where it is not clear where it goes."""
        found = text.count(self.old)
        if found != 1:
            raise ValueError(f"{self.name}: {self.file} has the old text {found} times")
        return text.replace(self.old, self.new)
