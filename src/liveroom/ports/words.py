"""The seam of the operator's word list."""

from typing import Protocol


class WordFilter(Protocol):
    """Knows which words are not allowed."""

    def cleared(self, text: str) -> str:
        """Return the text as it may be shown, with stars for masked words. Raises ``ContentRefused``."""

    async def refresh(self) -> None:
        """Take up a list that has changed."""
