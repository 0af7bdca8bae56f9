"""Blocks between users: whoever is blocked does not reach the one who has blocked them."""

from collections.abc import Collection
from datetime import datetime
from typing import Final, NamedTuple

from liveroom.domain.ids import UserId

BLOCKS_MAX: Final = 1000
"""How many users one user blocks at most."""
KEPT_BLOCKERS: Final = 1000
"""By how many a user may be blocked until the live store leaves it to the database who they are."""
MANY: Final = UserId("*")
"""Stands for more than so many."""


class Block(NamedTuple):
    """A block in the list of whoever has made it."""

    user: UserId
    """Who is blocked."""
    at: datetime


def kept_blockers(blockers: Collection[UserId]) -> tuple[UserId, ...]:
    """Return what a user's record has of those who have blocked them."""
    return tuple(sorted(blockers)) if len(blockers) <= KEPT_BLOCKERS else (MANY,)
