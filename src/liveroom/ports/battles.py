"""The SQL seams of battles. While one runs or shows its result, the rows of its rooms have it too (``RoomRows``)."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from liveroom.domain.battles.counting import BattleKey, BattleResult, CountedGift, CountingBattle
from liveroom.domain.battles.model import (
    Battle,
    BattleScores,
    InvitedRoom,
    LeftWhy,
    PastBattle,
    WaitingRoom,
)
from liveroom.domain.ids import RoomId, TenantName, UserId


class BattleRows(Protocol):
    """Battles and their rooms. Whoever changes one holds the locks of its rooms' rows, then of its own (``lock``)."""

    async def add(self, battle: Battle, rooms: Sequence[InvitedRoom]) -> None: ...
    async def get(self, id: str) -> Battle | None: ...
    async def lock(self, id: str) -> Battle | None: ...
    async def put(self, battle: Battle) -> None: ...
    async def drop(self, id: str) -> None:
        """Drop an invitation."""

    async def rooms_of(self, id: str) -> Sequence[InvitedRoom]:
        """Return the rooms that a battle has or is to have, the inviting one first."""

    async def accept(self, id: str, room: RoomId) -> None: ...
    async def withdraw(self, id: str, rooms: Collection[RoomId]) -> None:
        """Take rooms out of an invitation."""

    async def begin(self, id: str, began: datetime) -> None:
        """Note for all rooms that a battle has begun."""

    async def leave(self, id: str, rooms: Collection[RoomId], why: LeftWhy) -> None: ...
    async def decide(self, id: str, results: Sequence[BattleResult]) -> None: ...
    async def due(self, now: datetime, limit: int) -> Sequence[str]:
        """Return the ids of battles of which something is to be done, what was due first first."""

    async def running(self, after: str, limit: int) -> Sequence[str]:
        """Return the ids of battles that run, in their order."""

    async def invitations_of(self, room: RoomId, now: datetime) -> Sequence[Battle]:
        """Return invitations of a room and to it that may be open, in the order of their ids."""

    async def began(self, tenant: TenantName, owner: UserId, since: datetime) -> Sequence[datetime]:
        """Return when battles of rooms that somebody owned began, those since then."""

    async def past(
        self, tenant: TenantName, room: RoomId | None, owner: UserId | None, before: str, limit: int
    ) -> Sequence[PastBattle]:
        """Return battles that have begun, the newest first: a room's, an owner's, or all of the tenant's.

        ``before``: "" for the newest.
        """


class BattleScoreRows(Protocol):
    """What is counted in battles: rows are only added, under a shared lock of the battle (``share``)."""

    async def share(self, keys: Collection[BattleKey]) -> Mapping[BattleKey, CountingBattle]:
        """Return those of the battles that are not decided, by rooms that are in them; keep them so until the
        transaction ends.
        """

    async def add(self, counted: Sequence[CountedGift]) -> None: ...
    async def of_gift(self, key: BattleKey, gift: str) -> int | None: ...
    async def sums(self, battle: str) -> BattleScores: ...


class BattleQueueRows(Protocol):
    """Rooms that wait for an opponent. Whoever adds or drops one holds the lock of the room's row."""

    async def put(self, waiting: WaitingRoom) -> None: ...
    async def get(self, room: RoomId) -> WaitingRoom | None: ...
    async def first(self, tenant: TenantName, category: str, now: datetime, limit: int) -> Sequence[WaitingRoom]:
        """Return those that wait in a category, who waits longest first."""

    async def drop(self, room: RoomId) -> bool:
        """Let a room wait no longer; say whether it did."""

    async def categories(self, now: datetime, limit: int) -> Sequence[tuple[TenantName, str]]:
        """Return categories in which two rooms or more wait."""

    async def drop_expired(self, now: datetime) -> int: ...
