"""MySQL and MariaDB: a pool of connections, transactions that are run again, and an end to every wait.

READ COMMITTED, on both servers and whatever their settings say: a statement sees what was committed before it, so that
"insert unless it is there, then read whose it is" is right inside a transaction too, and inserts lock no gaps, which
makes deadlocks rare. What must not change is locked (``Rooms.lock``).
"""

import asyncio
import random
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from typing import Any, Final, TypeVar

import asyncmy
from asyncmy.connection import Connection

from liveroom import deadlines
from liveroom.domain.errors import DatabaseUnavailable
from liveroom.store.sql.addresses import MysqlAddress
from liveroom.store.sql.dialect import MysqlDialect, Row, Statement, Value, Values
from liveroom.store.sql.mysql_connection import (
    SECONDS_FOR_A_STATEMENT,
    MysqlConnection,
    MysqlFailed,
    MysqlRetry,
    MysqlTransaction,
)
from liveroom.store.sql.runner import Runner, SqlRead
from liveroom.store.sql.waking import Waking

T = TypeVar("T")

_SECONDS_TO_CONNECT: Final = 3
_SECONDS_FOR_A_LOCK: Final = 5
_SECONDS_TO_CLOSE: Final = 3
_SECONDS_TO_HANG_UP: Final = 1
_ATTEMPTS: Final = 5
_SECONDS_BETWEEN_ATTEMPTS: Final = 0.02
_KEPT_STATEMENTS: Final = 100

_SNAPSHOT: Final = (
    "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ",
    "START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY",
)


def connect_options(address: MysqlAddress) -> dict[str, Any]:
    """Return how to connect, so that a session behaves alike on every server."""
    return {
        "host": address.host,
        "port": address.port,
        "user": address.user,
        "password": address.password.encode(),
        "database": address.database,
        "ssl": None if address.tls is None else dict(address.tls) or True,
        "charset": "utf8mb4",
        "connect_timeout": _SECONDS_TO_CONNECT,
        # The driver says "SET sql_mode=" and this: a second variable rides along.
        "sql_mode": f"'STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION', innodb_lock_wait_timeout={_SECONDS_FOR_A_LOCK}",
        "init_command": "SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED",
    }


