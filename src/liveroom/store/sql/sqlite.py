"""SQLite in the event loop's own thread: one writer, one reader, and nothing that waits inside the library.

A statement by key takes some microseconds, so a thread would cost more than it saves (DESIGN.md 4). What can take long
does not happen here: a lock that another process holds is asked for again and again, with the loop free in between,
and ``checkpoints`` empties the log in a thread. Reads outside a transaction have a connection of their own, so that
they see nothing that is not committed.
"""

import asyncio
import sqlite3
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import Final, Literal, NoReturn, TypeVar

from liveroom import deadlines
from liveroom.domain.errors import DatabaseUnavailable
from liveroom.store.sql.addresses import make_private
from liveroom.store.sql.checkpoints import Checkpoints
from liveroom.store.sql.dialect import PreparedStatements, Row, SqliteDialect, Statement, Value, Values
from liveroom.store.sql.runner import Runner, SqlRead, one_by_one

T = TypeVar("T")

_PAUSES: Final = (0.001, 0.002, 0.005, 0.01, *[0.02] * 249)
"""Seconds between attempts while another process holds the lock: five in all, less where a request is over before."""
_SECONDS_TO_OPEN: Final = 5.0
_SECONDS_BETWEEN_ATTEMPTS: Final = 0.005
_PAGES_THAT_FORCE_A_CHECKPOINT: Final = 4_000
"""With a log longer than this the writer empties it itself: the thread has not kept up."""
_KEPT_STATEMENTS: Final = 256
_STATEMENTS: Final = PreparedStatements(SqliteDialect())
_DRIVER_ERRORS: Final = (sqlite3.Error, ValueError, OverflowError)
"""The last two: a text or a number that SQLite cannot hold."""


def _refuse_unless_busy(error: Exception) -> None:
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if code not in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}:
        _refuse(error)


def _refuse(error: Exception) -> NoReturn:
    raise DatabaseUnavailable(f"SQLite: {error}") from error


def _only_number(rows: Sequence[Row]) -> int:
    if not rows:
        raise DatabaseUnavailable("SQLite: a row that the schema begins with is missing")
    return int(rows[0][0])


class _SqliteConnection:
    """Runs statements on one connection, and waits without blocking where another process is writing."""

    def __init__(self, raw: sqlite3.Connection) -> None:
        self._raw: Final = raw

    async def rows(self, asked: Statement, values: Values) -> list[Row]:
        text, arguments = _STATEMENTS.prepare(asked).arguments(values)
        try:
            return self._raw.execute(text, arguments).fetchall()
        except _DRIVER_ERRORS as error:
            _refuse_unless_busy(error)
        return await self._retrying(lambda: self._raw.execute(text, arguments).fetchall())

    async def run(self, asked: Statement, values: Values) -> int:
        text, arguments = _STATEMENTS.prepare(asked).arguments(values)
        try:
            return self._raw.execute(text, arguments).rowcount
        except _DRIVER_ERRORS as error:
            _refuse_unless_busy(error)
        return await self._retrying(lambda: self._raw.execute(text, arguments).rowcount)

    async def run_many(self, asked: Statement, many: Sequence[Values]) -> int:
        prepared = _STATEMENTS.prepare(asked)
        try:
            return self._raw.executemany(prepared.text, [prepared.arguments(values)[1] for values in many]).rowcount
        except _DRIVER_ERRORS as error:
            _refuse(error)

    async def say(self, text: str) -> None:
        """Run what has no values: the beginning and the end of a transaction."""
        try:
            self._raw.execute(text)
        except _DRIVER_ERRORS as error:
            _refuse_unless_busy(error)
            await self._retrying(lambda: self._raw.execute(text))

    @staticmethod
    async def _retrying(attempt: Callable[[], T]) -> T:
        for pause in _PAUSES:
            if deadlines.time_left(pause) < pause:
                raise DatabaseUnavailable("SQLite: another process keeps the database locked")
            await asyncio.sleep(pause)
            try:
                return attempt()
            except _DRIVER_ERRORS as error:
                _refuse_unless_busy(error)
                last = error
        _refuse(last)

    def roll_back(self) -> None:
        """End an open transaction without a trace; SQLite itself ends some when a statement fails."""
        if self._raw.in_transaction:
            self._raw.rollback()

    def close(self) -> None:
        self._raw.close()


