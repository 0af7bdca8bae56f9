"""The SQL seams of follows and blocks: who follows whom, and how many; and who has blocked whom."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple, Protocol

from liveroom.domain.follows.blocks import Block
from liveroom.domain.follows.model import FollowCounts, Pair, Relation, Side
from liveroom.domain.ids import RoomId, UserId
from liveroom.domain.rooms.paging import UserMark


class Follow(NamedTuple):
    """A follow in a user's list."""

    user: UserId
    """The other one."""
    at: datetime
    mutual: bool

    @property
    def mark(self) -> UserMark:
        """Its place in the list."""
        return UserMark(self.at, self.user)


class FollowRows(Protocol):
    """Who follows whom.

    What is changed is locked before, always in the same order, so that two who follow each other at once wait and do
    not fail; those who follow one user at once share ``SLOTS`` rows of counts.
    """

    async def lock(self, user: UserId, others: Collection[UserId], *, theirs: bool = False) -> Collection[Pair]:
        """Return which follows there are between a user and others, either way, and keep them so until the
        transaction ends; also how many the user follows. ``theirs``: and how many each of the others follows.
        """

    async def add(self, pair: Pair, at: datetime, found: Collection[Pair]) -> None:
        """Add a follow that is not among those ``found`` by the lock, and count it."""

    async def remove(self, pairs: Collection[Pair], found: Collection[Pair]) -> None:
        """Remove follows that are among those found by the lock, which was ``theirs`` unless all are the user's."""

    async def following(self, user: UserId) -> int:
        """Return how many a user follows."""

    async def counts(self, users: Collection[UserId]) -> Mapping[UserId, FollowCounts]:
        """Return the counts of those of the users that have any."""

    async def since_then(self, user: UserId, since: datetime) -> int:
        """Return how many follow a user who have not done so before that time."""

    async def relations(self, user: UserId, others: Collection[UserId]) -> Mapping[UserId, Relation]:
        """Return what each of the others is to the user; those who are nothing to them are left out."""

    async def since(self, pair: Pair) -> datetime | None:
        """Return since when there is a follow; None: there is none."""

    async def has_fans(self, user: UserId) -> bool:
        """Say whether anybody follows a user."""

    async def fans(self, user: UserId, behind: UserMark, until: datetime, limit: int) -> Sequence[Follow]:
        """Return who follows a user, those first who have followed longest: behind a mark, and since no later time."""

    async def live_rooms(self, user: UserId, limit: int) -> Sequence[RoomId]:
        """Return live rooms of those whom a user follows, those of who was followed last first."""

    async def page(self, user: UserId, side: Side, before: UserMark | None, limit: int) -> Sequence[Follow]:
        """Return a user's follows, the newest first: those before a mark (None: from the newest on)."""


class BlockRows(Protocol):
    """Who has blocked whom. Those of two users are changed while the follows between them are locked."""

    async def add(self, blocker: UserId, blocked: UserId, at: datetime) -> None:
        """Add a block, unless it is there."""

    async def remove(self, blocker: UserId, blocked: UserId) -> None: ...
    async def among(self, user: UserId, others: Collection[UserId]) -> Collection[UserId]:
        """Return whom of the others the user has blocked."""

    async def blockers_among(self, user: UserId, others: Collection[UserId]) -> Collection[UserId]:
        """Return who of the others has blocked the user."""

    async def blockers(self, user: UserId, limit: int) -> Sequence[UserId]:
        """Return who has blocked the user, in the order of their ids."""

    async def count(self, user: UserId) -> int:
        """Return how many a user has blocked."""

    async def page(self, user: UserId, before: UserMark | None, limit: int) -> Sequence[Block]:
        """Return whom a user has blocked, the newest first: those before a mark (None: from the newest on)."""
