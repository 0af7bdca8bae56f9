"""The schema: from nothing and from every earlier revision to the newest, on both databases."""

import asyncio
from typing import Final

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, bindparam, insert

from liveroom.domain.errors import DatabaseUnavailable
from liveroom.domain.ids import FIRST_ID
from liveroom.domain.privacy.erasures import PREFIX
from liveroom.domain.tenants.model import Tenant
from liveroom.store.sql import schema
from liveroom.store.sql.accounts.users import user_values
from liveroom.store.sql.current import VERSION_TABLE, is_current, newest_revision
from liveroom.store.sql.database import SqlDatabase
from liveroom.store.sql.dialect import statement
from liveroom.store.sql.presence.stays import stay_values
from liveroom.store.sql.rooms.rows import room_values
from liveroom.store.sql.schema import SchemaState, migrate, schema_state
from liveroom.store.sql.tables import metadata, rooms, stays, users
from tests.servers import Mariadb
from tests.store.sql.samples import ACME, NOW, room, stay, user

REVISIONS = ["0001", "0002", "0003", "0004", "0005", "0006", "0007", "0008", "0009", "0010", "0011", "0012"]

_LATER: Final = frozenset(
    {
        "barred",
        "access",
        "password",
        "seats",
        "seat_mode",
        "seat_locks",
        "slow",
        "muted",
        "starts",
        "ends",
        "guarded",
        "link_key",
    }
)
_ROOM_THEN: Final = statement(
    insert(rooms).values({c.name: bindparam(c.name) for c in rooms.columns if c.name not in _LATER})
)
_STAY_THEN: Final = statement(
    insert(stays).values({c.name: bindparam(c.name) for c in stays.columns if c.name not in {"seat", "seat_mutes"}})
)
"""A room and a stay as releases wrote them before rooms could be barred, or had options and seats."""
_USER_THEN: Final = statement(
    insert(users).values({c.name: bindparam(c.name) for c in users.columns if c.name != "language"})
)
"""A user as releases wrote them before one could choose a language."""


async def _execute(url: str, *statements: str) -> None:
    def run(connection: Connection) -> None:
        for one in statements:
            connection.exec_driver_sql(one)

    await schema.on_connection(url, run)


async def test_an_empty_database_is_brought_to_the_newest_schema_once(empty_url: str) -> None:
    assert await schema_state(empty_url) is SchemaState.EMPTY
    assert await migrate(empty_url) == REVISIONS
    assert await schema_state(empty_url) is SchemaState.CURRENT
    assert await migrate(empty_url) == []


async def test_a_start_finds_out_with_one_query_whether_there_is_anything_to_migrate(empty_url: str) -> None:
    assert newest_revision() == REVISIONS[-1]
    assert not await is_current(empty_url)
    await migrate(empty_url, to=REVISIONS[-2])
    assert not await is_current(empty_url)
    await migrate(empty_url)
    assert await is_current(empty_url)
    await _execute(empty_url, "UPDATE lr_schema SET version_num = '9999'")
    assert not await is_current(empty_url)


async def test_of_nodes_that_start_at_once_one_migrates(empty_url: str) -> None:
    applied = await asyncio.gather(*(migrate(empty_url) for _ in range(4)))
    assert sorted(applied) == [[], [], [], REVISIONS]


@pytest.mark.parametrize("revision", REVISIONS)
async def test_rows_of_every_revision_live_on_in_the_newest(empty_url: str, revision: str) -> None:
    await migrate(empty_url, to=revision)
    database = await SqlDatabase.open(empty_url)
    someone = user(name="👩🏽‍🎤 名字")
    await database.engine.run(_USER_THEN, id=someone.id, **user_values(someone))
    await database.engine.run(_ROOM_THEN, id=room().id, **room_values(room()))
    await database.engine.run(_STAY_THEN, **stay_values(stay()))
    await database.close()
    await migrate(empty_url)
    database = await SqlDatabase.open(empty_url)
    assert await database.users.get(someone.id) == someone
    assert await database.rooms.get(room().id) == room()
    assert await database.stays.newest_of(stay().user, 9) == [stay()]
    assert await database.ids.take(1) == FIRST_ID
    await database.close()


