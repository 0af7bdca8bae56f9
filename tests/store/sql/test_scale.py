"""Every statement finds its rows by an index, and none gets slower among a million users and 100,000 rooms."""

import asyncio
import shutil
import sqlite3
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import closing
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages
from types import ModuleType
from typing import Any

import asyncmy
import pytest
from sqlalchemy import String

from liveroom.domain.accounts.contacts import CodeSessionId, Contact, ContactKind
from liveroom.domain.ids import BroadcastId, RoomId, SessionId, UserId
from liveroom.store import sql
from liveroom.store.sql.addresses import MysqlAddress, read_address
from liveroom.store.sql.database import SqlDatabase
from liveroom.store.sql.dialect import MysqlDialect, PreparedStatements, SqlDialect, SqliteDialect, Statement
from liveroom.store.sql.mysql import connect_options
from tests.servers import Mariadb
from tests.store.sql.crowd import fill
from tests.store.sql.samples import HOME, NOW, SECOND, stay

_ELSEWHERE = {"database", "importing.original"}
"""They ask no table of ours: a ping, the original's database."""
_FILES = {
    name: import_module(found.name)
    for found in walk_packages(sql.__path__, f"{sql.__name__}.")
    if (name := found.name.removeprefix(f"{sql.__name__}.")) not in _ELSEWHERE
}
_FEW_ROWS = {
    *("lr_tenants", "lr_counters", "lr_leases", "lr_signs_of_life", "lr_gift_catalogues", "lr_battle_queue"),
    *("lr_fixed_secrets", "lr_server_keys", "lr_app_keys", "lr_app_rules", "lr_webhooks", "lr_hooks"),
}


def _in_records(module: ModuleType) -> Iterator[tuple[str, Any]]:
    """Yield what is in named tuples of a module, such as the statements of an index of terms."""
    for name, found in vars(module).items():
        if isinstance(found, tuple):
            yield from ((f"{name}_{field}", getattr(found, field)) for field in getattr(found, "_fields", ()))


STATEMENTS = {
    f"{file}{name.lower()}": found
    for file, module in _FILES.items()
    for name, found in (*vars(module).items(), *_in_records(module))
    if isinstance(found, Statement)
}


def explained(asked: Statement, dialect: SqlDialect) -> tuple[str, Any]:
    """Return the statement's text and values of the right types."""
    binds = asked.say(dialect).compile(dialect=dialect.compiler()).binds  # type: ignore[attr-defined]
    one = {name: "5" if isinstance(bind.type, String) else 5 for name, bind in binds.items()}
    one |= dict.fromkeys(one.keys() & {"tenant", "of"}, "")
    values = {name: [one[name]] * 3 if bind.expanding else one[name] for name, bind in binds.items()}
    return PreparedStatements(dialect).prepare(asked).arguments(values)


def _open_stays(who: str) -> Statement:
    return STATEMENTS[f"presence.stays_open_{'in_rooms' if who == 'room' else 'of_users'}"]


