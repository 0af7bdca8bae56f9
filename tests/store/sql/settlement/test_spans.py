"""Periods in the tenant's time zone. When that is changed, no hour counts twice or never."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from liveroom.domain.ledger.accounts import AccountKind
from liveroom.domain.settlement.model import Settlement
from liveroom.store.sql.database import SqlDatabase
from tests.store.sql.settlement.bureau import Bureau

SHANGHAI, NEW_YORK = "Asia/Shanghai", "America/New_York"


@pytest.fixture
async def bureau(database: SqlDatabase) -> Bureau:
    """Return a bureau whose host earns 7 points in each of the hours around the end of January and of February."""
    bureau = Bureau(database)
    await bureau.people("1", "2")
    for turn in (datetime(2040, 2, 1, tzinfo=UTC), datetime(2040, 3, 1, tzinfo=UTC)):
        for hours in (-9, -7, -1, 1, 4, 6):
            bureau.at(turn + timedelta(hours=hours))
            await bureau.sell("2", count=2)
    bureau.at(datetime(2040, 4, 2, tzinfo=UTC))
    return bureau


async def settle(bureau: Bureau, month: str, zone: str) -> Settlement:
    bureau.zone = zone
    return (await bureau.settlements().settle(bureau.operator(), month)).settlement


async def test_a_period_begins_and_ends_at_midnight_of_the_tenants_zone(bureau: Bureau) -> None:
    january = await settle(bureau, "2040-01", SHANGHAI)
    assert (january.begins, january.ends) == (
        datetime(2039, 12, 31, 16, tzinfo=UTC),
        datetime(2040, 1, 31, 16, tzinfo=UTC),
    )
    assert january.gifts == 7, "only what was sent before 16:00 UTC"


@pytest.mark.parametrize("zones", [("", SHANGHAI), ("", NEW_YORK), (SHANGHAI, NEW_YORK), (NEW_YORK, SHANGHAI)])
@pytest.mark.parametrize("order", [("2040-01", "2040-02", "2040-03"), ("2040-03", "2040-01", "2040-02")])
async def test_after_a_change_of_zone_no_hour_is_settled_twice_or_never(
    bureau: Bureau, zones: tuple[str, str], order: tuple[str, ...]
) -> None:
    former, now = zones
    done = [await settle(bureau, month, former if n == 0 else now) for n, month in enumerate(order)]
    first, second, third = sorted(done, key=lambda one: one.period)
    assert (first.ends, second.ends) == (second.begins, third.begins)
    earned = await bureau.balance(AccountKind.EARNINGS, "2")
    assert sum(one.gifts for one in done) == earned == 12 * 7
    account = await bureau.account(AccountKind.EARNINGS, "2")
    statements = await bureau.db.settlements.of_account(account, None, 9)
    for later, earlier in pairwise(statements):
        assert later.moved.opening == earlier.moved.closing


async def test_pages_of_settlements_end_also_when_the_zone_was_changed(bureau: Bureau) -> None:
    for month in ("2040-01", "2040-02", "2040-03"):
        await settle(bureau, month, "")
    bureau.zone = NEW_YORK
    seen, cursor = list[str](), ""
    for _ in range(4):
        page, cursor = await bureau.settlements().page(bureau.operator().tenant, cursor=cursor, limit=1)
        seen += [one.period for one in page]
        if not cursor:
            break
    assert seen == ["2040-03", "2040-02", "2040-01"]
