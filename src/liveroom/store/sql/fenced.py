"""A fence around an engine: nothing is written through it by a process that may not write any more.

Asked before each write, and in a transaction once more before its commit, because a process may be frozen in between
for as long as it takes another to begin.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from liveroom.store.sql.dialect import Row, Statement, Value, Values
from liveroom.store.sql.runner import Engine, Runner, SqlRead

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class FencedEngine:
    """``runner.Engine``. Both raise ``DatabaseUnavailable`` where nothing may be written.

    ``guard`` may write itself to find out, so that inside a transaction only ``check`` is asked.
    """

    _engine: Engine
    _guard: Callable[[], Awaitable[None]]
    _check: Callable[[], None]

    async def rows(self, asked: Statement, **values: Value | Sequence[Value]) -> Sequence[Row]:
        return await self._engine.rows(asked, **values)

    async def row(self, asked: Statement, **values: Value | Sequence[Value]) -> Row | None:
        return await self._engine.row(asked, **values)

    async def rows_of(self, *questions: SqlRead) -> Sequence[Sequence[Row]]:
        return await self._engine.rows_of(*questions)

    async def run(self, asked: Statement, **values: Value | Sequence[Value]) -> int:
        await self._guard()
        return await self._engine.run(asked, **values)

    async def number(self, asked: Statement, **values: Value) -> int:
        await self._guard()
        return await self._engine.number(asked, **values)

    async def run_many(self, asked: Statement, many: Sequence[Values]) -> int:
        return await self.together(lambda runner: runner.run_many(asked, many))

    async def put_many(self, asked: Statement, many: Sequence[Values]) -> None:
        await self.run_many(asked, many)

    async def together(self, work: Callable[[Runner], Awaitable[T]]) -> T:
        async def guarded(runner: Runner) -> T:
            result = await work(runner)
            self._check()
            return result

        await self._guard()
        return await self._engine.together(guarded)

    async def snapshot(self, work: Callable[[Runner], Awaitable[T]]) -> T:
        return await self._engine.snapshot(work)

    async def refresh(self) -> None:
        await self._engine.refresh()

    async def close(self) -> None:
        await self._engine.close()
