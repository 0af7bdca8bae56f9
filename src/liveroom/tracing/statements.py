"""Spans of what is asked of the database: one for each statement, and one around those of a transaction.

A statement is told as what it does and with which tables (``db.query.summary``), never its text or its values.
"""

import re
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final, TypeVar

from opentelemetry.trace import SpanKind

from liveroom import ports
from liveroom.store.sql.database import SqlDatabase, SqlStatements
from liveroom.store.sql.dialect import MysqlDialect, PreparedStatements, Row, SqliteDialect, Statement, Value, Values
from liveroom.store.sql.events.rows import ADD_EVENTS
from liveroom.store.sql.fenced import FencedEngine
from liveroom.store.sql.group_commit import GroupCommit
from liveroom.store.sql.runner import Engine, Runner, SqlRead, one_by_one
from liveroom.tracing.spans import Tracing, context_headers, current, hold

T = TypeVar("T")

_TABLES: Final = re.compile(r"\b(?:FROM|JOIN|INTO|UPDATE)\s+[`\"]?(lr_\w+)")
_MOST_TABLES: Final = 4
_PREPARED: Final = {"sqlite": PreparedStatements(SqliteDialect()), "mysql": PreparedStatements(MysqlDialect())}


@dataclass(frozen=True, slots=True)
class TracedRunner:
    """``runner.Runner``. ``system``: which kind of database it is."""

    _runner: Runner
    _tracing: Tracing
    _system: str

    async def rows(self, asked: Statement, **values: Value | Sequence[Value]) -> Sequence[Row]:
        if current() is None:
            return await self._runner.rows(asked, **values)
        with self._tracing.span(*_about(self._system, asked)) as span:
            found = await self._runner.rows(asked, **values)
            if span is not None:
                span.set_attribute("db.response.returned_rows", len(found))
            return found

    async def row(self, asked: Statement, **values: Value | Sequence[Value]) -> Row | None:
        if current() is None:
            return await self._runner.row(asked, **values)
        with self._tracing.span(*_about(self._system, asked)):
            return await self._runner.row(asked, **values)

    async def rows_of(self, *questions: SqlRead) -> Sequence[Sequence[Row]]:
        if current() is None:
            return await self._runner.rows_of(*questions)
        return await one_by_one(self, questions)

    async def run(self, asked: Statement, **values: Value | Sequence[Value]) -> int:
        if current() is None:
            return await self._runner.run(asked, **values)
        with self._tracing.span(*_about(self._system, asked)):
            return await self._runner.run(asked, **values)

    async def number(self, asked: Statement, **values: Value) -> int:
        if current() is None:
            return await self._runner.number(asked, **values)
        with self._tracing.span(*_about(self._system, asked)):
            return await self._runner.number(asked, **values)

    async def run_many(self, asked: Statement, many: Sequence[Values]) -> int:
        if current() is None:
            return await self._runner.run_many(asked, many)
        with self._tracing.span(*_about(self._system, asked, len(many))):
            return await self._runner.run_many(asked, many)

    async def put_many(self, asked: Statement, many: Sequence[Values]) -> None:
        if current() is None:
            await self._runner.put_many(asked, many)
            return
        if asked is ADD_EVENTS:
            trace = context_headers().get("traceparent", "")
            many = [{**row, "trace": trace} for row in many]
        with self._tracing.span(*_about(self._system, asked, len(many))):
            await self._runner.put_many(asked, many)

    async def together(self, work: Callable[[Runner], Awaitable[T]]) -> T:
        return await self._runner.together(lambda runner: work(self._traced(runner)))

    def _traced(self, runner: Runner) -> "TracedRunner":
        return TracedRunner(runner, self._tracing, self._system)


class TracedEngine(TracedRunner):
    """``runner.Engine``: transactions are spans too."""

    __slots__ = ("_engine",)

    def __init__(self, engine: Engine, tracing: Tracing, system: str) -> None:
        super().__init__(engine, tracing, system)
        object.__setattr__(self, "_engine", engine)

    _engine: Engine

    async def together(self, work: Callable[[Runner], Awaitable[T]]) -> T:
        return await self._transact(self._engine.together, work)

    async def snapshot(self, work: Callable[[Runner], Awaitable[T]]) -> T:
        return await self._transact(self._engine.snapshot, work)

    async def _transact(
        self, begin: Callable[[Callable[[Runner], Awaitable[T]]], Awaitable[T]], work: Callable[[Runner], Awaitable[T]]
    ) -> T:
        if current() is None:
            return await begin(work)
        with self._tracing.span(*_TRANSACTION, {"db.system.name": self._system}):
            return await begin(lambda runner: work(self._traced(runner)))

    async def refresh(self) -> None:
        await self._engine.refresh()

    async def close(self) -> None:
        await self._engine.close()


class TracedDatabase(SqlDatabase):
    """The durable store. Transactions that share one are told of each as it saw them, waiting for others included."""

    def __init__(self, engine: Engine, tracing: Tracing, *, gathers: bool) -> None:
        system = "mysql" if gathers else "sqlite"
        super().__init__(TracedEngine(engine, tracing, system), gathers=gathers)
        self._bare: Final = engine
        self._tracing: Final = tracing
        self._system: Final = system
        self._group = GroupCommit(engine) if gathers else None

    async def transact_in_group(self, work: Callable[[ports.Tx], Awaitable[T]]) -> T:
        if self._group is None or current() is None:
            return await super().transact_in_group(work)
        with self._tracing.span(*_TRANSACTION, {"db.system.name": self._system}):
            held = hold()

            async def told(runner: Runner) -> T:
                with held():
                    traced = TracedRunner(runner, self._tracing, self._system)
                    return await work(SqlStatements(traced, self._ahead))

            return await self._group.transact(told)

    def fenced(self, guard: Callable[[], Awaitable[None]], check: Callable[[], None]) -> SqlDatabase:
        fenced = FencedEngine(self._bare, guard, check)
        return TracedDatabase(fenced, self._tracing, gathers=self._gathers)


_TRANSACTION: Final = ("transaction", SpanKind.CLIENT)


def _about(system: str, asked: Statement, many: int = 0) -> tuple[str, SpanKind, dict[str, str | int]]:
    """Return how the span of a statement begins."""
    summary, operation, table = _summary(system, asked)
    about: dict[str, str | int] = {
        "db.system.name": system,
        "db.operation.name": operation,
        "db.query.summary": summary,
    }
    if table:
        about["db.collection.name"] = table
    if many > 1:
        about["db.operation.batch.size"] = many
    return summary, SpanKind.CLIENT, about


@cache
def _summary(system: str, asked: Statement) -> tuple[str, str, str]:
    """Return what a statement does with which tables, what it does, and the table if it is about one."""
    text = _PREPARED[system].prepare(asked).text
    operation = text.split(maxsplit=1)[0].upper()
    tables = list(dict.fromkeys(_TABLES.findall(text)))
    return " ".join((operation, *tables[:_MOST_TABLES])), operation, tables[0] if len(tables) == 1 else ""
