"""Sequences a channel's publications: each is passed on once, in order, from a known position on.

Duplicates are dropped; what is missing is fetched before what follows is passed on. Where the position cannot be kept
(another epoch, a gap that is too old, offsets that step back) all subscribers have to begin again.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Coroutine, Sequence
from datetime import datetime
from typing import Any, NamedTuple, Protocol

import structlog

from liveroom.domain.errors import RoomNotFound, Unavailable
from liveroom.domain.events.model import KEPT, RECOVERED, RECOVERED_BYTES, Position
from liveroom.realtime import codes
from liveroom.realtime.codes import End

log = structlog.get_logger("liveroom.realtime")

Spawn = Callable[[Coroutine[Any, Any, None]], asyncio.Task[None]]


class Item(NamedTuple):
    """A publication as it is told: its data is finished."""

    offset: int
    at: datetime
    data: bytes
    out: Sequence[str] = ()
    """Users who may not listen any more after it."""
    is_last: bool = False
    """The channel is over with it."""


class SequenceLog(Protocol):
    """Where a channel's publications are remembered. Raises ``RoomNotFound``, ``Unavailable``."""

    async def recent(self, *, after: int, limit: int, reverse: bool = False) -> tuple[Position, Sequence[Item]]:
        """Return the channel's position, and publications in their order (with ``reverse`` the newest first)."""

    async def step_back(self, epoch: str) -> None:
        """Offsets were seen to step back under this epoch: let there be another."""


class Sequencer:
    """Where a channel is, and what comes next. ``take`` is called with each item, ``end`` when all begin again."""

    def __init__(
        self, name: str, source: SequenceLog, *, spawn: Spawn, take: Callable[[Item], None], end: Callable[[End], None]
    ) -> None:
        self.epoch = ""
        """"" while the position is not known."""
        self.offset = 0
        """All publications up to here were taken."""
        self._name = name
        self._log = source
        self._spawn = spawn
        self._take = take
        self._end = end
        self._at: datetime | None = None
        self._early: list[tuple[str, Item]] = []
        """Received before the position was known."""
        self._beyond: dict[int, Item] = {}
        """Received while others before them were missing."""
        self._filling = False
        self._tail: deque[Item] = deque()
        """What was taken last: as much as a subscriber who comes back may be given."""
        self._tail_bytes = 0

    def adopt(self, position: Position) -> None:
        """Begin at a position, unless ours is of the same epoch."""
        if self.epoch == position.epoch:
            return
        if self.epoch:
            self._end(codes.RESUBSCRIBE)
        self.epoch, self.offset = position
        early, self._early = self._early, []
        for epoch, item in early:
            if epoch == self.epoch:
                self.received(epoch, item)

    def forget(self) -> None:
        """Know no position any more."""
        self.epoch, self.offset, self._at = "", 0, None
        self._early, self._beyond = [], {}
        self._tail.clear()
        self._tail_bytes = 0

    def close(self, source: SequenceLog) -> None:
        """Know nothing and tell nobody any more; what is still under way finds this source."""
        self.forget()
        self._log, self._take, self._end = source, nothing, nothing

    def since(self, offset: int) -> list[Item] | None:
        """Return what was taken after an offset, as far as this process remembers it; else None."""
        if offset == self.offset:
            return []
        found = [item for item in self._tail if item.offset > offset]
        return found if is_whole(found, offset, self.offset) else None

    def received(self, epoch: str, item: Item) -> None:
        """Take a publication as it comes: perhaps twice, perhaps with others missing before it."""
        if not self.epoch:
            self._early.append((epoch, item))
            del self._early[:-KEPT]
        elif epoch != self.epoch:
            self._end(codes.RESUBSCRIBE)
        elif item.offset <= self.offset:
            if self._at is not None and item.at > self._at:
                self._step_back()
        elif item.offset == self.offset + 1 and not self._filling:
            self._accept(item)
        else:
            self._beyond[item.offset] = item
            if len(self._beyond) > KEPT:
                self._end(codes.RESUBSCRIBE)
            else:
                self._fill()

    def check(self, position: Position | None, before: int) -> None:
        """Compare with where the channel is; ``before`` is our offset when that was asked."""
        if not self.epoch:
            return
        if position is None:
            self._end(codes.ROOM_CLOSED)
        elif position.epoch != self.epoch:
            self._end(codes.RESUBSCRIBE)
        elif position.offset < before:
            self._step_back()
        elif position.offset > self.offset:
            self._fill()

    def _step_back(self) -> None:
        epoch = self.epoch
        log.warning("channel.stepped_back", channel=self._name, epoch=epoch, offset=self.offset)
        self._spawn(self._renew(epoch))

    async def _renew(self, epoch: str) -> None:
        try:
            await self._log.step_back(epoch)
        except (Unavailable, RoomNotFound) as failure:
            log.warning("channel.not_renewed", channel=self._name, cause=repr(failure))
        if self.epoch == epoch:
            self._end(codes.RESUBSCRIBE)

    def _fill(self) -> None:
        if not self._filling:
            self._filling = True
            self._spawn(self._close_gap())

    async def _close_gap(self) -> None:
        """Ask for what is missing, and go on with what came after it."""
        epoch, before = self.epoch, self.offset
        if not epoch:
            self._filling = False
            return
        try:
            position, items = await self._log.recent(after=before, limit=KEPT)
        except (Unavailable, RoomNotFound) as failure:
            self._filling = False
            log.warning("channel.gap", channel=self._name, cause=repr(failure.__cause__ or failure))
            if self.epoch == epoch and isinstance(failure, RoomNotFound):
                self._end(codes.ROOM_CLOSED)
            return
        self._filling = False
        if self.epoch == epoch:
            self._go_on(position, items, before)
        elif self._beyond:
            self._fill()

    def _go_on(self, position: Position, items: Sequence[Item], before: int) -> None:
        epoch = self.epoch
        if position.epoch != epoch:
            self._end(codes.RESUBSCRIBE)
            return
        if position.offset < before:
            self._step_back()
            return
        found = {**self._beyond, **{item.offset: item for item in items}}
        while self.epoch == epoch and (item := found.pop(self.offset + 1, None)) is not None:
            self._accept(item)
        if self.epoch != epoch:
            return
        self._beyond = {offset: item for offset, item in self._beyond.items() if offset > self.offset}
        if position.offset > self.offset:
            self._end(codes.RESUBSCRIBE)
        elif self._beyond:
            self._fill()

    def _accept(self, item: Item) -> None:
        self.offset, self._at = item.offset, item.at
        tail = self._tail
        tail.append(item)
        self._tail_bytes += len(item.data)
        while len(tail) > RECOVERED or self._tail_bytes > RECOVERED_BYTES:
            self._tail_bytes -= len(tail.popleft().data)
        self._take(item)


def nothing(_: object) -> None:
    """Do nothing: there is nobody any more who wants to know."""


def is_whole(items: Sequence[Item], after: int, top: int) -> bool:
    """Say whether these are all publications above ``after`` up to ``top``."""
    if not items:
        return after == top
    return items[0].offset == after + 1 and items[-1].offset == top and len(items) == top - after
