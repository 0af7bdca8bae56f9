"""Seals and verifying: whoever changes what was moved is found out, and all of it can be computed anew."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import delete, update

from liveroom.domain.ids import UserId
from liveroom.domain.ledger.accounts import AccountKind
from liveroom.domain.ledger.journals import JournalId, MoveKind
from liveroom.store.sql.dialect import statement
from liveroom.store.sql.ledger_tables import accounts, entries, journals
from liveroom.usecases.ledger.sealing import Sealing
from liveroom.usecases.ledger.verifying import LedgerVerification, sealed_lines
from tests.usecases.conftest import World
from tests.usecases.ledger.money import credit, fold

AN_HOUR, A_DAY = 3_600, 86_400


@pytest.fixture
async def user(world: World) -> UserId:
    """Return somebody who has bought and been granted coins."""
    user = (await world.make_user()).id
    for number in range(3):
        await credit(world.core, user, 10, f"order-{number}")
        await credit(world.core, user, 5, f"grant-{number}", MoveKind.GRANT)
    await fold(world.core)
    return user


def sealing(world: World) -> Sealing:
    return world.core.jobs.sealing


async def spoil(world: World) -> None:
    """Change what the entries of a journal are about; all sums stay.

    Which journal comes first is open: two of the same millisecond stand in any order.
    """
    changed = update(entries).where(entries.c.journal == await _first(world)).values(doc="another")
    await world.core.db.engine.run(statement(changed))


async def _first(world: World) -> JournalId:
    found = await world.core.db.ledger_audit.next_journal(JournalId(""))
    assert found is not None
    return found


async def verified(world: World) -> list[str]:
    return [one.id async for one in LedgerVerification(world.core.db).differences()]


async def test_each_hour_is_sealed_once_and_each_seal_is_over_the_one_before(world: World, user: UserId) -> None:
    assert await sealing(world).run() == 0
    world.pass_by(AN_HOUR + 400)
    assert await sealing(world).run() == 1
    assert await sealing(world).run() == 0
    world.pass_by(5 * AN_HOUR)
    assert await sealing(world).run() == 0, "nothing was moved"
    await credit(world.core, user, 10, "later")
    world.pass_by(AN_HOUR + 400)
    assert await sealing(world).run() == 1
    first, second = await world.core.db.seals.get(1), await world.core.db.seals.get(2)
    assert first is not None
    assert second is not None
    assert (first.journals, second.journals) == (6, 1)
    assert await verified(world) == []


async def test_one_seal_a_day_is_computed_anew_and_what_was_changed_since_is_told(world: World, user: UserId) -> None:
    for number in range(2):
        await credit(world.core, user, 10, f"day-{number}")
        world.pass_by(AN_HOUR + 400)
        assert await sealing(world).run() == 1
    await spoil(world)
    told = []
    for _ in range(3):
        world.pass_by(A_DAY)
        await sealing(world).run()
        told.append([one.id for one in await world.core.db.differences.open(5)])
    assert told == [[], ["seal::1"], ["seal::1"]]
    assert await verified(world) == ["seal::1"]


async def test_a_journal_that_was_dropped_or_a_balance_that_was_changed_is_found_when_all_is_verified(
    world: World, user: UserId
) -> None:
    world.pass_by(AN_HOUR + 400)
    await sealing(world).run()
    first = await _first(world)
    await world.core.db.engine.run(statement(delete(journals).where(journals.c.id == first)))
    changed = update(accounts).where(accounts.c.kind == AccountKind.WALLET.value).values(balance=31)
    await world.core.db.engine.run(statement(changed))
    found = await verified(world)
    assert sorted(one.partition(":")[0] for one in found) == ["account", "seal", "total"]


async def test_the_totals_of_a_tenant_are_compared_with_each_seal(world: World, user: UserId) -> None:
    changed = update(accounts).where(accounts.c.kind == AccountKind.WALLET.value).values(balance=31)
    await world.core.db.engine.run(statement(changed))
    world.pass_by(AN_HOUR + 400)
    await sealing(world).run()
    assert [one.id for one in await world.core.db.differences.open(5)] == ["total::coin"]


async def test_what_was_sealed_is_exported_by_tenant_and_time(world: World, user: UserId) -> None:
    tenant = world.core.services.tenants.default.name

    async def exported(begin: datetime | None = None, end: datetime | None = None) -> int:
        return sum([line.entry.entry.amount > 0 async for line in sealed_lines(world.core.db, tenant, begin, end)])

    assert await exported() == 0
    world.pass_by(AN_HOUR + 400)
    await sealing(world).run()
    await credit(world.core, user, 10, "after the seal")
    now = datetime.now(UTC)
    assert await exported() == 6
    assert await exported(begin=now - timedelta(days=1), end=now + timedelta(days=1)) == 6
    assert await exported(end=now - timedelta(days=1)) == 0
    assert await exported(begin=now + timedelta(days=1)) == 0
