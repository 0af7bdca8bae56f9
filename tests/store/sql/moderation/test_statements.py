"""Statements of reasons: how many of a tenant's appeals wait, for a badge."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from liveroom.domain.ids import TenantName, UserId, new_id
from liveroom.domain.moderation.reports import Measure
from liveroom.domain.moderation.statements import AppealState, StatementOfReasons
from liveroom.store.sql.database import SqlDatabase

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)


async def test_appeals_that_wait_are_counted_for_one_tenant_up_to_a_limit(database: SqlDatabase) -> None:
    made = [
        StatementOfReasons(new_id(at), TenantName(tenant), UserId("bob"), Measure.MUTE, at, "key:k")
        for tenant, number in (("", 4), ("other", 1))
        for at in (NOW + timedelta(minutes=step) for step in range(number))
    ]
    for statement in made:
        await database.statements.add(statement)
    for statement in (*made[:3], made[-1]):
        await database.statements.put(statement.appealed_with("why? 😀", NOW))

    async def waiting(tenant: str, limit: int = 9) -> int:
        return await database.statements.count(TenantName(tenant), AppealState.APPEALED, limit)

    assert [await waiting(""), await waiting("", 2), await waiting("other"), await waiting("none")] == [3, 2, 1, 0]
    appealed = replace(made[0], state=AppealState.APPEALED, appeal="why? 😀", appealed=NOW)
    await database.statements.put(appealed.answered("key:k", "", NOW, granted=False))
    assert await waiting("") == 2
