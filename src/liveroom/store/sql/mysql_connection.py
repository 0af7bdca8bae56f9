"""What runs on one connection to MySQL or MariaDB: single statements, and the statements of a transaction."""

from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from enum import Enum, auto
from typing import Any, Final, TypeVar, cast

from asyncmy.connection import Connection
from asyncmy.cursors import RE_INSERT_VALUES, Cursor
from asyncmy.errors import MySQLError

from liveroom import deadlines
from liveroom.domain.errors import DatabaseUnavailable
from liveroom.domain.parts import parts
from liveroom.store.sql.dialect import MysqlDialect, PreparedStatements, Row, Statement, Value, Values
from liveroom.store.sql.runner import Runner, SqlRead, one_by_one

T = TypeVar("T")

SECONDS_FOR_A_STATEMENT: Final = 10
"""Also for a free connection: behind a server that hangs, nothing waits longer, and a request not so long."""
_STATEMENTS: Final = PreparedStatements(MysqlDialect())
_ROWS_A_STATEMENT: Final = 500
_WAITING_MAX: Final = 1_000_000
"""Characters of statements that wait to travel with the next one."""

_GIVEN_UP: Final = frozenset({1205, 1213, 1615})
"""Lock wait timeout, deadlock (also a commit that a Galera cluster refused), statement to be prepared again."""
_MOVED: Final = frozenset({0, 1053, 1290, 1836, 1927})
"""Not connected; the server stops, has become a read-only replica, or has ended the connection."""
_CLIENT_ERRORS: Final = range(2000, 3000)


class MysqlRetry(Enum):
    """What an error asks for."""

    AGAIN = auto()
    """The database gave the work up for another's sake."""
    ELSEWHERE = auto()
    """The connection is of no use any more; what was not committed is undone."""
    NEVER = auto()


class MysqlFailed(Exception):
    """A statement failed; the driver's error is the cause. Its text stays there: it may quote what was written."""

    def __init__(self, error: Exception) -> None:
        number = error.args[0] if isinstance(error, MySQLError) and error.args else ""
        super().__init__(f"{type(error).__name__} {number}".rstrip())
        self.outcome: Final = _judge(error)


def _judge(error: Exception) -> MysqlRetry:
    if not isinstance(error, MySQLError):
        # Too slow, or a text that cannot be sent; anything else is the driver on a connection that broke under it.
        return MysqlRetry.NEVER if isinstance(error, (TimeoutError, ValueError)) else MysqlRetry.ELSEWHERE
    number = error.args[0] if error.args else 0
    if number in _GIVEN_UP:
        return MysqlRetry.AGAIN
    return MysqlRetry.ELSEWHERE if number in _MOVED or number in _CLIENT_ERRORS else MysqlRetry.NEVER


class MysqlConnection:
    """Runs statements on one connection, in the transaction that is open there, if one is."""

    def __init__(self, raw: Connection) -> None:
        self._raw: Final = raw

    async def rows(self, asked: Statement, **values: Value | Sequence[Value]) -> Sequence[Row]:
        cursor = await self._execute(*_STATEMENTS.prepare(asked).arguments(values))
        found: Sequence[Row] = await cursor.fetchall()
        return found

    async def row(self, asked: Statement, **values: Value | Sequence[Value]) -> Row | None:
        found = await self.rows(asked, **values)
        return found[0] if found else None

    async def rows_of(self, *questions: SqlRead) -> Sequence[Sequence[Row]]:
        return await one_by_one(self, questions)

    async def run(self, asked: Statement, **values: Value | Sequence[Value]) -> int:
        cursor = await self._execute(*_STATEMENTS.prepare(asked).arguments(values))
        return cast(int, cursor.rowcount)

    async def number(self, asked: Statement, **values: Value) -> int:
        cursor = await self._execute(*_STATEMENTS.prepare(asked).arguments(values))
        if cursor.rowcount == 0:
            raise DatabaseUnavailable("MySQL: a row that the schema begins with is missing")
        return cursor.lastrowid

    async def run_many(self, asked: Statement, many: Sequence[Values]) -> int:
        prepared = _STATEMENTS.prepare(asked)
        rows = [prepared.arguments(values)[1] for values in many]
        affected = 0
        for some in parts(rows, _ROWS_A_STATEMENT):
            affected += cast(int, (await self._execute(prepared.text, some, many=True)).rowcount)
        return affected

    async def put_many(self, asked: Statement, many: Sequence[Values]) -> None:
        await self.run_many(asked, many)

    async def together(self, work: Callable[[Runner], Awaitable[T]]) -> T:
        return await work(self)

    def transaction(self, begin: Sequence[str]) -> "MysqlTransaction":
        """Return what runs the statements of a transaction, which ``begin`` begins, on this connection."""
        return MysqlTransaction(self._raw, begin)

    async def say(self, text: str) -> None:
        """Run what has no values."""
        await self._execute(text, None)

    async def _execute(self, text: str, arguments: Sequence[Any] | None, *, many: bool = False) -> Cursor:
        cursor = self._raw.cursor()
        await self._within(lambda: (cursor.executemany if many else cursor.execute)(text, arguments))
        return cursor

    async def _within(self, run: Callable[[], Awaitable[object]]) -> None:
        """Let the driver do something, and judge its errors."""
        try:
            async with deadlines.within(SECONDS_FOR_A_STATEMENT):
                await run()
        except Exception as error:
            failed = MysqlFailed(error)
            if failed.outcome is MysqlRetry.ELSEWHERE or not isinstance(error, MySQLError):
                self.drop()
            raise failed from error
        except BaseException:
            self.drop()
            raise

    async def roll_back(self) -> None:
        with suppress(MysqlFailed):
            await self.say("ROLLBACK")

    def drop(self) -> None:
        """Close a connection of which nobody knows what it would answer next; the server undoes what is open."""
        self._raw.close()