@pytest.mark.parametrize("name", STATEMENTS)
def test_on_sqlite_every_statement_searches_an_index_and_sorts_nothing(name: str, sqlite_template: Path) -> None:
    text, values = explained(STATEMENTS[name], SqliteDialect())
    with closing(sqlite3.connect(sqlite_template)) as connection:
        plan = [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {text}", values)]
    whole = [step for step in plan if step.startswith("SCAN") and step.split()[1] not in {*_FEW_ROWS, "CONSTANT"}]
    assert whole == []
    assert not [step for step in plan if "ORDER BY" in step]


@pytest.mark.parametrize("who", ["room", "user"])
def test_on_sqlite_open_stays_are_found_without_looking_at_closed_ones(who: str, sqlite_template: Path) -> None:
    text, values = explained(_open_stays(who), SqliteDialect())
    with closing(sqlite3.connect(sqlite_template)) as connection:
        plan = [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {text}", values)]
    assert plan[0] == f"SEARCH lr_stays USING INDEX lr_stays_{who}_bucket ({who}_bucket=? AND left_at=?)"


@pytest.fixture(scope="module")
def crowded(mariadb_template: Mariadb) -> Mariadb:
    """Return a server whose database has enough rows for its planner to prefer an index where there is one."""

    async def crowd() -> None:
        database = await SqlDatabase.open(mariadb_template.url("store"))
        await fill(database, users=20_000, rooms=10_000, stays=40_000)
        await database.close()

    mariadb_template.execute(
        "DELETE FROM lr_users; DELETE FROM lr_rooms; DELETE FROM lr_stays; DELETE FROM lr_room_terms; "
        "DELETE FROM lr_user_terms; DELETE FROM lr_outbox",
        "store",
    )
    asyncio.run(crowd())
    mariadb_template.execute(
        "ANALYZE TABLE lr_users, lr_codes, lr_contacts, lr_sessions, lr_rooms, lr_stays, lr_outbox, lr_room_terms, "
        "lr_user_terms",
        "store",
    )
    mariadb_template.execute("ANALYZE TABLE lr_vendor_work", "store")
    return mariadb_template


async def _plan(server: Mariadb, text: str, values: Any) -> list[tuple[Any, ...]]:
    address = read_address(server.url("store"))
    assert isinstance(address, MysqlAddress)
    connection = await asyncmy.connect(**connect_options(address))
    cursor = connection.cursor()
    await cursor.execute(f"EXPLAIN {text}", values)
    plan = await cursor.fetchall()
    await connection.ensure_closed()
    return list(plan)


@pytest.mark.services
@pytest.mark.parametrize("who", ["room", "user"])
async def test_on_mariadb_open_stays_are_found_without_looking_at_closed_ones(who: str, crowded: Mariadb) -> None:
    text, values = explained(_open_stays(who), MysqlDialect())
    step, *_ = await _plan(crowded, text, values)
    kind, index, compared = step[3], step[5], step[7]
    assert (kind, index, compared) == ("ref", f"lr_stays_{who}_bucket", "const,const")


@pytest.mark.services
@pytest.mark.parametrize("name", STATEMENTS)
async def test_on_mariadb_every_statement_uses_an_index(name: str, crowded: Mariadb) -> None:
    text, values = explained(STATEMENTS[name], MysqlDialect())
    plan = await _plan(crowded, text, values)
    tables = [step for step in plan if step[2] and not step[2].startswith("<") and step[2] not in _FEW_ROWS]
    if text.startswith("INSERT"):
        return
    assert [step for step in tables if step[3] in {"ALL", "index"}] == []
    if "ORDER BY" in text:
        assert not [step for step in tables if "filesort" in (step[-1] or "")]


async def _milliseconds(call: Callable[[], Awaitable[object]]) -> float:
    """Return how long a call takes, the fastest of many."""
    times = []
    for _ in range(30):
        begun = time.perf_counter()
        await call()
        times.append(time.perf_counter() - begun)
    return min(times) * 1000


@pytest.mark.slow
@pytest.mark.parametrize(
    "users", [pytest.param(100_000, id="a tenth"), pytest.param(1_000_000, id="a million", marks=pytest.mark.long)]
)
async def test_among_a_million_users_and_a_hundred_thousand_rooms_no_call_is_slow(
    users: int, sqlite_template: Path, tmp_path: Path
) -> None:
    database = await SqlDatabase.open(f"sqlite:///{shutil.copy(sqlite_template, tmp_path)}")
    await fill(database, users=users, rooms=users // 10, stays=users * 3 // 10)
    room, user, some = RoomId(str(users // 20)), UserId(str(users // 2)), str(users * 3 // 10)
    by_key: dict[str, Callable[[], Awaitable[object]]] = {
        "user": lambda: database.users.get(user),
        "user and session": lambda: database.users.with_session(user, SessionId(str(user))),
        "credential": lambda: database.users.credential(HOME, some),
        "twenty users": lambda: database.users.list([UserId(str(number)) for number in range(20)]),
        "room": lambda: database.rooms.get(room),
        "rooms of an owner": lambda: database.rooms.owned_live(user),
        "code": lambda: database.codes.get(CodeSessionId("c50000")),
        "codes sent to a number": lambda: database.codes.sent_to("n500", NOW - SECOND),
        "whose a number is": lambda: database.contacts.holder(HOME, Contact(ContactKind.PHONE, some)),
        "who carries a number": lambda: database.contacts.carried_by(HOME, Contact(ContactKind.PHONE, some)),
        "open sessions": lambda: database.sessions.open_of(user),
        "past users": lambda: database.stays.past_users([BroadcastId("b2000")]),
        "a stay": lambda: database.stays.put([stay()]),
        "due": lambda: database.outbox.due(NOW + SECOND, 100),
        "work due": lambda: database.vendor_work.claim("im:", "h", NOW, NOW + SECOND, 4),
        "next partition": lambda: database.vendor_work.next_partition(""),
        "newest stays": lambda: database.stays.newest_of(user, 100),
        "page of users": lambda: database.users.page(HOME, user, 20),
        "rooms with a word": lambda: database.room_terms.find(HOME, "word5", 400),
        "users with a word": lambda: database.user_terms.find(HOME, "surname5", 400),
        "users whose terms are due": lambda: database.user_terms.waiting(200),
        "broadcasts of a room": lambda: database.broadcasts.of_room(room, "", 50),
        "which of twenty rooms have a word": lambda: database.room_terms.among(
            [RoomId(str(n)) for n in range(20)], "k"
        ),
    }
    slow = {name: took for name, call in by_key.items() if (took := await _milliseconds(call)) > 1}
    assert slow == {}
    by_bucket: dict[str, Callable[[], Awaitable[object]]] = {
        "rooms": lambda: database.rooms.live_in_bucket(7),
        "stays of rooms": lambda: database.stays.open_in_room_bucket(7),
        "stays of users": lambda: database.stays.open_in_user_bucket(7),
        "hundred live rooms": lambda: database.rooms.live(HOME, room, 100),
    }
    slow = {name: took for name, call in by_bucket.items() if (took := await _milliseconds(call)) > 5}
    assert slow == {}
    await database.close()
