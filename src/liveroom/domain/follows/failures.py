"""Ways in which what is for followers only fails."""

from typing import Self

from liveroom.domain.errors import Refused
from liveroom.domain.ids import UserId


class FollowersOnly(Refused):
    """Of the audience only followers of the owner write in this room, and the user is none."""

    owner: UserId = UserId("")
    """Whom to follow."""

    def of(self, owner: UserId) -> Self:
        """Return the failure with whom to follow."""
        self.owner = owner
        return self


class SeatsForFollowers(FollowersOnly):
    """Of the audience only followers of the owner come to a seat in this room, and the user is none."""
