"""Tenants, ids and leases, on both databases."""

import asyncio
from functools import partial
from itertools import pairwise

import pytest

from liveroom.domain.ids import FIRST_ID, TenantName, UserId
from liveroom.domain.tenants.model import Language, Quotas, RtcKind, Tenant
from liveroom.ports import Tx
from liveroom.store.sql.database import SqlDatabase
from tests.servers import Mariadb
from tests.store.sql.samples import ACME, HOME, NOW, SECOND

EVERYTHING = Tenant(
    ACME,
    sdk_app_id=1_400_000_000,
    sdk_secret="sealed",
    language=Language.EN,
    plain=True,
    hosts=("a.example", "b.example"),
    quotas=Quotas(1, 2, 3),
    rev=1,
    rtc=RtcKind.LIVEKIT,
)


async def test_every_field_of_a_tenant_comes_back(database: SqlDatabase) -> None:
    assert await database.tenants.newest() == 0
    await database.tenants.put(EVERYTHING)
    assert await database.tenants.list() == [EVERYTHING]


async def test_each_change_of_a_tenant_is_newer_than_every_other(database: SqlDatabase) -> None:
    await database.tenants.put(EVERYTHING)
    await database.tenants.put(Tenant(TenantName("b")))
    await database.tenants.put(Tenant(ACME))
    assert await database.tenants.newest() == 3
    found = {tenant.name: tenant for tenant in await database.tenants.list()}
    assert found == {ACME: Tenant(ACME, rev=3), "b": Tenant(TenantName("b"), rev=2)}


async def test_tenants_changed_at_once_all_have_a_rev_of_their_own(database: SqlDatabase) -> None:
    await asyncio.gather(*(database.tenants.put(Tenant(TenantName(f"t{number}"))) for number in range(10)))
    assert sorted(tenant.rev for tenant in await database.tenants.list()) == list(range(1, 11))


async def test_the_sequence_begins_above_what_the_original_could_derive(database: SqlDatabase) -> None:
    assert await database.ids.take(1) == FIRST_ID
    assert await database.ids.take(5) == FIRST_ID + 1
    assert await database.ids.take(1) == FIRST_ID + 6


async def test_numbers_taken_by_many_at_once_never_overlap(database: SqlDatabase) -> None:
    firsts = sorted(await asyncio.gather(*(database.ids.take(3) for _ in range(20))))
    assert firsts[0] >= FIRST_ID
    assert all(after - before >= 3 for before, after in pairwise(firsts)), firsts


async def test_ids_that_come_one_by_one_leave_no_gap(database: SqlDatabase) -> None:
    async def one(tx: Tx) -> int:
        return await tx.ids.take(1)

    assert [await database.transact(one) for _ in range(5)] == list(range(FIRST_ID, FIRST_ID + 5))


async def test_accounts_made_at_once_have_ids_of_their_own_and_rooms_in_between(database: SqlDatabase) -> None:
    async def some(tx: Tx, count: int) -> list[int]:
        first = await tx.ids.take(count)
        return list(range(first, first + count))

    counts = [1, 1, 1, 1, 1, 1, 1, 3] * 40
    taken = await asyncio.gather(*(database.transact(partial(some, count=count)) for count in counts))
    numbers = [number for one in taken for number in one]
    assert len(set(numbers)) == sum(counts)
    assert max(numbers) < FIRST_ID + 4 * sum(counts)


