"""The like calls of a room, gathered by each process until it is its turn to write: shared by both live stores.

The store says when a process has its turns. While nobody likes a room nothing is kept of it here.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from itertools import islice
from typing import Final, NamedTuple

from liveroom import deadlines
from liveroom.domain.errors import LiveUnavailable, NotInRoom, RateLimited
from liveroom.domain.ids import RoomId, TenantName
from liveroom.domain.rooms.likes import STEP, WINDOW, WRITE_TIMEOUT, LikeCall

PART: Final = 1000
"""Calls that one write carries."""
COUNTED: Final = "1"
NO_MEMBER: Final = "m"
TOO_MANY: Final = "r"
_STEP: Final = STEP.total_seconds()
_WRITE_TIMEOUT: Final = WRITE_TIMEOUT.total_seconds()


class Written(NamedTuple):
    """What a write did: ``outcomes`` has a letter for each like, "" when all are counted."""

    likes: int
    outcomes: str
    turn: int
    """The turn that the process has next, as the store names it; 0: none."""
    seconds: float
    """Until then."""


class NotYet(NamedTuple):
    """It is not the process's turn: that is then."""

    turn: int
    seconds: float


Write = Callable[[Sequence[LikeCall], int], Awaitable[Written | NotYet]]
"""Writes likes of one room, in the turn that the process has.

Raises ``RoomNotFound``, ``RateLimited`` when a turn would be too far away, ``LiveUnavailable``.
"""


class _Waiting(NamedTuple):
    like: LikeCall
    counted: "asyncio.Future[int]"
    until: float


class _Room:
    """What waits for one room, and the turn that this process has there."""

    __slots__ = ("opens", "task", "turn", "waiting")

    def __init__(self) -> None:
        self.waiting: deque[_Waiting] = deque()
        self.turn = 0
        self.opens = 0.0
        self.task: asyncio.Task[None] | None = None


class Gathering:
    """Gathers likes; ``write`` carries those of a room."""

    def __init__(self, write: Write) -> None:
        self._write = write
        self._rooms: dict[tuple[TenantName, RoomId], _Room] = {}

    async def add(self, like: LikeCall) -> int:
        """Return how many likes there are once these are written."""
        loop = asyncio.get_running_loop()
        key = like.tenant, like.room
        room = self._rooms.get(key)
        if room is None:
            room = self._rooms[key] = _Room()
        waiting = _Waiting(like, loop.create_future(), loop.time() + _WRITE_TIMEOUT)
        room.waiting.append(waiting)
        if room.task is None or room.task.done():
            room.task = deadlines.spawn(self._carry(room))
            room.task.add_done_callback(lambda task: self._rest(key, room, task))
        return await waiting.counted

    async def close(self) -> None:
        """Give up what waits."""
        tasks = [room.task for room in self._rooms.values() if room.task is not None]
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks)

    async def _carry(self, room: _Room) -> None:
        """Write until nothing waits, whenever it is this process's turn; first what comes in this tick of the loop."""
        loop = asyncio.get_running_loop()
        while room.waiting:
            await asyncio.sleep(max(room.opens - loop.time(), 0.0))
            _refuse_late(room, loop.time())
            if part := list(islice(room.waiting, PART)):
                await self._write_part(room, part)

    async def _write_part(self, room: _Room, part: Sequence[_Waiting]) -> None:
        try:
            answer = await self._write([waiting.like for waiting in part], room.turn)
        except Exception as failure:
            _take(room, len(part))
            _fail(part, failure)
            return
        room.turn, room.opens = answer.turn, asyncio.get_running_loop().time() + answer.seconds
        if isinstance(answer, Written):
            _take(room, len(part))
            _answer(part, answer)

    def _rest(self, key: tuple[TenantName, RoomId], room: _Room, task: "asyncio.Task[None]") -> None:
        """Forget a room for which nothing waits when the turn that this process has there is over."""
        if task.cancelled():
            _fail(room.waiting, LiveUnavailable("the process is stopping"))
            room.waiting.clear()
            return
        loop = asyncio.get_running_loop()
        loop.call_later(max(room.opens - loop.time(), 0.0) + _STEP, self._forget, key, room)

    def _forget(self, key: tuple[TenantName, RoomId], room: _Room) -> None:
        is_idle = room.task is None or room.task.done()
        if is_idle and asyncio.get_running_loop().time() >= room.opens + _STEP and self._rooms.get(key) is room:
            del self._rooms[key]


def _take(room: _Room, count: int) -> None:
    for _ in range(count):
        room.waiting.popleft()


def _refuse_late(room: _Room, now: float) -> None:
    """Refuse what has waited too long, and drop what nobody waits for any more."""
    while room.waiting and (room.waiting[0].counted.done() or room.waiting[0].until <= now):
        _fail([room.waiting.popleft()], RateLimited("too many likes", retry_after=STEP))


def _fail(part: Sequence[_Waiting] | deque[_Waiting], failure: Exception) -> None:
    for waiting in part:
        if not waiting.counted.done():
            waiting.counted.set_exception(failure)


def _answer(part: Sequence[_Waiting], written: Written) -> None:
    for waiting, outcome in zip(part, written.outcomes or COUNTED * len(part), strict=True):
        if waiting.counted.done():
            continue
        if outcome == COUNTED:
            waiting.counted.set_result(written.likes)
        else:
            waiting.counted.set_exception(
                NotInRoom() if outcome == NO_MEMBER else RateLimited("too many likes", retry_after=WINDOW)
            )
