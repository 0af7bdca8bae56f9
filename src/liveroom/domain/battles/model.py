"""Battles: connected rooms compete for some minutes, by the gifts that are sent in each of them.

Each of the rooms has the whole battle in its own row, as it has its connection; all these rows are written in one
transaction. What is counted while the battle runs is not among it: scores are written there once, with the result.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, NamedTuple

from liveroom.domain.battles.rule import LIKES_MAX, BattleRule
from liveroom.domain.errors import BadRequest
from liveroom.domain.ids import BroadcastId, RoomId, TenantName, UserId

DURATION_MIN: Final = timedelta(seconds=30)
DURATION_MAX: Final = timedelta(hours=1)
SIDES_MAX: Final = 9
WAIT_MAX: Final = timedelta(seconds=30)
"""The longest time that an invitation waits for its answers, and a room for an opponent."""
SETTLES_AFTER: Final = timedelta(seconds=2)
"""How long after its time a battle waits for gifts that were sent before, and are being paid for."""
DRAW: Final = 0


class BattleState(StrEnum):
    """How far a battle is."""

    INVITED = "invited"
    """It waits for answers: no room is in it yet."""
    RUNNING = "running"
    RESULT = "result"
    """It is decided, and its rooms show that."""
    OVER = "over"


class LeftWhy(StrEnum):
    """Why a room is in its battle no longer."""

    GAVE_UP = "gaveUp"
    DISCONNECTED = "disconnected"
    """It has left the connection."""
    CLOSED = "closed"
    """Its broadcast is over."""


class EndReason(StrEnum):
    """Why a battle is over."""

    TIME_OVER = "timeOver"
    ALONE = "alone"
    """All other sides have left."""
    ENDED = "ended"
    """The operator has ended it."""


class InviteAnswer(StrEnum):
    """What a room says to an invitation, and how one is closed without an answer."""

    ACCEPTED = "accepted"
    REFUSED = "refused"
    CANCELLED = "cancelled"
    EXPIRED = "expired"


class InviteOutcome(StrEnum):
    """What becomes of an invitation to one room."""

    INVITED = "invited"
    MISSING = "roomNotExists"
    """It is not live, its host is away, or it is not there for whoever invites."""
    BATTLING = "battling"
    ELSEWHERE = "connectingOtherRoom"
    FULL = "connectionFull"
    LIMITED = "limitReached"
    """Its owner has had as many battles as they may."""


class BattleRoom(NamedTuple):
    """One of the rooms, with its owner as they were when it began or was handed over."""

    room: RoomId
    owner: UserId
    name: str
    avatar: str
    side: int
    """1 to 9."""
    score: int = 0
    """Final in a battle that is decided; 0 before."""
    likes: int = 0
    left: LeftWhy | None = None


class RoomBattle(NamedTuple):
    """A battle as the rows of its rooms have it: it runs, or shows its result."""

    id: str
    version: int
    """Grows with each change."""
    state: BattleState
    begins: datetime
    ends: datetime
    closes: datetime | None
    """Until when its result is shown; None while it runs."""
    rooms: tuple[BattleRoom, ...]
    winner: int = DRAW
    """The side that has won."""
    reason: EndReason | None = None
    """None while it runs."""
    likes_max: int = LIKES_MAX
    """How many likes of one user count."""

    @property
    def ids(self) -> tuple[RoomId, ...]:
        """Return the ids of all its rooms, also of those that have left."""
        return tuple(one.room for one in self.rooms)

    @property
    def inside(self) -> frozenset[RoomId]:
        """Return the rooms that have not left."""
        return frozenset(one.room for one in self.rooms if one.left is None)

    @property
    def is_running(self) -> bool:
        """Say whether it is not decided yet."""
        return self.state is BattleState.RUNNING

    def counts_at(self, now: datetime) -> bool:
        """Say whether a gift that is sent now may count."""
        return self.is_running and now < self.ends


class InvitedRoom(NamedTuple):
    """A room that a battle is to have."""

    room: RoomId
    broadcast: BroadcastId
    owner: UserId
    side: int
    has_accepted: bool


@dataclass(frozen=True, slots=True)
class Battle:
    """A battle as its own row has it, without its rooms."""

    id: str
    tenant: TenantName
    state: BattleState
    room: RoomId
    """Which has invited the others, or begins it."""
    by: UserId
    """Who has made it; "" once it has begun."""
    duration: timedelta
    shown: timedelta
    """How long its result is shown."""
    rule: BattleRule
    created: datetime
    due: datetime | None
    """When something is to be done: its invitation is over, it is to be decided, its result is shown no longer."""
    begins: datetime | None = None
    ends: datetime | None = None
    winner: int = DRAW
    reason: EndReason | None = None


class PastRoom(NamedTuple):
    """A room of a battle, as its history has it."""

    room: RoomId
    owner: UserId
    side: int
    score: int
    likes: int
    left: LeftWhy | None


class PastBattle(NamedTuple):
    """A battle that has begun, with its rooms."""

    battle: Battle
    rooms: tuple[PastRoom, ...]


class BattleScores(NamedTuple):
    """What is counted in a battle."""

    version: int
    """How many gifts and refunds are counted: of two counts the one of more is the newer one."""
    scores: Mapping[RoomId, int]


class WaitingRoom(NamedTuple):
    """A room that waits for an opponent."""

    room: RoomId
    tenant: TenantName
    category: str
    owner: UserId
    by: UserId
    broadcast: BroadcastId
    created: datetime
    expires: datetime

    def is_open(self, now: datetime) -> bool:
        """Say whether it still waits."""
        return now < self.expires


def read_sides(rooms: Sequence[RoomId], sides: Sequence[int]) -> Sequence[int]:
    """Return the side of each other room: as given, or each one its own. Raises ``BadRequest``."""
    if not sides:
        return range(2, len(rooms) + 2)
    if len(sides) != len(rooms):
        raise BadRequest("sides: one number for each of roomIds")
    if all(side == 1 for side in sides):
        raise BadRequest("sides: at least one room has to be on another side than 1, the caller's")
    return sides


def left(battle: RoomBattle, leaving: Collection[RoomId], why: LeftWhy) -> RoomBattle:
    """Return a running battle after these rooms have left it."""
    rooms = tuple(one._replace(left=why) if one.room in leaving and one.left is None else one for one in battle.rooms)
    return battle._replace(version=battle.version + 1, rooms=rooms)


def sides_inside(battle: RoomBattle) -> Sequence[int]:
    """Return the sides of which a room is left."""
    return sorted({one.side for one in battle.rooms if one.left is None})


def scores_of_sides(rooms: Collection[BattleRoom]) -> Mapping[int, int]:
    """Return what the rooms of each side have together; what a room had when it left counts."""
    found = defaultdict[int, int](int)
    for one in rooms:
        found[one.side] += one.score
    return found


def winner_of(battle: RoomBattle) -> int:
    """Return which side wins by its rooms' scores: of those that are left the highest, ``DRAW`` if two have it.

    If all have left at once, as when the operator ends their connection, all sides count.
    """
    inside = sides_inside(battle) or sorted({one.side for one in battle.rooms})
    if len(inside) == 1:
        return inside[0]
    scores = scores_of_sides(battle.rooms)
    best = max((scores[side] for side in inside), default=0)
    first = [side for side in inside if scores[side] == best]
    return first[0] if len(first) == 1 else DRAW


def decided(
    battle: RoomBattle,
    scores: Mapping[RoomId, int],
    likes: Mapping[RoomId, int],
    reason: EndReason,
    now: datetime,
    shown: timedelta,
) -> RoomBattle:
    """Return a battle with its result."""
    rooms = tuple(one._replace(score=scores.get(one.room, 0), likes=likes.get(one.room, 0)) for one in battle.rooms)
    scored = battle._replace(rooms=rooms)
    return scored._replace(
        version=battle.version + 1,
        state=BattleState.RESULT,
        closes=now + shown,
        winner=winner_of(scored),
        reason=reason,
    )


def handed(battle: RoomBattle, room: RoomId, owner: UserId, name: str, avatar: str) -> RoomBattle:
    """Return the battle after one of its rooms was given to another owner."""
    rooms = tuple(
        one._replace(owner=owner, name=name, avatar=avatar) if one.room == room else one for one in battle.rooms
    )
    return battle._replace(version=battle.version + 1, rooms=rooms)
