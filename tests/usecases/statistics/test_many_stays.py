"""With five million stays in SQLite every chart opens within 300 ms. Takes some minutes: `make test-long`.

90 days; 50,000 broadcasts of 2,000 hosts in 20 categories, two hours each, a hundred stays in each; 200,000 users.
"""

# ruff: noqa: S608, T201 - the numbers in statements are our own, and the figures are for docs/statistics.md

import sqlite3
import time
from collections.abc import Awaitable, Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import pytest

from liveroom.domain.ids import DEFAULT_TENANT, BroadcastId, RoomId, UserId
from liveroom.domain.moments import moment
from liveroom.domain.statistics.attendance import DAY, HOUR
from liveroom.domain.statistics.days import Scope, Unit, day_of, day_subject
from liveroom.domain.statistics.export import ExportKind, StatisticsQuery
from liveroom.domain.tenants.model import Tenant
from liveroom.ports.statistics import BROADCAST, BroadcastQuery, SeriesQuery
from liveroom.ports.statistics import DAY as DAY_PREFIX
from liveroom.store.sql.database import SqlDatabase
from liveroom.usecases.statistics.counting import StatisticsCounting
from liveroom.usecases.statistics.exporting import StatisticsExports
from liveroom.usecases.statistics.reading import BroadcastStatistics
from liveroom.usecases.statistics.series import PeriodStatistics
from liveroom.usecases.tenants.registry import Tenancy
from tests import migrated

DAYS: Final = 90
BROADCASTS: Final = 50_000
IN_EACH: Final = 100
USERS: Final = 200_000
HOSTS: Final = 2000
LATEST: Final = 0.3
"""Seconds within which a chart opens."""
NOW: Final = datetime(2026, 11, 29, 12, 0, tzinfo=UTC)
NOBODY: Final[Any] = None
_BEGIN: Final = moment(NOW) - DAYS * DAY
# ruff: noqa: S608, T201 - numbers of our own; the figures are for docs/statistics.md
_EACH: Final = "WITH RECURSIVE n(i) AS (SELECT :first UNION ALL SELECT i + 1 FROM n WHERE i + 1 < :last)"
_OPENED: Final = f"({_BEGIN} + b * {(DAYS * DAY - 2 * HOUR) // BROADCASTS})"
_STAYS: Final = f"""
INSERT INTO lr_stays (id, tenant, broadcast, room, user_id, role, name, avatar, entered, ord, entries, keepalive,
  version, left_at, reason, room_bucket, user_bucket, seat, seat_mutes, sat)
{_EACH}, s AS (SELECT i, i / {IN_EACH} AS b, i % {IN_EACH} AS k FROM n)
SELECT printf('s%08d', i), '', printf('b%06d', b), 'r' || (b % {HOSTS}), 'u' || (i * 7919 % {USERS}),
  'audience', 'n', '', {_OPENED} + k * 30000, k, '[]', 0, 1, {_OPENED} + k * 30000 + 600000 + (i * 31 % 3600000),
  'left', b % 256, i % 128, 0, 0, k = 0 FROM s"""
_SHOWS: Final = f"""
INSERT INTO lr_broadcasts (id, room, tenant, owner, category, title, opened, closed, reason, likes)
{_EACH}, s AS (SELECT i AS b FROM n)
SELECT printf('b%06d', b), 'r' || (b % {HOSTS}), '', 'u' || (b % {HOSTS}), 'c' || (b % 20), 't', {_OPENED},
  {_OPENED} + {2 * HOUR}, 'closed', b % 50 FROM s"""
_PEOPLE: Final = f"""
INSERT INTO lr_users (id, tenant, created, updated, name, avatar, tag, tag2, phone, email, admin, ban_reason,
  user_bucket)
{_EACH} SELECT 'u' || i, '', {_BEGIN} + i * {DAYS * DAY // USERS}, 0, 'n', '', '', '', '', '', 0, '', i % 128 FROM n"""

