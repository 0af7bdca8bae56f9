"""A database that keeps what it was asked, statement by statement."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from liveroom.store.sql.dialect import Row, Statement, Value, Values
from liveroom.store.sql.runner import Engine, Runner, SqlRead

T = TypeVar("T")


@dataclass
class CountedRunner:
    """Counts what it is asked."""

    runner: Runner
    asked: list[Statement]

    async def rows(self, asked: Statement, **values: Value | Sequence[Value]) -> Sequence[Row]:
        self.asked.append(asked)
        return await self.runner.rows(asked, **values)

    async def row(self, asked: Statement, **values: Value | Sequence[Value]) -> Row | None:
        self.asked.append(asked)
        return await self.runner.row(asked, **values)

    async def rows_of(self, *questions: SqlRead) -> Sequence[Sequence[Row]]:
        self.asked += [one.asked for one in questions]
        return await self.runner.rows_of(*questions)

    async def run(self, asked: Statement, **values: Value | Sequence[Value]) -> int:
        self.asked.append(asked)
        return await self.runner.run(asked, **values)

    async def number(self, asked: Statement, **values: Value) -> int:
        self.asked.append(asked)
        return await self.runner.number(asked, **values)

    async def run_many(self, asked: Statement, many: Sequence[Values]) -> int:
        self.asked.append(asked)
        return await self.runner.run_many(asked, many)

    async def put_many(self, asked: Statement, many: Sequence[Values]) -> None:
        self.asked.append(asked)
        await self.runner.put_many(asked, many)

    async def together(self, work: Callable[[Runner], Awaitable[T]]) -> T:
        return await self.runner.together(lambda runner: work(CountedRunner(runner, self.asked)))


@dataclass
class CountedEngine(CountedRunner):
    """The same of a database."""

    runner: Engine
    asked: list[Statement] = field(default_factory=list)

    async def snapshot(self, work: Callable[[Runner], Awaitable[T]]) -> T:
        return await self.runner.snapshot(work)

    async def refresh(self) -> None:
        await self.runner.refresh()

    async def close(self) -> None:
        await self.runner.close()
