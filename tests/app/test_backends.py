"""The switch: which stores the settings mean, and a schema that cannot be served, named with what to do."""

import asyncio
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import Connection
from structlog.testing import capture_logs

from liveroom.app.backends import is_alone, make_idle_live, make_live, open_database
from liveroom.ports import RecoveryStore
from liveroom.settings import Settings, SettingsError
from liveroom.store.live.memory import MemoryLive
from liveroom.store.live.redis import RedisLive
from liveroom.store.sql import schema
from liveroom.store.sql.schema import SchemaState, migrate, schema_state
from tests.servers import LOOPBACK, Mariadb, free_ports
from tests.worlds import FakeRecoveryStore, WoundClock, hastily

ORIGINAL = ("CREATE TABLE rooms (id INTEGER)", "CREATE TABLE users_in_room (id INTEGER)")
NEWER = ("UPDATE lr_schema SET version_num = '9999'",)
OLDER = ("DELETE FROM lr_schema",)
UNRELEASED = ("UPDATE lr_schema SET version_num = '0007'",)


async def execute(url: str, *statements: str) -> None:
    def run(connection: Connection) -> None:
        for statement in statements:
            connection.exec_driver_sql(statement)

    await schema.on_connection(url, run)


async def refusal(settings: Settings) -> str:
    """Return the one sentence with which the settings' database is refused."""
    with pytest.raises(SettingsError) as refused:
        await open_database(settings)
    (sentence,) = refused.value.problems
    return sentence


@pytest.fixture
def on_mariadb(mariadb: Mariadb, tmp_path: Path) -> Settings:
    """Return settings for an empty database."""
    return Settings(data_dir=tmp_path, database_url=mariadb.create_database("refused"))


async def test_sqlite_brings_itself_up_to_date_where_nothing_is_yet(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path / "new" / "folder")
    with capture_logs() as logs:
        await (await open_database(settings)).close()
    assert {line["event"] for line in logs} == {"database.migrated"}
    assert await schema_state(settings.database_url) is SchemaState.CURRENT
    with capture_logs() as logs:
        await (await open_database(settings)).close()
    assert logs == []


async def test_sqlite_of_a_newer_release_or_of_the_original_is_left_alone(tmp_path: Path) -> None:
    newer = Settings(data_dir=tmp_path, database_url=f"sqlite:///{tmp_path}/newer.db")
    await migrate(newer.database_url)
    await execute(newer.database_url, *NEWER)
    assert "newer than this release" in await refusal(newer)
    original = Settings(data_dir=tmp_path, database_url=f"sqlite:///{tmp_path}/original.db")
    await execute(original.database_url, *ORIGINAL)
    assert "liveroom import" in await refusal(original)


async def test_sqlite_from_before_the_first_release_is_left_alone_and_says_what_to_do(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path)
    await migrate(settings.database_url)
    await execute(settings.database_url, *UNRELEASED)
    assert f"run `liveroom migrate` of commit {schema.LAST_WITH_UNRELEASED}, then start again" in await refusal(
        settings
    )
    assert await schema_state(settings.database_url) is SchemaState.UNRELEASED


async def test_a_start_on_sqlite_and_memory_imports_nothing_of_other_setups_nor_what_migrates(tmp_path: Path) -> None:
    """Getting ready took 1.3 s of processor, a third of it for imports that this start makes no use of."""
    await migrate(f"sqlite:///{tmp_path}/liveroom.db")
    program = (
        "import asyncio, pathlib, sys\n"
        "from liveroom.app import serving\n"
        "from liveroom.app.backends import open_database\n"
        "from liveroom.settings import Settings\n"
        "async def start():\n"
        "    await (await open_database(Settings(data_dir=pathlib.Path(sys.argv[1])))).close()\n"
        "asyncio.run(start())\n"
        "others = ('alembic', 'argon2', 'asyncmy', 'pyotp', 'redis', 'sqlalchemy.orm')\n"
        "print([name for name in others if name in sys.modules])\n"
    )
    argv = [sys.executable, "-c", program, str(tmp_path)]
    done = await asyncio.to_thread(subprocess.run, argv, capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout == "[]\n"


@pytest.mark.services
async def test_mysql_without_tables_is_refused_with_the_command_that_makes_them(on_mariadb: Settings) -> None:
    assert "run `liveroom migrate`" in await refusal(on_mariadb)
    assert await schema_state(on_mariadb.database_url) is SchemaState.EMPTY


@pytest.mark.services
async def test_mysql_of_another_release_is_refused_and_left_as_it_is(on_mariadb: Settings) -> None:
    await migrate(on_mariadb.database_url)
    await execute(on_mariadb.database_url, *NEWER)
    assert "start the release that migrated it" in await refusal(on_mariadb)
    await execute(on_mariadb.database_url, *OLDER)
    assert "older than this release: run `liveroom migrate`" in await refusal(on_mariadb)
    assert await schema_state(on_mariadb.database_url) is SchemaState.OLDER


@pytest.mark.services
async def test_the_originals_database_is_refused_with_both_ways_on(on_mariadb: Settings) -> None:
    await execute(on_mariadb.database_url, *ORIGINAL)
    sentence = await refusal(on_mariadb)
    assert "`liveroom import`" in sentence
    assert "`liveroom migrate`" in sentence


@pytest.mark.services
async def test_a_migrated_mysql_is_opened(on_mariadb: Settings) -> None:
    await migrate(on_mariadb.database_url)
    database = await open_database(on_mariadb)
    await database.ping()
    await database.close()


def test_a_database_that_does_not_answer_is_waited_for_and_then_named(tmp_path: Path) -> None:
    (port,) = free_ports(1)
    settings = Settings(data_dir=tmp_path, database_url=f"mysql://u:hunter2@{LOOPBACK}:{port}/d")
    with capture_logs() as logs:
        sentence = hastily(refusal(settings))
    assert "LIVEROOM_DATABASE_URL" in sentence
    assert [line["event"] for line in logs] == ["database.waiting"]
    assert "hunter2" not in f"{sentence}{logs}"


async def test_the_live_store_is_memory_unless_a_redis_is_named(tmp_path: Path) -> None:
    recovery: RecoveryStore = FakeRecoveryStore()
    alone = Settings(data_dir=tmp_path)
    shared = Settings(data_dir=tmp_path, redis_url=f"redis://{LOOPBACK}:{free_ports(1)[0]}")
    assert is_alone(alone)
    assert not is_alone(shared)
    assert isinstance(make_live(alone, recovery, WoundClock()), MemoryLive)
    live = make_live(shared, recovery, WoundClock())
    assert isinstance(live, RedisLive)
    await live.close()
    assert isinstance(make_idle_live(shared, recovery, WoundClock()), MemoryLive)
