"""The till: orders (gifts, grabs) that come while a batch is being paid are the next batch.

One at a time in each process: so whoever comes alone is paid at once, and a thousand a second travel together. A batch
of few waits until eight milliseconds after the former has begun: MariaDB needs as long for a batch of two as for one of
sixty.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Final, Generic, TypeVar

from liveroom import deadlines
from liveroom.domain.errors import DatabaseUnavailable, Unavailable

Order = TypeVar("Order")
Decided = TypeVar("Decided")

MOST: Final = 256
_FEW: Final = 64
_BETWEEN: Final = 0.008
"""Seconds from the start of a batch to that of a next one of few."""


class Till(Generic[Order, Decided]):
    """Has orders paid together; ``pay`` returns what became of each."""

    def __init__(self, pay: Callable[[Sequence[Order]], Awaitable[Sequence[Decided]]]) -> None:
        self._pay: Final = pay
        self._loop: Final = asyncio.get_running_loop()
        self._watch: Final = deadlines.DeadlineWatch(DatabaseUnavailable)
        self._waiting: list[tuple[Order, asyncio.Future[Decided]]] = []
        self._task: asyncio.Task[None] | None = None

    async def take(self, order: Order) -> Decided:
        """Return what became of an order; raises what paying raises. It is paid also where nobody waits any more."""
        future: asyncio.Future[Decided] = self._loop.create_future()
        self._watch.add(future)
        self._waiting.append((order, future))
        if self._task is None:
            self._task = deadlines.spawn(self._work())
        return await future

    async def _work(self) -> None:
        try:
            while self._waiting:
                begun = self._loop.time()
                batch, self._waiting = self._waiting[:MOST], self._waiting[MOST:]
                await self._settle(batch)
                if 0 < len(self._waiting) < _FEW:
                    await asyncio.sleep(max(0.0, begun + _BETWEEN - self._loop.time()))
        finally:
            self._task = None

    async def _settle(self, batch: "Sequence[tuple[Order, asyncio.Future[Decided]]]") -> None:
        """Pay for a batch; halve one that fails for another reason than that the database is away."""
        try:
            decisions = await self._pay([order for order, _ in batch])
        except Exception as error:
            if len(batch) > 1 and not isinstance(error, Unavailable):
                half = len(batch) // 2
                await self._settle(batch[:half])
                await self._settle(batch[half:])
                return
            _fail(batch, error)
            return
        except BaseException:
            _fail(batch, DatabaseUnavailable("the service stops; the same key tells what became of it"))
            raise
        for (_, future), decision in zip(batch, decisions, strict=True):
            if not future.done():
                future.set_result(decision)


def _fail(batch: "Sequence[tuple[Any, asyncio.Future[Any]]]", error: Exception) -> None:
    for _, future in batch:
        if not future.done():
            future.set_exception(error)
