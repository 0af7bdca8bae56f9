"""What one tick of the loop asks of a store travels together: as one script, or one statement."""

import asyncio
from collections.abc import Awaitable, Callable, Hashable, Sequence
from typing import Final, Generic, TypeVar

from liveroom import deadlines
from liveroom.domain.errors import LiveUnavailable
from liveroom.domain.parts import parts

BATCH: Final = 200

B = TypeVar("B", bound=Hashable)
T = TypeVar("T")
R = TypeVar("R")


class Batches(Generic[B, T, R]):
    """Collects questions until the tick ends; ``send`` carries those of a bucket and returns an answer to each.

    A store without buckets has one, 0.
    """

    def __init__(
        self,
        send: Callable[[B, Sequence[T]], Awaitable[Sequence[R]]],
        *,
        most: int = BATCH,
        failing: deadlines.Failing = LiveUnavailable,
    ) -> None:
        """``most``: how many questions travel together; ``failing``: what is raised once a request is over."""
        self._send = send
        self._most = most
        self._loop = asyncio.get_running_loop()
        self._ticket: dict[B, list[tuple[T, asyncio.Future[R]]]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._watch = deadlines.DeadlineWatch(failing)

    async def ask(self, bucket: B, question: T) -> R:
        """Return the answer; raises what sending raised, and ``failing`` when the request is over before."""
        return await self.begin(bucket, question)

    def begin(self, bucket: B, question: T) -> "asyncio.Future[R]":
        """Return what becomes the answer."""
        if not self._ticket:
            self._loop.call_soon(self._depart)
        future: asyncio.Future[R] = self._loop.create_future()
        self._watch.add(future)
        self._ticket.setdefault(bucket, []).append((question, future))
        return future

    async def close(self) -> None:
        """Return when everything on its way has been answered."""
        await asyncio.gather(*self._tasks)

    def _depart(self) -> None:
        ticket, self._ticket = self._ticket, {}
        for bucket, waiting in ticket.items():
            for some in parts(waiting, self._most):
                task = deadlines.spawn(self._carry(bucket, some))
                self._tasks.add(task)
                task.add_done_callback(self._tasks.discard)

    async def _carry(self, bucket: B, waiting: "Sequence[tuple[T, asyncio.Future[R]]]") -> None:
        try:
            answers = await self._send(bucket, [question for question, _ in waiting])
        except Exception as error:
            for _, future in waiting:
                if not future.done():
                    future.set_exception(error)
            return
        for (_, future), answer in zip(waiting, answers, strict=True):
            if not future.done():
                future.set_result(answer)
