"""Transactions: nothing lost, nothing half done, nothing seen too early; on both databases."""

import asyncio
import sqlite3
import sys
from asyncio.subprocess import PIPE
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from threading import Barrier

import pytest

from liveroom import deadlines
from liveroom.domain.errors import DatabaseUnavailable, RoomFull
from liveroom.domain.ids import RoomId
from liveroom.domain.rooms.model import Room
from liveroom.ports import Tx
from liveroom.store.sql.database import SqlDatabase
from liveroom.store.sql.sqlite import SqliteEngine
from tests.servers import Mariadb
from tests.store.sql.looking import rows_of
from tests.store.sql.samples import room, user

ROOM = RoomId("700")

_HOLD_THE_LOCK = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute("BEGIN IMMEDIATE")
print("held", flush=True)
sys.stdin.readline()
connection.execute("COMMIT")
"""


async def _locked(tx: Tx, id: RoomId = ROOM) -> Room:
    found = await tx.rooms.lock(id)
    assert found is not None
    return found


async def _bump(tx: Tx) -> None:
    found = await _locked(tx)
    await tx.rooms.put(replace(found, rev=found.rev + 1))


async def test_twenty_changes_of_one_room_at_once_lose_none(database: SqlDatabase) -> None:
    await database.rooms.add(room(rev=0))
    await asyncio.gather(*(database.transact(_bump) for _ in range(20)))
    assert await database.rooms.get(ROOM) == room(rev=20)


async def test_a_failure_undoes_the_whole_transaction_and_comes_out_as_it_is(database: SqlDatabase) -> None:
    await database.rooms.add(room())

    async def work(tx: Tx) -> None:
        await _bump(tx)
        await tx.users.add(user())
        raise RoomFull("no place")

    with pytest.raises(RoomFull, match="no place"):
        await database.transact(work)
    assert await database.rooms.get(ROOM) == room()
    assert await database.users.get(user().id) is None


async def test_a_refused_statement_undoes_the_whole_transaction(database: SqlDatabase) -> None:
    await database.rooms.add(room())

    async def work(tx: Tx) -> None:
        await tx.users.add(user())
        await tx.rooms.add(room())

    with pytest.raises(DatabaseUnavailable):
        await database.transact(work)
    assert await database.users.get(user().id) is None
    await database.transact(_bump)


async def test_nobody_sees_what_is_not_committed(database: SqlDatabase) -> None:
    await database.rooms.add(room(rev=0))

    async def work(tx: Tx) -> tuple[Room | None, Room | None]:
        await _bump(tx)
        return await tx.rooms.get(ROOM), await database.rooms.get(ROOM)

    assert await database.transact(work) == (room(rev=1), room(rev=0))
    assert await database.rooms.get(ROOM) == room(rev=1)


async def test_a_cancelled_transaction_leaves_nothing_and_hinders_nobody(database: SqlDatabase) -> None:
    await database.rooms.add(room(rev=0))
    changed, never = asyncio.Event(), asyncio.Event()

    async def work(tx: Tx) -> None:
        await _bump(tx)
        changed.set()
        await never.wait()

    task = asyncio.create_task(database.transact(work))
    await changed.wait()
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task
    await database.transact(_bump)
    assert await database.rooms.get(ROOM) == room(rev=1)


async def test_a_cancelled_statement_hinders_nobody(database: SqlDatabase) -> None:
    await database.rooms.add(room(rev=0))
    tasks = [asyncio.create_task(database.transact(_bump)) for _ in range(20)]
    await asyncio.sleep(0)
    for task in tasks[::2]:
        task.cancel()
    done = await asyncio.gather(*tasks, return_exceptions=True)
    found = await database.rooms.get(ROOM)
    assert found is not None
    assert found.rev >= done.count(None) >= 10


@pytest.mark.services
async def test_two_that_lock_each_other_out_both_come_through(mariadb_template: Mariadb) -> None:
    database = await SqlDatabase.open(mariadb_template.url("store"))
    for id in ("deadlock-a", "deadlock-b"):
        await database.rooms.add(room(id, rev=0))
    both_hold_one = asyncio.Barrier(2)
    attempts = []

    async def change(first: str, second: str) -> None:
        async def work(tx: Tx) -> None:
            one = await _locked(tx, RoomId(first))
            attempts.append(first)
            if len(attempts) <= 2:
                await both_hold_one.wait()
            other = await _locked(tx, RoomId(second))
            for found in (one, other):
                await tx.rooms.put(replace(found, rev=found.rev + 1))

        await database.transact(work)

    await asyncio.gather(change("deadlock-a", "deadlock-b"), change("deadlock-b", "deadlock-a"))
    assert len(attempts) == 3
    assert await database.rooms.get(RoomId("deadlock-a")) == room("deadlock-a", rev=2)
    await database.close()


async def test_another_process_that_holds_sqlites_lock_only_delays(sqlite_template: Path, tmp_path: Path) -> None:
    path = tmp_path / "copy.db"
    path.write_bytes(sqlite_template.read_bytes())
    database = await SqlDatabase.open(f"sqlite:///{path}")
    await database.rooms.add(room(rev=0))
    argv = [sys.executable, "-c", _HOLD_THE_LOCK, str(path)]
    holder = await asyncio.create_subprocess_exec(*argv, stdin=PIPE, stdout=PIPE)
    assert holder.stdout is not None
    assert await holder.stdout.readline() == b"held\n"
    writes = [asyncio.create_task(database.transact(_bump)), asyncio.create_task(database.users.add(user()))]
    for _ in range(50):
        assert await database.rooms.get(ROOM) == room(rev=0)
    await asyncio.wait(writes, timeout=0.1)
    assert not any(task.done() for task in writes)
    await holder.communicate(b"\n")
    await asyncio.gather(*writes)
    assert await database.rooms.get(ROOM) == room(rev=1)
    await database.close()


@pytest.mark.slow
async def test_a_lock_that_is_held_for_long_makes_the_database_unavailable(
    sqlite_template: Path, tmp_path: Path
) -> None:
    path = tmp_path / "copy.db"
    path.write_bytes(sqlite_template.read_bytes())
    database = await SqlDatabase.open(f"sqlite:///{path}")
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(DatabaseUnavailable, match="locked"):
        await database.users.add(user())
    other.execute("COMMIT")
    other.close()
    await database.users.add(user())
    await database.close()


async def test_the_log_is_copied_while_the_loop_goes_on(sqlite_template: Path, tmp_path: Path) -> None:
    path = tmp_path / "copy.db"
    path.write_bytes(sqlite_template.read_bytes())
    before = path.stat().st_size
    database = await SqlDatabase.open(f"sqlite:///{path}")
    for number in range(1200):
        await database.users.add(user(str(number)))
        await asyncio.sleep(0)
    assert await rows_of(database, "SELECT count(*) FROM lr_users") == [(1200,)]
    assert path.stat().st_size > before
    await database.close()


@pytest.mark.slow
async def test_processes_that_open_a_fresh_file_at_the_same_moment_all_open_it(tmp_path: Path) -> None:
    # Threads here: SQLite's locks are those of connections, whoever has them.
    meeting = Barrier(3)

    def open_each() -> None:
        for number in range(60):
            meeting.wait(timeout=60)
            asyncio.run(_open_and_close(tmp_path / f"{number}.db"))

    await asyncio.gather(*(asyncio.to_thread(open_each) for _ in range(meeting.parties)))


async def _open_and_close(path: Path) -> None:
    await SqliteEngine(str(path), synchronous="normal").close()


async def test_a_request_that_is_over_waits_for_nobodys_lock(sqlite_template: Path, tmp_path: Path) -> None:
    path = tmp_path / "copy.db"
    path.write_bytes(sqlite_template.read_bytes())
    database = await SqlDatabase.open(f"sqlite:///{path}")
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with deadlines.at_most(0.05):
        first, second = database.users.add(user()), database.users.add(user())
        answers = await asyncio.gather(first, second, return_exceptions=True)
    assert [type(answer) for answer in answers] == [DatabaseUnavailable, DatabaseUnavailable]
    other.execute("COMMIT")
    other.close()
    await database.users.add(user())
    await database.close()


@pytest.mark.services
async def test_connections_go_to_whoever_has_waited_longest(mariadb_template: Mariadb) -> None:
    """Whoever asked as a connection was returned got it before those who waited: under load some waited seconds."""
    database = await SqlDatabase.open(mariadb_template.url("store"), pool=2)
    made = 0
    waits: list[int] = []

    async def nothing(_: Tx) -> None:
        await asyncio.sleep(0)

    async def busy() -> None:
        nonlocal made
        while len(waits) < 5:
            await database.transact(nothing)
            made += 1

    working = [asyncio.create_task(busy()) for _ in range(8)]
    for _ in range(5):
        before = made
        await database.ping()
        waits.append(made - before)
    await asyncio.gather(*working)
    await database.close()
    assert max(waits) <= 2 * len(working)
