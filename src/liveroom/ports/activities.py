"""The SQL seams of activities, and the seam to what rooms are told of what is counted in them.

What of an activity its room shows is in the room's own row (``RoomRows``).
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple, Protocol

from liveroom.domain.activities.model import Activity, Ballot
from liveroom.domain.activities.question_state import AnsweredQuestion
from liveroom.domain.ids import BroadcastId, RoomId, TenantName, UserId


class CastBallot(NamedTuple):
    """A ballot, and whose it is."""

    activity: str
    user: UserId
    ballot: Ballot
    at: datetime


class UserPoints(NamedTuple):
    """What somebody has got for choosing right."""

    user: UserId
    points: int
    right: int
    """How often."""


class HeldActivities(NamedTuple):
    """What there was in a broadcast."""

    activities: int = 0
    votes: int = 0
    """In all of them together; what goals count is none."""


class ActivityRows(Protocol):
    """Activities. Whoever changes one holds the lock of its row; whoever changes its room's too, took that first."""

    async def add(self, activity: Activity) -> None: ...
    async def get(self, id: str) -> Activity | None: ...
    async def lock(self, id: str) -> Activity | None:
        """Return an activity, and keep others from it until the transaction ends."""

    async def lock_all(self, ids: Collection[str]) -> Mapping[str, Activity]:
        """Return activities likewise, locked in the order of their ids."""

    async def some(self, ids: Collection[str]) -> Mapping[str, Activity]: ...
    async def put(self, activity: Activity) -> None: ...
    async def raise_votes(self, votes: Mapping[str, int]) -> None:
        """Note that activities which run have so many votes, unless they have more; nothing has to be locked."""

    async def close(self, ids: Collection[str], now: datetime) -> None:
        """Have activities that run ended now, because their broadcast is over."""

    async def due(self, now: datetime, limit: int) -> Sequence[Activity]:
        """Return activities about which something is to be done, of all tenants, those due first first."""

    async def voted(self, after: str, limit: int) -> Sequence[Activity]:
        """Return activities that run and have ballots, of all tenants, in the order of their ids."""

    async def running(self, types: Collection[str], after: str, limit: int) -> Sequence[Activity]:
        """Return activities of these types that run, of all tenants, in the order of their ids."""

    async def past(self, tenant: TenantName, room: RoomId, before: str, limit: int) -> Sequence[Activity]:
        """Return a room's activities that are over, the newest first."""

    async def of_room(self, tenant: TenantName, room: RoomId, before: str, limit: int) -> Sequence[Activity]:
        """Return a room's activities, those that run and those that are over, the newest first."""

    async def held(self, broadcasts: Collection[BroadcastId]) -> Mapping[BroadcastId, HeldActivities]:
        """Return what there was in broadcasts, also in live ones; without those in which there was nothing."""


class BallotRows(Protocol):
    """Ballots: one of each user for each subject of an activity."""

    async def known(self, activity: str, users: Collection[UserId]) -> Mapping[tuple[UserId, str], Ballot]:
        """Return the ballots that users have cast, by user and subject."""

    async def add(self, ballots: Sequence[CastBallot]) -> None:
        """Add ballots of which none is known; whoever does holds the lock of their activities."""

    async def take_back(self, activity: str, keys: Collection[tuple[UserId, str]]) -> None:
        """Remove ballots by their users and subjects; whoever does holds the lock of their activity."""

    async def page(self, activity: str, after: UserId, limit: int) -> Sequence[CastBallot]:
        """Return ballots of an activity in the order of their users."""

    async def drop(self, activity: str, limit: int) -> int:
        """Drop so many ballots of an activity at most; return how many."""

    async def points(self, broadcast: BroadcastId, limit: int) -> Sequence[UserPoints]:
        """Return who has most points by the activities of a broadcast."""


class QuestionRows(Protocol):
    """Questions that were answered. Whoever adds or removes one holds the lock of its activity."""

    async def add(self, question: AnsweredQuestion) -> None: ...
    async def get(self, activity: str, question: str) -> AnsweredQuestion | None: ...
    async def page(self, activity: str, before: int, limit: int) -> Sequence[AnsweredQuestion]:
        """Return those of an activity, the one first that was answered last. ``before``: of lower places; 0: of all."""

    async def remove(self, activity: str, question: str) -> None: ...


class LiveActivities(Protocol):
    """Tells rooms what is counted. Raises ``LiveUnavailable``."""

    async def tell(self, room: RoomId, tenant: TenantName, activity: str, votes: int, data: bytes) -> None:
        """Keep what is counted in an activity that runs in the room (``ActivityTally`` as JSON), and publish it as
        ``activity.tally`` at the room's pace. Of fewer votes than what is kept, it changes nothing.
        """
