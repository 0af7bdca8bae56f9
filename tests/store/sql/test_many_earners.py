"""A million accounts with a million gifts on MariaDB: rankings, settling and a battle of 300,000 gifts stay quick."""

import time
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime, timedelta

import pytest

from liveroom.domain.gifts.ranking import RankCursor, Ranking, RankPeriod, RankSide
from liveroom.domain.ids import UserId, first_id
from liveroom.domain.settlement.model import Settlement, SettlementState
from liveroom.domain.settlement.periods import Calendar, PeriodUnit
from liveroom.store.sql.database import SqlDatabase
from liveroom.usecases.settlement.computing import compute
from tests import migrated
from tests.servers import Mariadb
from tests.store.sql.gifts.selling import HOME

MILLION, BATTLE = 1_000_000, 300_000
DEEP = 500_000
"""How far behind the first line a page of a ranking is asked for."""
MONTH = Calendar(PeriodUnit.MONTH, UTC).at(datetime(2026, 11, 15, tzinfo=UTC))
RANKING = Ranking(RankSide.RECEIVERS, RankPeriod.MONTH, "2026-11-01")
_DURING = first_id(MONTH.begins + timedelta(days=1))
_SEEDED = f"""
INSERT INTO lr_accounts (id, tenant, currency, kind, owner, balance, floor, state, frozen)
    SELECT CONCAT('a', LPAD(seq, 7, '0')), '', 'point', 'earnings', seq, 5, 0, 'open', 0 FROM seq_1_to_{MILLION};
INSERT INTO lr_journals (id, tenant, kind, `key`, digest, made_by, created)
    SELECT CONCAT('{_DURING}', LPAD(seq, 6, '0')), '', 'gifts', CONCAT('gifts:', seq), '', 'gifts', 0
    FROM seq_1_to_10000;
INSERT INTO lr_entries (journal, account, amount, doc)
    SELECT CONCAT('{_DURING}', LPAD(1 + seq MOD 10000, 6, '0')), CONCAT('a', LPAD(seq, 7, '0')), 5, ''
    FROM seq_1_to_{MILLION};
INSERT INTO lr_broadcasts (id, room, tenant, owner, category, title, opened, closed)
    SELECT CONCAT('b', seq), seq, '', seq, '', '', {int(MONTH.begins.timestamp() * 1000)},
    {int(MONTH.begins.timestamp() * 1000) + 3_600_000} FROM seq_1_to_{MILLION // 10};
INSERT INTO lr_gift_rank_counts VALUES (1, 0, 0, '');
INSERT INTO lr_gift_ranks (count_no, tenant, ranking, account, coins, gifts)
    SELECT 0, '', '{RANKING.name}', CONCAT('a', LPAD(seq, 7, '0')), 1 + seq MOD 9973, 1 FROM seq_1_to_{MILLION};
INSERT INTO lr_battle_scores (battle, room, doc, score)
    SELECT 'battle', 1 + seq MOD 2, CONCAT('g', LPAD(seq, 7, '0')), 7 FROM seq_1_to_{BATTLE};
ANALYZE TABLE lr_accounts, lr_journals, lr_entries, lr_broadcasts, lr_gift_ranks, lr_battle_scores;
"""  # noqa: S608 - numbers and names of our own

pytestmark = [pytest.mark.long, pytest.mark.services]


@pytest.fixture(scope="module")
def crowded(mariadb: Mariadb) -> Mariadb:
    """Return a server whose database has all of them."""
    migrated.mariadb_url(mariadb, "earners")
    mariadb.execute(_SEEDED, "earners")
    return mariadb


@pytest.fixture
async def database(crowded: Mariadb) -> AsyncIterator[SqlDatabase]:
    opened = await SqlDatabase.open(crowded.url("earners"))
    yield opened
    await opened.close()


async def _seconds(call: Callable[[], Awaitable[object]]) -> float:
    """Return how long a call takes, the fastest of some."""
    times = []
    for _ in range(7):
        begun = time.perf_counter()
        await call()
        times.append(time.perf_counter() - begun)
    return min(times)


async def test_pages_parts_and_sums_take_no_longer_than_measured(
    database: SqlDatabase, capsys: pytest.CaptureFixture[str]
) -> None:
    """Three times what it takes on two cores that have nothing else to do."""
    settlement = Settlement(HOME, MONTH.id, MONTH.begins, MONTH.ends, SettlementState.COUNTING, (), "", MONTH.ends)
    middle = RankCursor(DEEP, 5000, f"a{DEEP:07}")
    calls: dict[str, tuple[Callable[[], Awaitable[object]], float]] = {
        "first page of a ranking": (lambda: database.gift_ranks.page(HOME, RANKING, RankCursor(), 100), 0.01),
        "page in its middle": (lambda: database.gift_ranks.page(HOME, RANKING, middle, 100), 0.01),
        "200 statements": (lambda: compute(database, settlement, f"a{DEEP:07}", 200), 0.02),
        "200 hosts' time": (lambda: database.settlements.live([UserId(str(n)) for n in range(1, 201)], MONTH), 0.03),
        "sum of a battle": (lambda: database.battle_scores.sums("battle"), 0.5),
    }
    took = {name: await _seconds(call) for name, (call, _) in calls.items()}
    with capsys.disabled():
        print("\n" + ", ".join(f"{name} {seconds * 1000:.1f} ms" for name, seconds in took.items()))  # noqa: T201
    assert {name: seconds for name, seconds in took.items() if seconds > calls[name][1]} == {}
    page = await database.gift_ranks.page(HOME, RANKING, middle, 100)
    assert len(page) == 100
    assert page[0].coins == 5000
    part = await compute(database, settlement, f"a{DEEP:07}", 200)
    assert [one.moved.gifts for one in part.statements] == [5] * 200
    assert (await database.battle_scores.sums("battle")).scores == {"1": 7 * BATTLE // 2, "2": 7 * BATTLE // 2}