class MysqlTransaction(MysqlConnection):
    """Runs the statements of a transaction. What begins it, and what ``put_many`` writes, waits: it travels with the
    next statement that is asked for something, or before the commit, in one round trip.
    """

    def __init__(self, raw: Connection, begin: Sequence[str]) -> None:
        super().__init__(raw)
        self._waiting: list[str] = list(begin)

    async def rows(self, asked: Statement, **values: Value | Sequence[Value]) -> Sequence[Row]:
        if not self._waiting:
            return await super().rows(asked, **values)
        (found,) = await self.rows_of(SqlRead(asked, values))
        return found

    async def rows_of(self, *questions: SqlRead) -> Sequence[Sequence[Row]]:
        if not questions:
            return ()
        cursor = self._raw.cursor()
        self._waiting += [cursor.mogrify(*_STATEMENTS.prepare(one.asked).arguments(one.values)) for one in questions]
        found = await self._run_waiting(cursor)
        return found[len(found) - len(questions) :]

    async def run_many(self, asked: Statement, many: Sequence[Values]) -> int:
        await self.flush()
        return await super().run_many(asked, many)

    async def put_many(self, asked: Statement, many: Sequence[Values]) -> None:
        prepared = _STATEMENTS.prepare(asked)
        rows = [prepared.arguments(values)[1] for values in many]
        self._waiting += [self._for_all(prepared.text, some) for some in parts(rows, _ROWS_A_STATEMENT)]
        if sum(map(len, self._waiting)) > _WAITING_MAX:
            await self.flush()

    async def flush(self) -> None:
        """Run what waits."""
        if self._waiting:
            await self._run_waiting(self._raw.cursor())

    async def roll_back(self) -> None:
        self._waiting.clear()
        await super().roll_back()

    async def _execute(self, text: str, arguments: Sequence[Any] | None, *, many: bool = False) -> Cursor:
        """Run a statement, behind what waits; the cursor is at its own result."""
        if not self._waiting:
            return await super()._execute(text, arguments, many=many)
        cursor = self._raw.cursor()
        self._waiting.append(cursor.mogrify(text, arguments))
        await self._run_waiting(cursor)
        return cursor

    async def _run_waiting(self, cursor: Cursor) -> Sequence[Sequence[Row]]:
        """Return the rows of each. The server stops at the first that fails; nothing behind it has been run then."""
        text = ";\n".join(self._waiting)
        self._waiting.clear()
        found: list[Sequence[Row]] = []

        async def run() -> None:
            await cursor.execute(text)
            found.append(await cursor.fetchall())
            while await cursor.nextset():
                found.append(await cursor.fetchall())

        await self._within(run)
        return found

    def _for_all(self, text: str, rows: Sequence[Sequence[Any]]) -> str:
        """Return what writes all rows: one statement, if it inserts, and has the same behind the values of each."""
        cursor, insert = self._raw.cursor(), RE_INSERT_VALUES.match(text)
        values = "" if insert is None else insert.group(2).rstrip()
        own = values.count("%s")
        others = {tuple(row[own:]) for row in rows}
        if insert is None or len(others) > 1:
            return ";\n".join(cursor.mogrify(text, row) for row in rows)
        written = ",".join(cursor.mogrify(values, row[:own]) for row in rows)
        return f"{insert.group(1) % ()}{written}{cursor.mogrify(insert.group(3) or '', others.pop())}"
