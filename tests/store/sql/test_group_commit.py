"""Group commit: transactions of one tick share one, and nobody is worse off for the company."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import pytest

from liveroom import deadlines
from liveroom.domain.accounts.sessions import SessionEnd
from liveroom.domain.accounts.users import LoginCredential
from liveroom.domain.errors import DatabaseUnavailable, NameTaken
from liveroom.domain.ids import SessionId, UserId
from liveroom.ports import Tx
from liveroom.store.sql import database as sql
from liveroom.store.sql.database import SqlDatabase
from liveroom.store.sql.group_commit import GroupCommit
from liveroom.store.sql.runner import Runner
from tests.counted import CountedEngine
from tests.servers import Mariadb
from tests.store.sql.samples import HOME, NOW, SECOND, session, user

Work = Callable[[Tx], Awaitable[Any]]
ON_MARIADB = pytest.mark.parametrize("backend", [pytest.param("mariadb", marks=pytest.mark.services)])


class Group:
    """Runs transactions together, and keeps what they asked."""

    def __init__(self, database: SqlDatabase) -> None:
        self.counted = CountedEngine(database.engine)
        self._group = GroupCommit(self.counted)

    def begin(self, work: Work) -> Awaitable[Any]:
        return self._group.transact(lambda runner: work(sql.SqlStatements(runner)))

    async def run(self, works: Sequence[Work]) -> list[Any]:
        """Return how each ended, errors too."""
        return await asyncio.gather(*map(self.begin, works), return_exceptions=True)


@pytest.fixture
async def group(database: SqlDatabase) -> Group:
    return Group(database)


def registering(number: int, name: str = "") -> Work:
    """Return the work that makes an account of that name, unless it is taken."""
    id, name = UserId(str(number)), name or f"name{number}"

    async def work(tx: Tx) -> UserId:
        await tx.ids.claim(id, HOME, id)
        await tx.users.add_new(user(id))
        if not await tx.users.add_credential(LoginCredential(HOME, name, id, "sealed"), name):
            raise NameTaken
        return id

    return work


async def test_thirty_accounts_are_made_with_three_statements(database: SqlDatabase, group: Group) -> None:
    made = await group.run([registering(number) for number in range(30)])
    assert made == [str(number) for number in range(30)]
    assert len(group.counted.asked) == 3
    assert len(await database.users.list([UserId(str(number)) for number in range(30)])) == 30


async def test_a_taken_name_is_refused_to_its_own_call_only(database: SqlDatabase, group: Group) -> None:
    await database.transact(registering(99, "name7"))
    made = await group.run([registering(number) for number in range(20)])
    assert isinstance(made.pop(7), NameTaken)
    assert made == [str(number) for number in range(20) if number != 7]
    assert await database.users.get(UserId("7")) is None


async def test_of_two_who_want_the_same_name_at_once_one_gets_it(database: SqlDatabase, group: Group) -> None:
    made = await group.run([registering(1, "same"), registering(2, "same"), registering(3)])
    assert sum(isinstance(one, NameTaken) for one in made) == 1
    assert made[2] == "3"
    found = await database.users.credential(HOME, "same")
    assert found is not None
    assert found[0].user in made


async def test_a_signature_that_is_sent_twice_at_once_opens_one_session(group: Group) -> None:
    def using(id: str) -> Work:
        async def work(tx: Tx) -> SessionId:
            first, _ = await tx.sessions.use_signature("digest", SessionId(id), NOW)
            if first == id:
                await tx.sessions.add(session(id))
            return first

        return work

    opened = await group.run([using("s1"), using("s2"), using("s3")])
    assert len(set(opened)) == 1


async def test_what_fails_before_it_has_written_leaves_the_others_together(group: Group) -> None:
    async def look(tx: Tx) -> None:
        await tx.users.get(UserId("1"))
        raise NameTaken

    made = await group.run([registering(1), look, registering(2)])
    assert made == ["1", made[1], "2"]
    assert isinstance(made[1], NameTaken)
    assert len(group.counted.asked) == 4


async def test_what_fails_after_it_has_written_is_undone_without_the_others(
    database: SqlDatabase, group: Group
) -> None:
    async def fail(tx: Tx) -> None:
        await registering(2)(tx)
        raise NameTaken

    made = await group.run([registering(1), fail, registering(3)])
    assert isinstance(made[1], NameTaken)
    assert [one.id for one in await database.users.list([UserId("1"), UserId("2"), UserId("3")])] == ["1", "3"]


async def test_members_may_ask_for_different_things_and_end_at_different_times(
    database: SqlDatabase, group: Group
) -> None:
    async def quick(tx: Tx) -> None:
        await tx.sessions.add(session("s1"))

    async def slow(tx: Tx) -> Sequence[SessionId]:
        await registering(1)(tx)
        await tx.sessions.add(session("s2", "1"))
        await tx.sessions.end_all(UserId("1"), NOW + SECOND, SessionEnd.LOGOUT)
        return await tx.sessions.open_of(UserId("1"))

    assert await group.run([quick, slow, registering(2)]) == [None, [], "2"]
    assert await database.sessions.open_of(user().id) == ["s1"]


async def test_who_asks_alone_or_is_hardly_waited_for_any_more_has_a_transaction_of_their_own(group: Group) -> None:
    await group.begin(registering(1))
    with deadlines.at_most(0.5):
        late = asyncio.gather(group.begin(registering(2)), group.begin(registering(3)))
    await asyncio.gather(late, group.begin(registering(4)))
    assert len(group.counted.asked) == 4 * 3


async def _two_under_way(group: Group, gate: asyncio.Event) -> "asyncio.Future[Any]":
    """Return two transactions that have begun and wait for the gate."""
    under_way = []
    for _ in range(2):
        begun = asyncio.Event()

        async def stuck(_: Tx, begun: asyncio.Event = begun) -> None:
            begun.set()
            await gate.wait()

        under_way.append(asyncio.ensure_future(group.begin(stuck)))
        await begun.wait()
    return asyncio.gather(*under_way)


@ON_MARIADB
async def test_who_comes_while_two_are_under_way_shares_the_next(group: Group) -> None:
    gate = asyncio.Event()
    under_way = await _two_under_way(group, gate)
    late = [asyncio.ensure_future(group.begin(registering(number))) for number in range(20)]
    await asyncio.sleep(0)
    later = [asyncio.ensure_future(group.begin(registering(number))) for number in range(20, 40)]
    gate.set()
    assert await asyncio.gather(*late, *later) == [str(number) for number in range(40)]
    await under_way
    assert len(group.counted.asked) == 3


@ON_MARIADB
async def test_who_waits_for_others_is_told_when_the_time_is_over(group: Group) -> None:
    gate = asyncio.Event()
    under_way = await _two_under_way(group, gate)
    with deadlines.at_most(1.05):
        late = asyncio.ensure_future(group.begin(registering(1)))
        with pytest.raises(DatabaseUnavailable):
            await late
    gate.set()
    await under_way


@pytest.mark.services
async def test_a_deadlock_is_tried_again_for_all_of_them(mariadb_template: Mariadb) -> None:
    mariadb_template.execute("DELETE FROM lr_users; DELETE FROM lr_ids; DELETE FROM lr_credentials", "store")
    database = await SqlDatabase.open(mariadb_template.url("store"))
    try:
        left, right = GroupCommit(database.engine), GroupCommit(database.engine)
        numbers = list(range(40))

        def claiming(number: int) -> Callable[[Runner], Awaitable[Any]]:
            return lambda runner: sql.SqlStatements(runner).ids.claim(str(number), HOME, UserId("1"))

        for _ in range(20):
            ahead = [left.transact(claiming(number)) for number in numbers]
            back = [right.transact(claiming(number)) for number in reversed(numbers)]
            assert await asyncio.gather(*ahead, *back) == [("1", HOME)] * 80
            mariadb_template.execute("DELETE FROM lr_ids", "store")
    finally:
        await database.close()


@pytest.mark.services
async def test_nothing_is_run_again_once_it_may_have_been_committed(mariadb_template: Mariadb) -> None:
    mariadb_template.execute("DELETE FROM lr_users; DELETE FROM lr_ids; DELETE FROM lr_credentials", "store")
    database = await SqlDatabase.open(mariadb_template.url("store"))
    runs = 0

    class Losing(CountedEngine):
        """Loses the connection at the commit."""

        async def together(self, work: Callable[[Runner], Awaitable[Any]]) -> Any:
            nonlocal runs
            runs += 1
            await super().together(work)
            raise DatabaseUnavailable("whether it was committed is not known")

    try:
        losing = SqlDatabase(Losing(database.engine))
        ended = await Group(losing).run([registering(number) for number in range(5)])
        assert [type(one) for one in ended] == [DatabaseUnavailable] * 5
        assert runs == 1
    finally:
        await database.close()


@pytest.mark.services
async def test_while_the_database_is_away_everybody_is_told_so(mariadb_template: Mariadb) -> None:
    database = await SqlDatabase.open(mariadb_template.url("store"))
    mariadb_template.kill()
    try:
        ended = await Group(database).run([registering(number) for number in range(5)])
        assert [type(one) for one in ended] == [DatabaseUnavailable] * 5
    finally:
        mariadb_template.start()
        await database.close()
