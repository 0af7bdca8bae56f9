"""What the aggregates ask of a connection, whichever database is behind it, and of the database itself."""

from collections.abc import Awaitable, Callable, Sequence
from typing import NamedTuple, Protocol, TypeVar

from liveroom.store.sql.dialect import Row, Statement, Value, Values

T = TypeVar("T")


class SqlRead(NamedTuple):
    """What is to be read."""

    asked: Statement
    values: Values


class Runner(Protocol):
    """Runs statements: each committed by itself, or all in the transaction that the runner belongs to."""

    async def rows(self, asked: Statement, **values: Value | Sequence[Value]) -> Sequence[Row]: ...
    async def row(self, asked: Statement, **values: Value | Sequence[Value]) -> Row | None:
        """Return the first row, if there is any."""

    async def rows_of(self, *questions: SqlRead) -> Sequence[Sequence[Row]]:
        """Return the rows of each question, asked in this order: in a transaction on MySQL all in one round trip."""

    async def run(self, asked: Statement, **values: Value | Sequence[Value]) -> int:
        """Write, and return how many rows were affected."""

    async def number(self, asked: Statement, **values: Value) -> int:
        """Write, and return the number that the statement makes (``SqlDialect``)."""

    async def run_many(self, asked: Statement, many: Sequence[Values]) -> int:
        """Write the same for each of many values, all or none; return how many rows were affected by all of them."""

    async def put_many(self, asked: Statement, many: Sequence[Values]) -> None:
        """Write what may be written again, for each of many values; if that fails, perhaps for some of them.

        Where the runner belongs to no transaction none is begun: to begin and to commit are two of three round trips.
        """

    async def together(self, work: "Callable[[Runner], Awaitable[T]]") -> T:
        """Run several statements in one transaction: the runner's own, or a new one.

        Run them again from the start where the database gave the transaction up.
        """


async def one_by_one(runner: Runner, questions: Sequence[SqlRead]) -> Sequence[Sequence[Row]]:
    """Read as ``rows_of`` does, where each question is a round trip, or none costs one."""
    return [await runner.rows(one.asked, **one.values) for one in questions]


async def put_apart(runner: Runner, empty: Statement, whole: Statement, column: str, rows: Sequence[Values]) -> None:
    """Write rows as ``put_many`` does: by ``empty``, which leaves a column out, those that have no value there."""
    for asked, is_empty in ((empty, True), (whole, False)):
        values = [row for row in rows if (row[column] is None) is is_empty]
        if values:
            await runner.put_many(asked, values)


class Engine(Runner, Protocol):
    """One database: what it runs commits by itself, and ``together`` begins a transaction."""

    async def snapshot(self, work: Callable[[Runner], Awaitable[T]]) -> T:
        """Run reads that all see the database as it was at one moment."""

    async def refresh(self) -> None:
        """Make connections anew: the process was frozen, and those that it had may be dead without saying so."""

    async def close(self) -> None: ...