class MysqlEngine:
    """One database on a server; runs statements that each commit by themselves, and transactions."""

    def __init__(self, address: MysqlAddress, *, pool: int, wake_timeout: float = 0.0) -> None:
        """Connects when it is first asked for something; to be made where the event loop runs.

        ``wake_timeout``: seconds for which a server that may have gone to sleep is waited for, once an outage.
        """
        self._loop: Final = asyncio.get_running_loop()
        self._wake_timeout: Final = wake_timeout
        self._waking: Final = Waking(wake_timeout, self._probe)
        self._turns: Final = asyncio.Semaphore(pool)
        self._pool: Final = asyncmy.Pool(
            0, pool, **connect_options(address), autocommit=True, stmt_cache_size=_KEPT_STATEMENTS
        )

    async def rows(self, asked: Statement, **values: Value | Sequence[Value]) -> Sequence[Row]:
        return await self._attempt(lambda connection: connection.rows(asked, **values), harmless=True)

    async def row(self, asked: Statement, **values: Value | Sequence[Value]) -> Row | None:
        return await self._attempt(lambda connection: connection.row(asked, **values), harmless=True)

    async def rows_of(self, *questions: SqlRead) -> Sequence[Sequence[Row]]:
        return await self._attempt(lambda connection: connection.rows_of(*questions), harmless=True)

    async def run(self, asked: Statement, **values: Value | Sequence[Value]) -> int:
        return await self._attempt(lambda connection: connection.run(asked, **values), harmless=False)

    async def number(self, asked: Statement, **values: Value) -> int:
        return await self._attempt(lambda connection: connection.number(asked, **values), harmless=False)

    async def run_many(self, asked: Statement, many: Sequence[Values]) -> int:
        return await self.together(lambda runner: runner.run_many(asked, many))

    async def put_many(self, asked: Statement, many: Sequence[Values]) -> None:
        await self._attempt(lambda connection: connection.run_many(asked, many), harmless=True)

    async def together(self, work: Callable[[Runner], Awaitable[T]]) -> T:
        return await self._attempt(lambda connection: self._transact(connection, work), harmless=True)

    async def snapshot(self, work: Callable[[Runner], Awaitable[T]]) -> T:
        """Run reads in a transaction that sees what was committed when it began, whatever is committed meanwhile."""

        async def read(transaction: MysqlTransaction) -> T:
            await transaction.flush()
            return await work(transaction)

        return await self._attempt(lambda connection: self._transact(connection, read, _SNAPSHOT), harmless=True)

    async def _attempt(self, do: Callable[[MysqlConnection], Awaitable[T]], *, harmless: bool) -> T:
        """Do it, again after a deadlock, and once more where a connection was lost and that cannot have written."""
        for attempt in range(1, _ATTEMPTS + 1):
            try:
                return await self._once(do)
            except MysqlFailed as failed:
                last = failed
            lost_once = last.outcome is MysqlRetry.ELSEWHERE and harmless and attempt == 1
            if not (last.outcome is MysqlRetry.AGAIN or lost_once):
                break
            await asyncio.sleep(attempt * _SECONDS_BETWEEN_ATTEMPTS * random.random())  # noqa: S311 - spreads them
        raise DatabaseUnavailable(f"MySQL: {last}") from last.__cause__

    async def _once(self, do: Callable[[MysqlConnection], Awaitable[T]]) -> T:
        await self._turn()
        try:
            raw = await self._acquire()
            try:
                return await do(MysqlConnection(raw))
            finally:
                self._pool.release(raw)
        finally:
            self._turns.release()

    async def _turn(self) -> None:
        """Wait until there is a connection for us. The pool's own queue lets those pass who come as one is returned."""
        try:
            if self._waking.is_due:
                # Those before us may wait for a database that wakes up; that time does not count for us either.
                with deadlines.outside():
                    async with asyncio.timeout(self._wake_timeout + SECONDS_FOR_A_STATEMENT):
                        await self._turns.acquire()
            else:
                async with deadlines.within(SECONDS_FOR_A_STATEMENT):
                    await self._turns.acquire()
        except TimeoutError as error:
            raise MysqlFailed(error) from error

    async def _acquire(self) -> Connection:
        if deadlines.end() <= self._loop.time():
            raise MysqlFailed(deadlines.Overdue())
        if self._waking.is_due:
            with deadlines.outside():
                raw = await self._awake()
        else:
            try:
                raw = await self._free_one()
            except Exception as error:
                raise MysqlFailed(error) from error
        self._waking.stands()
        return raw

    async def _awake(self) -> Connection:
        """Return a connection of a database that may have to wake up first."""
        since = self._loop.time()
        if not await self._waking.under_way():
            raise MysqlFailed(TimeoutError())
        try:
            return await self._free_one()
        except Exception as error:
            if not await self._waking.wait(since):
                raise MysqlFailed(error) from error
        try:
            return await self._free_one()
        except Exception as again:
            raise MysqlFailed(again) from again

    async def _free_one(self) -> Connection:
        if self._pool.freesize and not self._pool.cond.locked():
            async with deadlines.within(SECONDS_FOR_A_STATEMENT):
                return await self._pool.acquire()
        # Who waits in the driver's queue cannot leave it while somebody else connects: a task does the waiting.
        queued = deadlines.spawn(self._queue())
        try:
            async with deadlines.within(SECONDS_FOR_A_STATEMENT):
                return await asyncio.shield(queued)
        except BaseException:
            queued.add_done_callback(self._take_back)
            queued.cancel()
            raise

    async def _queue(self) -> Connection:
        return await self._pool.acquire()

    def _take_back(self, queued: "asyncio.Task[Connection]") -> None:
        if not queued.cancelled() and queued.exception() is None:
            self._pool.release(queued.result())

    async def _probe(self) -> None:
        self._pool.release(await self._pool.acquire())

    @staticmethod
    async def _transact(
        connection: MysqlConnection,
        work: Callable[[MysqlTransaction], Awaitable[T]],
        begin: Sequence[str] = (MysqlDialect.begin,),
    ) -> T:
        transaction = connection.transaction(begin)
        try:
            result = await work(transaction)
            await transaction.flush()
        except Exception:
            await transaction.roll_back()
            raise
        except BaseException:
            transaction.drop()
            raise
        try:
            await transaction.say("COMMIT")
        except MysqlFailed as failed:
            if failed.outcome is MysqlRetry.AGAIN:
                raise
            raise DatabaseUnavailable(f"MySQL: {failed}; whether it was committed is not known") from failed.__cause__
        return result

    async def refresh(self) -> None:
        """Close connections that nobody uses; those that were in use as the process was frozen show what they are."""
        with suppress(Exception):
            async with asyncio.timeout(_SECONDS_TO_HANG_UP):
                await self._pool.clear()

    async def close(self) -> None:
        """Close every connection; nobody uses the database any more."""
        await self._waking.stop()
        self._pool.terminate()
        with suppress(TimeoutError):
            async with asyncio.timeout(_SECONDS_TO_CLOSE):
                await self._pool.wait_closed()
