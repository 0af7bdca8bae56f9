"""The schema: from nothing and from every revision that releases know to the newest, on both databases."""

import asyncio
from pathlib import Path
from typing import Final

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection

from liveroom.domain.errors import DatabaseUnavailable
from liveroom.domain.hooks.model import HookType
from liveroom.domain.ids import FIRST_ID
from liveroom.domain.tenants.model import Tenant
from liveroom.store.sql import schema
from liveroom.store.sql.counters import CONFIGURATION, add_to_counter
from liveroom.store.sql.current import VERSION_TABLE, is_current, newest_revision
from liveroom.store.sql.database import SqlDatabase
from liveroom.store.sql.schema import SchemaState, migrate, schema_state
from liveroom.store.sql.tables import metadata
from tests.servers import Mariadb
from tests.store.sql.described import describe
from tests.store.sql.first_rows import write_first_rows
from tests.store.sql.samples import ACME, room, stay, user

REVISIONS: Final = [
    "0012",
    "0013",
    "0014",
    "0015",
    "0016",
    "0017",
    "0018",
    "0019",
    "0020",
    "0021",
    "0023",
    "0024",
    "0025",
    "0028",
    "0029",
    "0030",
    "0031",
    "0032",
    "0033",
    "0034",
    "0035",
    "0036",
    "0037",
    "0038",
    "0039",
    "0040",
    "0041",
    "0042",
    "0043",
    "0044",
    "0045",
    "0049",
    "0050",
    "0051",
    "0052",
    "0053",
    "0054",
    "0055",
    "0056",
    "0057",
    "0058",
    "0059",
]
FIRST_SCHEMA: Final = Path(__file__).parent / "first_schema"
"""What the twelve revisions from before the first release made, as each database described it then."""


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


async def test_the_first_revision_makes_what_the_twelve_before_the_first_release_made(
    empty_url: str, backend: str
) -> None:
    await migrate(empty_url, to=REVISIONS[0])
    assert await schema.on_connection(empty_url, describe) == (FIRST_SCHEMA / f"{backend}.txt").read_text()
    counters = "SELECT name, value FROM lr_counters ORDER BY name"
    found = await schema.on_connection(empty_url, lambda connection: list(connection.exec_driver_sql(counters)))
    assert found == [("arrangements", 0), ("ids", FIRST_ID), ("tenants", 0)]


async def test_rows_of_the_first_revision_live_on_in_the_newest(empty_url: str) -> None:
    await migrate(empty_url, to=REVISIONS[0])
    await schema.on_connection(empty_url, write_first_rows)
    assert await schema_state(empty_url) is SchemaState.OLDER
    assert await migrate(empty_url) == REVISIONS[1:]
    database = await SqlDatabase.open(empty_url)
    assert await database.users.get(user().id) == user()
    assert await database.rooms.get(room().id) == room(delisted=True)
    assert await database.stays.newest_of(stay().user, 9) == [stay()]
    assert await database.room_access.rooms_of(user().id) == [room().id]
    assert [stored.item.hook_type for stored in await database.hooks.list()] == [HookType.GO_LIVE]
    assert await database.vendor_work.next_partition("") == "im:"
    assert await database.dead_letters.count("wh_1") == 1
    assert await database.event_partitions.next_target("") == "wh_1"
    assert await add_to_counter(database.engine, CONFIGURATION, 1) == 1
    assert await database.ids.take(1) == FIRST_ID
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


@pytest.mark.parametrize("revision", ["0001", "0011"])
async def test_a_schema_from_before_the_first_release_is_left_alone_and_says_what_to_do(
    empty_url: str, revision: str
) -> None:
    await migrate(empty_url)
    await _execute(empty_url, f"UPDATE lr_schema SET version_num = '{revision}'")  # noqa: S608 - our own revisions
    assert await schema_state(empty_url) is SchemaState.UNRELEASED
    with pytest.raises(DatabaseUnavailable, match=f"`liveroom migrate` of commit {schema.LAST_WITH_UNRELEASED}"):
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