_SUMS: Final = """
INSERT OR REPLACE INTO lr_statistics_series (tenant, unit, scope, subject, begins, day, viewers, newcomers, peak,
  peaked, entries, watched, live, broadcasts, hosts, messages, likes, accounts)
WITH h(i) AS (VALUES (0), (1), (2)), p AS (
  SELECT {subject} AS subject, (opened / {length} + {later}) * {length} AS begins, count(*) AS shows
  FROM lr_broadcasts, h WHERE h.i < {times} GROUP BY 1, 2)
SELECT '', '{unit}', '{scope}', subject, begins, date(begins / 1000, 'unixepoch'), shows * 90, 1, shows * 40, begins,
  shows * 100, shows * 200000000, shows * 7200000, shows, 1, 0, shows, 0 FROM p"""
_SUMS_OF_BROADCASTS: Final = f"""
INSERT OR REPLACE INTO lr_statistics_broadcasts SELECT id, tenant, room, owner, category, opened, closed, closed,
  {IN_EACH}, 9, 70, opened + 3000000, {IN_EACH}, 200000000, 2400000, 0, {IN_EACH}, 1, 0, likes FROM lr_broadcasts"""
_NOTED: Final = """
INSERT OR REPLACE INTO lr_statistics_broadcast_days (tenant, day, broadcast, digest, messages)
SELECT tenant, date(opened / 1000, 'unixepoch'), id, 0, '[0]' FROM lr_broadcasts"""
_RETENTION: Final = """
INSERT OR REPLACE INTO lr_statistics_retention (tenant, unit, cohort, day, users)
SELECT DISTINCT '', u.unit, a.day, b.day, 25 FROM (SELECT DISTINCT day FROM lr_statistics_series) a,
  (SELECT DISTINCT day FROM lr_statistics_series) b, (SELECT 'day' AS unit UNION SELECT 'week') u
WHERE b.day >= a.day AND (u.unit = 'day' OR strftime('%w', a.day) = '1')"""


class StandingClock:
    """Stands still."""

    offset = timedelta(0)

    def now(self) -> datetime:
        return NOW


