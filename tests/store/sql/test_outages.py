"""A MariaDB that is killed, loses connections, hangs or was never there."""

import asyncio
import time
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from sqlalchemy import func, select

from liveroom.domain.errors import DatabaseUnavailable
from liveroom.domain.ids import RoomId
from liveroom.ports import Tx
from liveroom.store.sql.database import SqlDatabase
from liveroom.store.sql.dialect import statement
from liveroom.store.sql.runner import Runner
from tests.servers import Mariadb, free_ports
from tests.store.sql.samples import room, user

pytestmark = pytest.mark.services
ROOM = RoomId("700")


@pytest.fixture
def server(mariadb_template: Mariadb) -> Mariadb:
    """Return the server with one room, whose ``rev`` is 0."""
    mariadb_template.execute("DELETE FROM lr_rooms; DELETE FROM lr_users", "store")
    return mariadb_template


@pytest.fixture
async def database(server: Mariadb) -> AsyncIterator[SqlDatabase]:
    """Yield the server's database with one room, whose ``rev`` is 0."""
    opened = await SqlDatabase.open(server.url("store"), pool=2)
    await opened.rooms.add(room(rev=0))
    yield opened
    await opened.close()


async def _bump(tx: Tx) -> None:
    found = await tx.rooms.lock(ROOM)
    assert found is not None
    await tx.rooms.put(replace(found, rev=found.rev + 1))


def _end_connections(server: Mariadb) -> None:
    """End every connection to the store's database, as a failing network or a proxy does."""
    ids = server.execute("SELECT id FROM information_schema.processlist WHERE db = 'store'")
    assert ids
    server.execute("".join(f"KILL {id};" for (id,) in ids))


async def _rev(database: SqlDatabase) -> int:
    found = await database.rooms.get(ROOM)
    assert found is not None
    return found.rev


async def test_a_server_killed_in_a_transaction_is_unavailable_and_comes_back(
    server: Mariadb, database: SqlDatabase
) -> None:
    async def work(tx: Tx) -> None:
        await _bump(tx)
        if server.is_running():
            server.kill()
        await tx.users.add(user())

    try:
        with pytest.raises(DatabaseUnavailable):
            await database.transact(work)
        with pytest.raises(DatabaseUnavailable):
            await database.ping()
        with pytest.raises(DatabaseUnavailable):
            await database.users.add(user())
    finally:
        server.start()
    assert await _rev(database) == 0
    await database.transact(_bump)
    assert await _rev(database) == 1


async def test_a_server_restarted_between_two_calls_is_not_noticed(server: Mariadb, database: SqlDatabase) -> None:
    await asyncio.gather(*(database.transact(_bump) for _ in range(4)))
    server.kill()
    server.start()
    assert await _rev(database) == 4
    await database.transact(_bump)


async def test_connections_ended_between_two_calls_are_not_noticed(server: Mariadb, database: SqlDatabase) -> None:
    await asyncio.gather(*(database.ping() for _ in range(4)))
    _end_connections(server)
    await database.transact(_bump)
    await database.users.add(user())
    assert await _rev(database) == 1


async def test_a_transaction_that_loses_its_connection_is_run_once_more(server: Mariadb, database: SqlDatabase) -> None:
    attempts: list[int] = []

    async def work(tx: Tx) -> None:
        attempts.append(1)
        await _bump(tx)
        if len(attempts) == 1:
            _end_connections(server)
        await tx.users.add(user())

    await database.transact(work)
    assert len(attempts) == 2
    assert await _rev(database) == 1


async def test_a_connection_lost_at_the_commit_is_reported_and_nothing_is_run_again(
    server: Mariadb, database: SqlDatabase
) -> None:
    attempts: list[int] = []

    async def work(tx: Tx) -> None:
        attempts.append(1)
        await _bump(tx)
        _end_connections(server)

    with pytest.raises(DatabaseUnavailable, match="not known"):
        await database.transact(work)
    assert len(attempts) == 1


async def test_a_server_that_was_never_there_is_unavailable() -> None:
    (port,) = free_ports(1)
    database = await SqlDatabase.open(f"mysql://nobody:secret@127.0.0.1:{port}/none")
    with pytest.raises(DatabaseUnavailable) as refused:
        await database.ping()
    assert "secret" not in str(refused.value)
    await database.close()


@pytest.mark.slow
async def test_a_server_that_hangs_is_unavailable_to_all_who_wait_at_the_same_time(
    server: Mariadb, database: SqlDatabase
) -> None:
    await database.ping()
    server.pause()
    try:
        async with asyncio.timeout(15):
            calls = [*(database.ping() for _ in range(6)), database.transact(_bump)]
            answers = await asyncio.gather(*calls, return_exceptions=True)
    finally:
        server.resume()
    assert {type(answer) for answer in answers} == {DatabaseUnavailable}
    await database.transact(_bump)


async def _connections(database: SqlDatabase) -> set[int]:
    """Return which connections two use that both have one."""
    asked, both = statement(select(func.connection_id())), asyncio.Barrier(2)

    async def work(runner: Runner) -> int:
        row = await runner.row(asked)
        await both.wait()
        assert row is not None
        return int(row[0])

    return set(await asyncio.gather(*(database.engine.together(work) for _ in range(2))))


async def test_a_process_that_was_frozen_makes_its_connections_anew(server: Mariadb, database: SqlDatabase) -> None:
    before = await _connections(database)
    await database.refresh()
    after = await _connections(database)
    assert len(before) == len(after) == 2
    assert before.isdisjoint(after)


async def test_connections_that_died_silently_in_a_freeze_do_not_hold_up_the_resume(
    server: Mariadb, database: SqlDatabase
) -> None:
    await _connections(database)
    server.pause()
    try:
        began = time.monotonic()
        await database.refresh()
        assert time.monotonic() - began < 2
    finally:
        server.resume()
    assert await _rev(database) == 0
