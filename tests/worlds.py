"""What tests put around the code: a clock wound by hand, a loop in a hurry, and a ledger that fails on demand."""

import asyncio
import selectors
import time
from collections import Counter
from collections.abc import Coroutine, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final, TypeVar

from liveroom.domain.accounts.sessions import EndedSessions
from liveroom.domain.errors import DatabaseUnavailable
from liveroom.domain.ids import BroadcastId, RoomId, StayId, UserId, room_bucket, user_bucket
from liveroom.domain.messages.model import Message, recalled
from liveroom.domain.moderation.room_access import RoomAccess
from liveroom.domain.presence.members import PresenceEntry, Stay
from liveroom.domain.rooms.model import HostPolicy, Room
from liveroom.ports import GiftsSoFar, RoomSnapshot, UserBucketSnapshot

HURRY: Final = 50
"""How many seconds pass in a loop in a hurry while one passes outside."""
_Result = TypeVar("_Result")


class WoundClock:
    """The machine's time and what a test has added to it; a Redis adds the same to its own time."""

    def __init__(self) -> None:
        self.offset = timedelta(0)

    def now(self) -> datetime:
        return datetime.now(UTC) + self.offset

    def advance(self, span: timedelta | float) -> None:
        """Let time pass: a span, or seconds."""
        self.offset += span if isinstance(span, timedelta) else timedelta(seconds=span)


class HastySelector(selectors.DefaultSelector):
    """Waits shorter than it is asked to, and says how much time has passed in that: none in which nobody waited.

    So what the machine does between two waits, or a processor that others have, makes nobody late.
    """

    def __init__(self) -> None:
        super().__init__()
        self.passed = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        began = time.monotonic()
        found = super().select(timeout / HURRY if timeout else timeout)
        waited = (time.monotonic() - began) * HURRY
        if timeout is None:
            self.passed += waited
        else:
            self.passed += min(waited, timeout) if found else timeout
        return found


class HastyLoop(asyncio.SelectorEventLoop):
    """A loop whose time runs fast: what waits for ten seconds waits for a fifth of one."""

    def __init__(self) -> None:
        self._hasty = HastySelector()
        super().__init__(self._hasty)

    def time(self) -> float:
        return self._hasty.passed


def hastily(story: Coroutine[Any, Any, _Result]) -> _Result:
    """Run a story in which the program waits for long, without waiting for long."""
    with asyncio.Runner(loop_factory=HastyLoop) as runner:
        return runner.run(story)


async def a_moment(seconds: float = 0.002) -> None:
    """Leave the processor to those who are waited for: a loop that asks without a pause takes it from them."""
    await asyncio.wait({asyncio.get_running_loop().create_future()}, timeout=seconds)


@dataclass
class FakeRecoveryStore:
    """The SQL side of a live store: the newest version of each stay, the live rooms, and ended sessions."""

    stays: dict[StayId, Stay] = field(default_factory=dict)
    rooms: dict[RoomId, tuple[Room, HostPolicy, bytes]] = field(default_factory=dict)
    ended: list[EndedSessions] = field(default_factory=list)
    saves: list[Sequence[Stay]] = field(default_factory=list)
    loads: Counter[str] = field(default_factory=Counter)
    down: bool = False
    room_access: dict[RoomId, list[RoomAccess]] = field(default_factory=dict)
    likes: dict[BroadcastId, int] = field(default_factory=dict)
    gifts: dict[BroadcastId, GiftsSoFar] = field(default_factory=dict)
    messages: dict[tuple[RoomId, int], Message] = field(default_factory=dict)
    talk_saves: list[Sequence[Message]] = field(default_factory=list)

    async def save(self, stays: Sequence[Stay]) -> None:
        await self._answer()
        self.saves.append(stays)
        for stay in stays:
            known = self.stays.get(stay.id)
            if known is None or stay.version > known.version:
                self.stays[stay.id] = stay

    async def save_messages(self, messages: Sequence[Message]) -> None:
        await self._answer()
        self.talk_saves.append(messages)
        for message in messages:
            known = self.messages.get((message.room, message.number))
            if known is None:
                self.messages[message.room, message.number] = message
            elif message.recalled is not None and known.recalled is None:
                self.messages[message.room, message.number] = recalled(known, message.recalled_by, message.recalled)

    async def save_likes(self, likes: Mapping[BroadcastId, int]) -> None:
        await self._answer()
        self.likes |= {id: max(count, self.likes.get(id, 0)) for id, count in likes.items()}

    async def last_message(self, room: RoomId) -> tuple[int, BroadcastId] | None:
        self.loads[f"t{room}"] += 1
        await self._answer()
        last = max((number for of, number in self.messages if of == room), default=None)
        return None if last is None else (last, self.messages[room, last].broadcast)

    async def newest_messages(self, broadcast: BroadcastId, limit: int) -> Sequence[Message]:
        await self._answer()
        of_it = [message for message in self.messages.values() if message.broadcast == broadcast]
        return sorted(of_it, key=lambda message: -message.number)[:limit]

    async def user_bucket_snapshot(self, bucket: int) -> UserBucketSnapshot:
        self.loads[f"u{bucket}"] += 1
        await self._answer()
        stays = [stay for stay in self.open() if user_bucket(stay.user) == bucket]
        return UserBucketSnapshot(
            [
                PresenceEntry(entry, stay.user, session, stay.room, stay.role.is_host)
                for stay in stays
                for session, entry in stay.entries
            ],
            frozenset(session for stay in stays if stay.keepalive for session, _ in stay.entries),
            [ended for ended in self.ended if user_bucket(ended.user) == bucket],
            {entry: stay.entered for stay in stays for _, entry in stay.entries},
        )

    async def room_snapshots(self, bucket: int) -> Sequence[RoomSnapshot]:
        self.loads[f"r{bucket}"] += 1
        await self._answer()
        return [
            RoomSnapshot(
                room,
                policy,
                card,
                [stay for stay in self.open() if stay.room == id],
                self._past(room),
                self.room_access.get(id, ()),
                self.likes.get(room.broadcast, 0),
                self.gifts.get(room.broadcast),
            )
            for id, (room, policy, card) in self.rooms.items()
            if room_bucket(id) == bucket
        ]

    def open(self) -> Sequence[Stay]:
        """Return the stays that have not ended."""
        return [stay for stay in self.stays.values() if stay.left is None]

    def of(self, user: UserId) -> Sequence[Stay]:
        """Return a user's stays in the order of their beginning."""
        return sorted((stay for stay in self.stays.values() if stay.user == user), key=lambda stay: stay.entered)

    def _past(self, room: Room) -> Sequence[UserId]:
        of_it = [stay for stay in self.stays.values() if stay.broadcast == room.broadcast]
        return sorted({stay.user for stay in of_it} - {stay.user for stay in of_it if stay.left is None})

    async def _answer(self) -> None:
        """Take a turn of the loop, as a database would; then answer, or not."""
        await asyncio.sleep(0)
        if self.down:
            raise DatabaseUnavailable("down, as the test wants it")