def seed(path: Path) -> None:
    """Write everything; indexes are made at the end, which takes a fraction of the time."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA journal_mode = OFF")
        connection.execute("PRAGMA synchronous = OFF")
        made = list(
            connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'index' AND tbl_name = 'lr_stays'")
        )
        indexes = [(name, sql) for name, sql in made if sql]
        for name, _ in indexes:
            connection.execute(f"DROP INDEX {name}")
        connection.execute(_PEOPLE, {"first": 0, "last": USERS})
        connection.execute(_SHOWS, {"first": 0, "last": BROADCASTS})
        for first in range(0, BROADCASTS * IN_EACH, 500_000):
            connection.execute(_STAYS, {"first": first, "last": first + 500_000})
            connection.commit()
        for _, sql in indexes:
            connection.execute(sql)
        connection.commit()


def seed_sums(path: Path) -> None:
    """Write sums as counting does: as many rows, so that a test need not count five million stays."""
    with closing(sqlite3.connect(path)) as connection:
        subjects = {"tenant": "''", "category": "category", "host": "owner"}
        for scope, subject in subjects.items():
            for unit, length, later, times in (("day", DAY, "0", 1), ("hour", HOUR, "h.i", 3)):
                named = {"scope": scope, "subject": subject, "unit": unit, "length": length}
                connection.execute(_SUMS.format(**named, later=later, times=times))
        for one in (_SUMS_OF_BROADCASTS, _NOTED, _RETENTION):
            connection.execute(one)
        connection.execute("DELETE FROM lr_statistics_queue")
        connection.commit()


async def _quickest(work: Callable[[], Awaitable[Any]]) -> float:
    times = []
    for _ in range(5):
        begun = time.perf_counter()
        await work()
        times.append(time.perf_counter() - begun)
    return min(times)


@pytest.mark.slow
@pytest.mark.long
async def test_with_five_million_stays_every_chart_opens_in_time(tmp_path: Path) -> None:
    path = migrated.sqlite_file(tmp_path / "liveroom.db")
    seed(path)
    seed_sums(path)
    assert await check(path) == {}


async def check(path: Path) -> dict[str, float]:
    """Print how long counting a broadcast and a day takes, and each chart; return the charts that take too long."""
    clock, db = StandingClock(), await SqlDatabase.open(f"sqlite:///{path}")
    counting = StatisticsCounting(db, clock, Tenancy(db, NOBODY, Tenant(DEFAULT_TENANT)), timedelta(0))
    for subject in (f"{BROADCAST}b025000", DAY_PREFIX + day_subject(DEFAULT_TENANT, day_of(moment(NOW)) - 40 * DAY)):
        await db.statistics_queue.mark([subject], NOW)
        used = time.process_time()
        assert await counting.run() > 0
        print(f"counted {subject}: {time.process_time() - used:.2f} s of a processor", flush=True)
    found = await _measured(db, clock)
    await db.close()
    return {name: took for name, took in found.items() if took > LATEST}


async def _measured(db: SqlDatabase, clock: StandingClock) -> dict[str, float]:
    periods, broadcasts = PeriodStatistics(db, clock), BroadcastStatistics(db, clock)
    exports = StatisticsExports(db, clock, NOBODY, broadcasts)
    end = day_of(moment(NOW)) + DAY
    begin, show = end - 91 * DAY, BroadcastId("b025000")

    def series(unit: Unit, scope: Scope, subject: str) -> Callable[[], Awaitable[Any]]:
        return lambda: periods.series(SeriesQuery(DEFAULT_TENANT, unit, scope, subject, begin, end))

    def top(scope: Scope) -> Callable[[], Awaitable[Any]]:
        return lambda: periods.top(DEFAULT_TENANT, scope, begin, end, by="watched", limit=20)

    async def first_page_of(kind: ExportKind) -> None:
        lines = exports.lines(StatisticsQuery(kind=kind, tenant=DEFAULT_TENANT, begin=begin, end=end, broadcast=show))
        await anext(lines)
        await anext(lines)

    newest = BroadcastQuery(DEFAULT_TENANT, None, begin, end, 500)
    charts: dict[str, Callable[[], Awaitable[Any]]] = {
        "series of the tenant by hour, 91 days": series(Unit.HOUR, Scope.TENANT, ""),
        "series of the tenant by day": series(Unit.DAY, Scope.TENANT, ""),
        "series of a category by hour": series(Unit.HOUR, Scope.CATEGORY, "c7"),
        "series of a host by hour": series(Unit.HOUR, Scope.HOST, "u7"),
        "top hosts of 91 days": top(Scope.HOST),
        "top categories of 91 days": top(Scope.CATEGORY),
        "retention by day": lambda: periods.retention(DEFAULT_TENANT, "day", begin, end, moment(NOW)),
        "retention by week": lambda: periods.retention(DEFAULT_TENANT, "week", begin, end, moment(NOW)),
        "500 newest broadcasts": lambda: broadcasts.page(newest),
        "500 broadcasts of a host": lambda: broadcasts.page(newest._replace(host=UserId("u7"))),
        "a broadcast": lambda: broadcasts.get(DEFAULT_TENANT, show, RoomId("")),
        "100 people of a broadcast": lambda: broadcasts.attendance(DEFAULT_TENANT, show, after="", limit=100),
        "first part of an export of broadcasts": lambda: first_page_of(ExportKind.BROADCASTS),
    }
    found = {name: await _quickest(work) for name, work in charts.items()}
    for name, took in found.items():
        print(f"{name}: {took * 1000:.1f} ms", flush=True)
    return found
