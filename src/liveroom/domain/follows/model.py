"""Who follows whom: the relation of two users, and how many each has."""

from enum import StrEnum
from typing import Final, NamedTuple
from zlib import crc32

from liveroom.domain.ids import UserId

RELATIONS_MAX: Final = 100
"""Users whose relation is asked for at once."""
COUNTED_MAX: Final = 20
"""Users whose counts are asked for at once."""
SLOTS: Final = 16
"""Rows over which a user's followers are counted, so that those who follow one host at once seldom wait for each
other."""


class Relation(StrEnum):
    """What somebody is to the user who asks."""

    NONE = "none"
    FOLLOWER = "follower"
    """They follow the user."""
    FOLLOWING = "following"
    """The user follows them."""
    MUTUAL = "mutual"


class Side(StrEnum):
    """Which of a user's follows are listed."""

    FOLLOWERS = "followers"
    FOLLOWING = "following"
    MUTUAL = "mutual"


class Pair(NamedTuple):
    """Somebody who follows, and whom."""

    follower: UserId
    followed: UserId

    @property
    def back(self) -> "Pair":
        """The other way round."""
        return Pair(self.followed, self.follower)


class FollowCounts(NamedTuple):
    """How many follow a user, how many they follow, and how many are both."""

    followers: int = 0
    following: int = 0
    mutual: int = 0


def relation_of(*, following: bool, followed: bool) -> Relation:
    """Return what somebody is to a user who follows them, or is followed by them."""
    if following:
        return Relation.MUTUAL if followed else Relation.FOLLOWING
    return Relation.FOLLOWER if followed else Relation.NONE


def slot_of(other: UserId) -> int:
    """Return in which row of a user's counts a follow by this other user is counted: 1 to ``SLOTS``."""
    return 1 + crc32(other.encode()) % SLOTS
