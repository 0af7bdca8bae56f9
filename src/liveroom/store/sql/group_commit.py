"""Group commit: transactions that begin in the same tick of the loop share one, and take their steps side by side.

So do those that come while two are under way: under load they wait for a moment, and many travel together. A statement
takes 60 µs of the processor that asks, most of it for packets and waiting, and each further row 10: people who sign in
by the hundred would otherwise each pay for a beginning, a commit and three statements in between. Where anything but
the usual happens (a name is taken, a signature was used, the database refuses) nothing is committed, and each
transaction is run again alone.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Final, NamedTuple, TypeVar, cast

from liveroom import deadlines
from liveroom.domain.errors import DatabaseUnavailable
from liveroom.store.sql.dialect import Row, Statement, Value, Values
from liveroom.store.sql.runner import Runner, SqlRead

T = TypeVar("T")
Work = Callable[[Runner], Awaitable[Any]]

_MOST: Final = 64
_AT_ONCE: Final = 2
"""Transactions under way at once, above which those who come wait and share the next one."""
_SECONDS_LEFT: Final = 1.0
"""Who is waited for less than that goes alone: the others must not be given up with them."""


class _Alone(Exception):
    """The transactions have to be run one by one."""


class GroupCommit:
    """Runs transactions of an engine together."""

    def __init__(self, engine: Runner) -> None:
        self._engine: Final = engine
        self._loop: Final = asyncio.get_running_loop()
        self._watch: Final = deadlines.DeadlineWatch(DatabaseUnavailable)
        self._waiting: list[_Member] = []
        self._tasks: Final[set[asyncio.Task[None]]] = set()

    async def transact(self, work: Callable[[Runner], Awaitable[T]]) -> T:
        """Run the work in a transaction; raises what the work and the engine raise."""
        if deadlines.time_left(_SECONDS_LEFT) == _SECONDS_LEFT:
            if not self._waiting:
                self._loop.call_soon(self._depart)
            member = _Member(work, deadlines.end(), self._loop.create_future())
            self._watch.add(member.ended)
            self._waiting.append(member)
            ended = await member.ended
            if ended is not None:
                return cast(T, ended.result())
        return await self._engine.together(work)

    def _depart(self) -> None:
        while self._waiting and len(self._tasks) < _AT_ONCE:
            group, self._waiting = self._waiting[:_MOST], self._waiting[_MOST:]
            task = deadlines.spawn(self._carry(group))
            self._tasks.add(task)
            task.add_done_callback(self._return)

    def _return(self, task: "asyncio.Task[None]") -> None:
        self._tasks.discard(task)
        self._depart()

    async def _carry(self, group: "Sequence[_Member]") -> None:
        answers: Sequence[_Ended | None] = [None] * len(group)
        try:
            with deadlines.at_most(min(member.end for member in group) - self._loop.time()):
                answers = await self._run([member.work for member in group])
        except (_Alone, DatabaseUnavailable):
            pass
        finally:
            for member, answer in zip(group, answers, strict=True):
                member.resolve(answer)

    async def _run(self, works: Sequence[Work]) -> "Sequence[_Ended]":
        """Return how each ended. Raises where nothing was committed for sure, and each may be run again."""
        if len(works) == 1:
            alone: _Ended = self._loop.create_future()
            try:
                alone.set_result(await self._engine.together(works[0]))
            except Exception as error:
                return [_failed(error)]
            return [alone]
        shared: _Shared | None = None

        def work(runner: Runner) -> Awaitable[Sequence[_Ended]]:
            nonlocal shared
            shared = _Shared(runner)
            return shared.run(works)

        try:
            return await self._engine.together(work)
        except DatabaseUnavailable as error:
            if shared is None or not shared.is_complete:
                raise
            return [_failed(error)] * len(works)  # perhaps it was committed


_Ended = asyncio.Future[Any]
"""How a transaction ended."""


class _Member(NamedTuple):
    """A transaction that waits to be run. It is told how it ended, or None where it has to be run alone."""

    work: Work
    end: float
    ended: "asyncio.Future[_Ended | None]"

    def resolve(self, answer: "_Ended | None") -> None:
        if not self.ended.done():
            self.ended.set_result(answer)
        elif answer is not None and not answer.cancelled():
            answer.exception()  # nobody waits for it any more


def _failed(error: Exception) -> "_Ended":
    ended: _Ended = asyncio.get_running_loop().create_future()
    ended.set_exception(error)
    ended.exception()  # seen, also where nobody waits any more
    return ended


class _Step(NamedTuple):
    """What one of the transactions asks next: ``take`` asks it of the database."""

    take: Callable[[Runner], Awaitable[Any]]
    answer: "asyncio.Future[Any]"
    joins: Statement | None
    """What may be sent together with the same of others, with these values."""
    values: Values


class _Shared:
    """The one transaction. What its members ask is taken to the database when each of them has asked or ended."""

    def __init__(self, runner: Runner) -> None:
        self._runner: Final = runner
        self._steps: list[_Step] = []
        self._running = 0
        self._loop: Final = asyncio.get_running_loop()
        self._all_wait: Final = asyncio.Event()
        self._must_part = False
        self.is_complete = False
        """All have ended; what comes next is the commit."""

    async def run(self, works: Sequence[Work]) -> Sequence[_Ended]:
        self._running = len(works)
        tasks = [deadlines.spawn(self._perform(work)) for work in works]
        try:
            while self._running and not self._must_part:
                await self._all_wait.wait()
                self._all_wait.clear()
                await self._take()
            if self._must_part:
                raise _Alone
        except BaseException:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            raise
        self.is_complete = True
        return tasks

    def ask(
        self, take: Callable[[Runner], Awaitable[Any]], joins: Statement | None, values: Values
    ) -> "asyncio.Future[Any]":
        answer: asyncio.Future[Any] = self._loop.create_future()
        self._steps.append(_Step(take, answer, joins, values))
        self._look()
        return answer

    async def _perform(self, work: Work) -> Any:
        part = _Part(self)
        try:
            return await work(part)
        except Exception:
            # Who has written nothing may end without the others.
            self._must_part = self._must_part or part.has_written
            raise
        finally:
            self._running -= 1
            self._look()

    def _look(self) -> None:
        if len(self._steps) >= self._running:
            self._all_wait.set()

    async def _take(self) -> None:
        steps, self._steps = self._steps, []
        alike: dict[Statement, list[_Step]] = {}
        for step in steps:
            if step.joins is None:
                step.answer.set_result(await step.take(self._runner))
            else:
                alike.setdefault(step.joins, []).append(step)
        for asked, some in alike.items():
            await self._write(asked, some)

    async def _write(self, asked: Statement, steps: Sequence[_Step]) -> None:
        if len(steps) == 1:
            affected = await steps[0].take(self._runner)
        elif await self._runner.run_many(asked, [step.values for step in steps]) == len(steps):
            affected = 1
        else:
            # Which of them have written nothing is not said.
            raise _Alone
        for step in steps:
            step.answer.set_result(affected)


class _Part:
    """``runner.Runner`` of one of the transactions."""

    def __init__(self, shared: _Shared) -> None:
        self._shared: Final = shared
        self.has_written = False

    async def rows(self, asked: Statement, **values: Value | Sequence[Value]) -> Sequence[Row]:
        return await self._ask(lambda runner: runner.rows(asked, **values))

    async def row(self, asked: Statement, **values: Value | Sequence[Value]) -> Row | None:
        return await self._ask(lambda runner: runner.row(asked, **values))

    async def rows_of(self, *questions: SqlRead) -> Sequence[Sequence[Row]]:
        return await self._ask(lambda runner: runner.rows_of(*questions))

    async def run(self, asked: Statement, **values: Value | Sequence[Value]) -> int:
        self.has_written = True
        joins = asked if asked.joins else None
        return await self._ask(lambda runner: runner.run(asked, **values), joins, values)

    async def number(self, asked: Statement, **values: Value) -> int:
        self.has_written = True
        return await self._ask(lambda runner: runner.number(asked, **values))

    async def run_many(self, asked: Statement, many: Sequence[Values]) -> int:
        self.has_written = True
        return await self._ask(lambda runner: runner.run_many(asked, many))

    async def put_many(self, asked: Statement, many: Sequence[Values]) -> None:
        self.has_written = True
        await self._ask(lambda runner: runner.put_many(asked, many))

    async def together(self, work: Callable[[Runner], Awaitable[T]]) -> T:
        return await work(self)

    async def _ask(
        self, take: Callable[[Runner], Awaitable[T]], joins: Statement | None = None, values: Values | None = None
    ) -> T:
        return cast(T, await self._shared.ask(take, joins, values or {}))