async def test_names_that_were_there_before_have_their_look(empty_url: str) -> None:
    await migrate(empty_url, to="0008")
    into = "INSERT INTO lr_credentials (tenant, folded, username, user_id, salt)"
    await _execute(empty_url, *(f"{into} VALUES ('acme', 'admin{n}', 'Admin', '40000001', '-')" for n in range(1001)))
    await migrate(empty_url)
    database = await SqlDatabase.open(empty_url)
    assert await database.users.looks_taken(ACME, "admin1000")
    assert await database.users.looks_taken(ACME, "аdmin7")
    assert not await database.users.looks_taken(ACME, "nobody")
    await database.close()


async def test_whoever_was_deleted_before_is_erased_once(empty_url: str) -> None:
    await migrate(empty_url, to="0007")
    database = await SqlDatabase.open(empty_url)
    for number in range(3):
        someone = user(f"4000000{number}", deleted=NOW if number else None)
        await database.engine.run(_USER_THEN, id=someone.id, **user_values(someone))
    await database.close()
    await migrate(empty_url)
    database = await SqlDatabase.open(empty_url)
    found = await database.erasures.due(NOW, 10)
    assert sorted(one.user for one in found) == ["40000001", "40000002"]
    assert len({one.pseudonym for one in found}) == 2
    assert all(one.is_last and one.pseudonym.startswith(PREFIX) and one.deleted == NOW for one in found)
    await database.close()


async def test_the_release_before_writes_tenants_into_the_newest_schema(empty_url: str) -> None:
    await migrate(empty_url)
    await _execute(
        empty_url,
        "INSERT INTO lr_tenants (name, sdk_app_id, sdk_secret, language, plain, hosts, quota_users, quota_rooms, "
        "quota_members, rev) VALUES ('acme', 0, '', 'zh', 0, '[]', 0, 0, 0, 1)",
    )
    database = await SqlDatabase.open(empty_url)
    assert await database.tenants.list() == [Tenant(ACME, rev=1)]
    await database.close()


async def test_the_migrated_schema_is_the_one_in_tables(url: str) -> None:
    def compare(connection: Connection) -> list[object]:
        options = {"compare_type": True, "version_table": VERSION_TABLE}
        return list(compare_metadata(MigrationContext.configure(connection, opts=options), metadata))

    assert await schema.on_connection(url, compare) == []


@pytest.mark.services
def test_every_text_in_mysql_is_utf8mb4_and_compares_by_its_bytes(mariadb_template: Mariadb) -> None:
    query = "SELECT DISTINCT collation_name FROM information_schema.columns WHERE table_schema = 'store'"
    rows = mariadb_template.execute(f"{query} AND collation_name IS NOT NULL AND table_name <> 'lr_schema'")
    assert rows == [["utf8mb4_bin"]]


async def test_a_schema_of_a_newer_release_is_recognised_and_left_alone(empty_url: str) -> None:
    await migrate(empty_url)
    await _execute(empty_url, "UPDATE lr_schema SET version_num = '9999'")
    assert await schema_state(empty_url) is SchemaState.NEWER
    with pytest.raises(DatabaseUnavailable, match="newer release"):
        await migrate(empty_url)


async def test_a_schema_without_its_last_revision_is_older(empty_url: str) -> None:
    await migrate(empty_url)
    await _execute(empty_url, "DELETE FROM lr_schema")
    assert await schema_state(empty_url) is SchemaState.OLDER


async def test_the_originals_database_is_recognised_until_ours_is_in_it(empty_url: str) -> None:
    await _execute(empty_url, "CREATE TABLE rooms (id INTEGER)", "CREATE TABLE users_in_room (id INTEGER)")
    assert await schema_state(empty_url) is SchemaState.ORIGINAL
    await migrate(empty_url)
    assert await schema_state(empty_url) is SchemaState.CURRENT