@pytest.mark.services
async def test_whoever_makes_an_account_does_not_wait_for_another_s_commit(mariadb_template: Mariadb) -> None:
    """The row of the sequence was locked until the commit: accounts were made one after another, at 8 round trips."""
    database = await SqlDatabase.open(mariadb_template.url("store"))
    commit = asyncio.Event()

    async def take(tx: Tx) -> int:
        return await tx.ids.take(1)

    async def linger(tx: Tx) -> int:
        number = await tx.ids.take(1)
        await commit.wait()
        return number

    await asyncio.gather(*(database.transact(take) for _ in range(8)))
    # Ids are taken ahead by a task of its own, since several were wanted at once.
    if taking := asyncio.all_tasks() - {asyncio.current_task()}:
        await asyncio.wait(taking, timeout=4)
    lingering = asyncio.create_task(database.transact(linger))
    try:
        async with asyncio.timeout(4):
            numbers = [await database.transact(take) for _ in range(3)]
    finally:
        commit.set()
        numbers.append(await lingering)
        await database.close()
    assert len(set(numbers)) == 4


async def test_an_id_belongs_to_who_claimed_it_first(database: SqlDatabase) -> None:
    assert await database.ids.claim("700", HOME, UserId("1")) == ("1", HOME)
    assert await database.ids.claim("700", ACME, UserId("2")) == ("1", HOME)
    assert await database.ids.claim("700", HOME, UserId("1")) == ("1", HOME)


async def test_an_id_claimed_by_many_at_once_has_one_holder(database: SqlDatabase) -> None:
    claims = (database.ids.claim("700", HOME, UserId(str(number))) for number in range(20))
    assert len(set(await asyncio.gather(*claims))) == 1


async def test_a_claimed_id_stays_locked_until_the_transaction_ends(database: SqlDatabase) -> None:
    await database.ids.claim("700", HOME, UserId("1"))
    inside: list[int] = []

    async def work(tx: Tx) -> None:
        await tx.ids.claim("700", HOME, UserId("1"))
        inside.append(1)
        await tx.tenants.newest()
        assert inside == [1]
        inside.clear()

    await asyncio.gather(*(database.transact(work) for _ in range(10)))


async def test_a_lease_has_one_holder_until_it_lapses(database: SqlDatabase) -> None:
    assert await database.leases.claim("node", "a", NOW, NOW + SECOND)
    assert not await database.leases.claim("node", "b", NOW, NOW + SECOND)
    assert await database.leases.claim("other", "b", NOW, NOW + SECOND)
    assert await database.leases.claim("node", "a", NOW, NOW + 2 * SECOND)
    assert not await database.leases.claim("node", "b", NOW + SECOND, NOW + 3 * SECOND)
    assert await database.leases.claim("node", "b", NOW + 2 * SECOND, NOW + 3 * SECOND)
    assert not await database.leases.claim("node", "a", NOW + 2 * SECOND, NOW + 9 * SECOND)


async def test_only_its_holder_gives_a_lease_back(database: SqlDatabase) -> None:
    await database.leases.claim("node", "a", NOW, NOW + SECOND)
    await database.leases.release("node", "b")
    assert not await database.leases.claim("node", "b", NOW, NOW + SECOND)
    await database.leases.release("node", "a")
    assert await database.leases.claim("node", "b", NOW, NOW + SECOND)


async def test_a_lease_claimed_by_many_at_once_has_one_holder(database: SqlDatabase) -> None:
    claims = (database.leases.claim("node", str(number), NOW, NOW + SECOND) for number in range(20))
    assert sum(await asyncio.gather(*claims)) == 1


async def test_a_lease_that_lapsed_is_renewed_unless_anybody_else_has_had_it(database: SqlDatabase) -> None:
    assert not await database.leases.renew("node", "a", NOW + SECOND)
    assert await database.leases.claim("node", "a", NOW, NOW + SECOND)
    assert await database.leases.renew("node", "a", NOW + 9 * SECOND)
    assert await database.leases.renew("node", "a", NOW + 9 * SECOND)
    assert not await database.leases.claim("node", "b", NOW + 8 * SECOND, NOW + 9 * SECOND)
    assert await database.leases.claim("node", "b", NOW + 9 * SECOND, NOW + 10 * SECOND)
    assert not await database.leases.renew("node", "a", NOW + 20 * SECOND)
    await database.leases.release("node", "b")
    assert not await database.leases.renew("node", "a", NOW + 20 * SECOND)
