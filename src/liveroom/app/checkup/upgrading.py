"""An upgrade before it is made: what this program would do to the database, and what has to be done first."""

from collections.abc import AsyncIterator, Iterator, Mapping
from datetime import timedelta
from typing import Final

from liveroom import __version__
from liveroom.app.checkup.database import judge_schema, no_answer
from liveroom.app.checkup.keeping import judge_backup
from liveroom.domain.errors import DatabaseUnavailable
from liveroom.domain.findings import Finding, fail, ok, warn
from liveroom.ports import Clock
from liveroom.settings import Settings
from liveroom.store.sql.pending import MANY_ROWS, RELEASES, SchemaPlan, is_older, plan_migration
from liveroom.store.sql.schema import SchemaState

_FRESH: Final = timedelta(days=1)
"""What is lost at most, should the database have to be put back as it was before the upgrade."""


async def look_at_upgrade(settings: Settings, clock: Clock) -> AsyncIterator[Finding]:
    """Compare the database with this program; changes nothing."""
    try:
        plan = await plan_migration(settings.database_url)
    except DatabaseUnavailable as failure:
        yield no_answer(failure)
        return
    if plan.state not in (SchemaState.CURRENT, SchemaState.OLDER):
        yield judge_schema(plan.state, on_mysql=settings.on_mysql)
        return
    for finding in (*judge_plan(plan), *judge_running(plan, RELEASES, __version__)):
        yield finding
    late = judge_backup(plan.last_backup, clock.now(), oldest=_FRESH)
    yield late._replace(remedy="run `liveroom backup` before you upgrade") if late.remedy else late


def judge_plan(plan: SchemaPlan) -> Iterator[Finding]:
    """Say which schema there is, which one is wanted, and what the way between them costs."""
    if not plan.pending:
        yield ok("schema", f"it is {plan.has}, as liveroom {__version__} wants: nothing to migrate")
        return
    count = len(plan.pending)
    has = plan.has or "one that a migration left unfinished"
    yield ok("schema", f"it is {has}, liveroom {__version__} wants {plan.wants}: {count} to migrate")
    for one in plan.pending:
        large = [f"{table} ({_size(plan.rows[table])})" for table in one.tables if plan.rows.get(table, 0) >= MANY_ROWS]
        if large:
            fact = f"{one.about} It changes large tables: {', '.join(large)}"
            yield warn(f"migration {one.revision}", fact, "try it on a restored backup first, and choose a quiet hour")
        else:
            yield ok(f"migration {one.revision}", one.about)


def _size(rows: int) -> str:
    return f"{rows:,} rows" if rows > MANY_ROWS else f"{rows:,} rows or more"


def judge_running(plan: SchemaPlan, releases: Mapping[str, str], version: str) -> Iterator[Finding]:
    """Say whether the processes that run now keep working on the new schema, as those of the last release do."""
    if not plan.pending:
        return
    before = [other for other in releases if _numbers(other) < _numbers(version)]
    previous = max(before, key=_numbers, default=None)
    if previous is None:
        yield warn(
            "running processes",
            f"there is no release before {version}, whose processes would be known to work on the new schema",
            "stop all processes, migrate, and start them with this program",
        )
    elif is_older(plan.has, releases[previous]):
        yield fail(
            "running processes",
            f"the schema is older than that of release {previous}: what runs now may fail on the new schema",
            f"upgrade to {previous} first, or stop all processes before you migrate",
        )
    else:
        yield ok("running processes", f"those of {previous} keep working on the new schema: no need to stop them all")


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(".") if part.isdecimal())
