"""What is asked of several limits at once."""

from typing import NamedTuple


class Use(NamedTuple):
    """Uses of a limit's key, as ``Live.hit`` counts them."""

    key: str
    limit: int
    times: int = 1