class _InTransaction:
    """Runs statements in the writer's open transaction."""

    def __init__(self, writer: _SqliteConnection) -> None:
        self._writer: Final = writer

    async def rows(self, asked: Statement, **values: Value | Sequence[Value]) -> Sequence[Row]:
        return await self._writer.rows(asked, values)

    async def row(self, asked: Statement, **values: Value | Sequence[Value]) -> Row | None:
        found = await self._writer.rows(asked, values)
        return found[0] if found else None

    async def rows_of(self, *questions: SqlRead) -> Sequence[Sequence[Row]]:
        return await one_by_one(self, questions)

    async def run(self, asked: Statement, **values: Value | Sequence[Value]) -> int:
        return await self._writer.run(asked, values)

    async def number(self, asked: Statement, **values: Value) -> int:
        return _only_number(await self._writer.rows(asked, values))

    async def run_many(self, asked: Statement, many: Sequence[Values]) -> int:
        return await self._writer.run_many(asked, many)

    async def put_many(self, asked: Statement, many: Sequence[Values]) -> None:
        await self.run_many(asked, many)

    async def together(self, work: Callable[[Runner], Awaitable[T]]) -> T:
        return await work(self)


class _Turn(asyncio.Lock):
    """Whose turn it is to write; a request that is over waits for it no more."""

    async def acquire(self) -> Literal[True]:
        if not self.locked():
            return await super().acquire()
        try:
            async with deadlines.within(deadlines.NEVER):
                return await super().acquire()
        except TimeoutError as late:
            raise DatabaseUnavailable("SQLite: others have been writing for too long") from late


class SqliteEngine:
    """One database file; runs statements that each commit by themselves, and transactions, one at a time."""

    def __init__(self, path: str, *, synchronous: str) -> None:
        try:
            writer = _connect(path, synchronous)
            reader = _connect(path, synchronous)
            reader.execute("PRAGMA query_only = ON")
        except sqlite3.Error as error:
            _refuse(error)
        self._writer: Final = _SqliteConnection(writer)
        self._reader: Final = _SqliteConnection(reader)
        self._turn: Final = _Turn()
        self._checkpoints: Final = Checkpoints(path)
        self._in_transaction: Final = _InTransaction(self._writer)

    async def rows(self, asked: Statement, **values: Value | Sequence[Value]) -> Sequence[Row]:
        return await self._reader.rows(asked, values)

    async def row(self, asked: Statement, **values: Value | Sequence[Value]) -> Row | None:
        found = await self._reader.rows(asked, values)
        return found[0] if found else None

    async def rows_of(self, *questions: SqlRead) -> Sequence[Sequence[Row]]:
        return await one_by_one(self, questions)

    async def run(self, asked: Statement, **values: Value | Sequence[Value]) -> int:
        async with self._turn:
            affected = await self._writer.run(asked, values)
        self._checkpoints.written(1)
        return affected

    async def number(self, asked: Statement, **values: Value) -> int:
        async with self._turn:
            made = _only_number(await self._writer.rows(asked, values))
        self._checkpoints.written(1)
        return made

    async def run_many(self, asked: Statement, many: Sequence[Values]) -> int:
        affected = await self.together(lambda runner: runner.run_many(asked, many))
        self._checkpoints.written(len(many))
        return affected

    async def put_many(self, asked: Statement, many: Sequence[Values]) -> None:
        await self.run_many(asked, many)

    async def together(self, work: Callable[[Runner], Awaitable[T]]) -> T:
        """Run the work in one transaction; nobody else writes meanwhile, so it never has to be run again."""
        async with self._turn:
            await self._writer.say(SqliteDialect.begin)
            try:
                result = await work(self._in_transaction)
                await self._writer.say("COMMIT")
            except BaseException:
                self._writer.roll_back()
                raise
        self._checkpoints.written(1)
        return result

    async def snapshot(self, work: Callable[[Runner], Awaitable[T]]) -> T:
        """Run reads while nobody writes: the reader's connection cannot stand still, others read there meanwhile."""
        return await self.together(work)

    async def refresh(self) -> None:
        """Return: a file does not go away."""

    async def close(self) -> None:
        async with self._turn:
            await self._checkpoints.finish()
            self._reader.close()
            self._writer.close()


def _connect(path: str, synchronous: str) -> sqlite3.Connection:
    make_private(path)
    # isolation_level None: transactions begin where the text says so, not where the library thinks.
    raw = sqlite3.connect(path, timeout=_SECONDS_TO_OPEN, isolation_level=None, cached_statements=_KEPT_STATEMENTS)
    _write_ahead(raw)
    raw.execute(f"PRAGMA synchronous = {synchronous.upper()}")
    raw.execute(f"PRAGMA wal_autocheckpoint = {_PAGES_THAT_FORCE_A_CHECKPOINT}")
    raw.execute("PRAGMA foreign_keys = OFF")
    raw.execute("PRAGMA busy_timeout = 0")
    return raw


def _write_ahead(raw: sqlite3.Connection) -> None:
    """Have the file keep a log: SQLite does not wait for others who are at that too, in spite of its ``timeout``."""
    end = time.monotonic() + _SECONDS_TO_OPEN
    while True:
        try:
            raw.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > end:
                raise
            time.sleep(_SECONDS_BETWEEN_ATTEMPTS)
        else:
            return
