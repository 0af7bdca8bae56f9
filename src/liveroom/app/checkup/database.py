"""The database: whether it answers, has our schema, can hold every character, and has room for our connections."""

from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime
from typing import Any, Final

import asyncmy
from asyncmy.errors import MySQLError

from liveroom.app.outages import cause_of
from liveroom.domain.errors import DatabaseUnavailable
from liveroom.domain.findings import Finding, clock_finding, fail, ok, warn
from liveroom.ports import Clock
from liveroom.settings import Settings
from liveroom.store.sql.addresses import MysqlAddress, read_address
from liveroom.store.sql.mysql import connect_options
from liveroom.store.sql.schema import LAST_WITH_UNRELEASED, SchemaState, schema_state

_MIGRATE: Final = "run `liveroom migrate`"
_ASKED: Final = "SELECT VERSION(), @@character_set_database, @@max_connections, UTC_TIMESTAMP(6)"
_NARROW_TABLES: Final = (
    "SELECT table_name FROM information_schema.tables WHERE table_schema = DATABASE() "
    "AND table_name LIKE 'lr\\_%' AND table_collation NOT LIKE 'utf8mb4%' LIMIT 1"
)


async def look_at_database(settings: Settings, clock: Clock) -> AsyncIterator[Finding]:
    """Ask the database; everything else is pointless while it does not answer."""
    try:
        state = await schema_state(settings.database_url)
    except DatabaseUnavailable as failure:
        yield no_answer(failure)
        return
    yield judge_schema(state, on_mysql=settings.on_mysql)
    address = read_address(settings.database_url)
    if isinstance(address, MysqlAddress):
        async for finding in _look_at_mysql(settings, address, clock):
            yield finding


def no_answer(failure: DatabaseUnavailable) -> Finding:
    """Say that the database does not answer, and why."""
    return fail(
        "database",
        f"no answer: {cause_of(failure)}",
        "check LIVEROOM_DATABASE_URL, that the server is running, and that its firewall admits this machine",
    )


def judge_schema(state: SchemaState, *, on_mysql: bool) -> Finding:
    """Say whether this release can work with the schema, and what to do if not."""
    match state:
        case SchemaState.CURRENT:
            return ok("database", "it answers, and its schema matches this release")
        case SchemaState.NEWER:
            return fail("database", "its schema is newer than this release", "run the release that migrated it")
        case SchemaState.UNRELEASED:
            remedy = f"run `liveroom migrate` of commit {LAST_WITH_UNRELEASED}, then that of this release"
            return fail("database", "its schema is from before the first release", remedy)
        case SchemaState.ORIGINAL:
            remedy = (
                "run `liveroom import` to take over its users and rooms, or `liveroom migrate` to start without them"
            )
            return fail("database", "it has the original service's tables, but none of liveroom's", remedy)
        case SchemaState.EMPTY | SchemaState.OLDER:
            what = "it has no tables yet" if state is SchemaState.EMPTY else "its schema is older than this release"
            return (
                fail("database", what, _MIGRATE) if on_mysql else ok("database", f"{what}: the next start migrates it")
            )


async def _look_at_mysql(settings: Settings, address: MysqlAddress, clock: Clock) -> AsyncIterator[Finding]:
    try:
        connection = await asyncmy.connect(**connect_options(address))
    except (MySQLError, OSError) as problem:
        yield fail("database", f"a second connection failed: {problem}", "raise the server's max_connections")
        return
    try:
        version, charset, most, time = (await _rows(connection, _ASKED))[0]
        here = clock.now()
        narrow = await _rows(connection, _NARROW_TABLES)
    finally:
        connection.close()
    yield ok("database version", str(version))
    yield _charset(str(charset), [str(row[0]) for row in narrow])
    yield _pool(settings, int(most))
    yield clock_finding("the database", here - _aware(time))


async def _rows(connection: Any, text: str) -> Sequence[Sequence[Any]]:
    async with connection.cursor() as cursor:
        await cursor.execute(text)
        rows: Sequence[Sequence[Any]] = await cursor.fetchall()
        return rows


def _aware(time: datetime) -> datetime:
    return time.replace(tzinfo=UTC)


def _charset(charset: str, narrow: Sequence[str]) -> Finding:
    if narrow:
        table = narrow[0]
        remedy = f"ALTER TABLE {table} CONVERT TO CHARACTER SET utf8mb4 COLLATE utf8mb4_bin"
        return fail("utf8mb4", f"{table} cannot store every character: names with emoji fail", remedy)
    if charset != "utf8mb4":
        return ok("utf8mb4", f"liveroom's tables use it (the database's default is {charset})")
    return ok("utf8mb4", "names with emoji can be stored")


def _pool(settings: Settings, most: int) -> Finding:
    needed = settings.workers * settings.mysql_pool
    fact = f"{settings.workers} × {settings.mysql_pool} of the {most} connections that the server allows"
    if needed >= most:
        return fail("pool", fact, "lower LIVEROOM_MYSQL_POOL or raise the server's max_connections")
    if needed * 2 > most:
        return warn("pool", f"{fact}: not enough for a second machine", "raise max_connections before you add one")
    return ok("pool", fact)
