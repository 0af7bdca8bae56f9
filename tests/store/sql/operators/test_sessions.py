"""Sessions of operators: what is over is dropped, some at a time."""

from datetime import UTC, datetime, timedelta

from liveroom.domain.operators.account import OperatorSession
from liveroom.store.sql.database import SqlDatabase

NOW = datetime(2026, 11, 30, tzinfo=UTC)


def session(digest: str, expires: datetime) -> OperatorSession:
    return OperatorSession(digest, f"id-{digest}", "ann", NOW, NOW, expires, "192.0.2.1", "Chrome", NOW)


async def test_sessions_that_are_over_are_dropped_at_most_so_many_at_once(database: SqlDatabase) -> None:
    rows = database.operator_sessions
    for number in range(3):
        await rows.add(session(f"past-{number}", NOW - timedelta(seconds=1)))
    await rows.add(session("present", NOW))
    assert [await rows.purge(NOW, 2) for _ in range(3)] == [2, 1, 0]
    assert [one.digest for one in await rows.of("ann")] == ["present"]
