"""Rankings say what all gifts add up to without those that were taken back, in whichever order all of it happens."""

import asyncio
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import delete, insert

from liveroom import faults
from liveroom.domain.gifts.ranking import RankCursor, RankedAccount, Ranking, RankPeriod, RankSide
from liveroom.domain.gifts.sending import GiftReceipt
from liveroom.domain.ids import BroadcastId, RoomId, TenantName
from liveroom.domain.ledger.approvals import ApprovalLimits
from liveroom.domain.operators.caller import Operator
from liveroom.domain.tenants.model import Tenant
from liveroom.store.sql.database import SqlDatabase
from liveroom.store.sql.dialect import statement
from liveroom.store.sql.gift_rank_tables import gift_rank_counts, gift_ranks, unranked_gifts
from liveroom.store.sql.ledger_tables import accounts, dues, entries, journals, lots
from liveroom.store.sql.sent_gift_tables import lot_uses, sent_gifts
from liveroom.store.sql.tables import broadcasts, outbox
from liveroom.usecases.battles.scoring import BattleScoring
from liveroom.usecases.events.recorder import EventRecorder
from liveroom.usecases.gifts.rank_counting import RankCounting
from liveroom.usecases.gifts.refunding import Refunds
from liveroom.usecases.ledger.approving import Approvals
from liveroom.usecases.tenants.registry import Tenancy
from tests.dying import Died, die
from tests.examples import many
from tests.store.sql.gifts.selling import HOME, Shop, order
from tests.store.sql.looking import rows_of

_TABLES = (accounts, journals, entries, dues, lots, sent_gifts, lot_uses, outbox)
_EMPTY = [statement(delete(one)) for one in (*_TABLES, gift_ranks, unranked_gifts, gift_rank_counts, broadcasts)]
ZONE = timezone(timedelta(hours=8))
MUSIC = BroadcastId("b-music")
_ORDER = st.tuples(
    st.sampled_from(("1", "2", "3")),
    st.lists(st.sampled_from(("7", "8", "9")), min_size=1, max_size=3, unique=True).map(tuple),
    st.sampled_from(("rose", "heart")),
    st.booleans(),
)
_STEP = st.one_of(
    st.tuples(st.just("send"), st.lists(_ORDER, min_size=1, max_size=4)),
    st.tuples(st.just("refund"), st.integers(0, 30)),
    st.tuples(st.just("count"), st.none()),
    st.tuples(st.just("die"), st.none()),
    st.tuples(st.just("begin again"), st.none()),
    st.tuples(st.just("go on again"), st.none()),
    st.tuples(st.just("pass"), st.sampled_from((1, 9, 30, 24 * 8, 24 * 31))),
    st.tuples(st.just("at once"), st.lists(_ORDER, min_size=1, max_size=2)),
)


def _day_of(_: TenantName, when: datetime) -> date:
    return when.astimezone(ZONE).date()


@pytest.fixture(autouse=True)
def _alive() -> Iterator[None]:
    yield
    faults.disarm()


class Evening:
    """A shop whose gifts are ranked by two processes, some at a time."""

    def __init__(self, db: SqlDatabase) -> None:
        self.shop = shop = Shop(db)
        tenancy = Tenancy(db, vault=None, default=Tenant(HOME))  # type: ignore[arg-type]
        self.counting = [RankCounting(db, shop.clock, tenancy, _day_of, at_once=3) for _ in range(2)]
        recorder = EventRecorder(lambda _: (), shop.clock)
        approvals = Approvals(db, shop.clock, ApprovalLimits(0, 0))
        scoring = BattleScoring(db, live=None)  # type: ignore[arg-type]
        self.refunds = Refunds(db, shop.clock, shop.ledger, approvals, recorder, scoring)
        self.sent: list[str] = []

    async def begin(self) -> None:
        """Fill wallets, and have a broadcast in a category."""
        for user in ("1", "2", "3"):
            await self.shop.give(user, coins=10_000)
        row = {"id": MUSIC, "room": "701", "tenant": HOME, "owner": "7", "category": "music", "title": "", "opened": 0}
        await self.shop.db.engine.run(statement(insert(broadcasts).values(row)))

    async def send(self, asked: Sequence[Any]) -> None:
        """Have gifts sent, in either of two rooms."""
        orders = []
        for sender, receivers, gift, is_music in asked:
            one = order(sender, *receivers, gift=gift)
            orders.append(replace(one, room=RoomId("701"), broadcast=MUSIC) if is_music else one)
        done = await self.shop.payments.take(orders)
        for receipt in done.decisions:
            assert isinstance(receipt, GiftReceipt)
            self.sent += [gift.id for gift in receipt.gifts]

    async def refund(self, number: int) -> None:
        """Take one of them back, once."""
        if self.sent:
            id = self.sent.pop(number % len(self.sent))
            now = self.shop.clock.now()
            await self.refunds.refund(Operator(Tenant(HOME), "key:1", now, lambda _: True), id, f"r-{id}", "")

    async def count_and_die(self) -> None:
        """Let the process die before what it has counted is committed."""
        faults.arm("ranks.counted", die)
        try:
            await self.counting[0].run()
        except Died:
            pass
        finally:
            faults.disarm()

    async def finish(self) -> None:
        """Count everything that waits, and whatever is counted anew."""
        while await self.counting[0].run():
            pass
        while await self.counting[1].go_on_again():
            pass

    async def do(self, what: str, said: Any) -> None:
        """Take one step."""
        if what == "send":
            await self.send(said)
        elif what == "refund":
            await self.refund(said)
        elif what == "count":
            await self.counting[0].run()
        elif what == "die":
            await self.count_and_die()
        elif what == "begin again":
            await self.counting[1].begin_again()
        elif what == "go on again":
            await self.counting[1].go_on_again()
        elif what == "pass":
            self.shop.clock.advance(timedelta(hours=said))
        else:
            one, other = self.counting
            await asyncio.gather(self.send(said), one.run(), other.run(), other.go_on_again())


async def expected(db: SqlDatabase) -> Counter[tuple[str, str]]:
    """Return coins by ranking and account, added up from the gifts themselves."""
    sums = Counter[tuple[str, str]]()
    gone = {row[0] for row in await rows_of(db, "SELECT reverses FROM lr_journals WHERE reverses IS NOT NULL")}
    rows = "SELECT id, sender, receiver, room, broadcast, coins, created FROM lr_sent_gifts WHERE state = 'sent'"
    for id, sender, receiver, room, broadcast, coins, created in await rows_of(db, rows):
        if id in gone:
            continue
        day = datetime.fromtimestamp(created / 1000, UTC).astimezone(ZONE).date()
        periods = {f"d{day}", f"w{day - timedelta(days=day.weekday())}", f"m{day.replace(day=1)}"}
        places = {"", f"r{room}"} | ({"cmusic"} if broadcast == MUSIC else set())
        for account, side in ((sender, "s"), (receiver, "r")):
            sums[f"b{broadcast} {side} ", account] += coins
            for period in periods:
                for place in places:
                    sums[f"{period} {side} {place}", account] += coins
    return sums


async def counted(db: SqlDatabase) -> dict[tuple[str, str], int]:
    """Return what is shown."""
    rows = await rows_of(
        db,
        "SELECT ranking, account, coins FROM lr_gift_ranks "
        "WHERE coins <> 0 AND count_no = (SELECT shown FROM lr_gift_rank_counts)",
    )
    return {(ranking, account): coins for ranking, account, coins in rows}


@pytest.mark.parametrize("examples", [12, pytest.param(300, marks=pytest.mark.long)])
def test_rankings_are_the_sums_of_gifts_whatever_happens(url: str, examples: int) -> None:
    played = 0

    @many(examples, derandomize=examples < 50)
    @given(st.lists(_STEP, min_size=2, max_size=14))
    def games(steps: list[tuple[str, Any]]) -> None:
        nonlocal played
        played += 1

        async def game() -> None:
            database = await SqlDatabase.open(url)
            try:
                for one in _EMPTY:
                    await database.engine.run(one)
                evening = Evening(database)
                await evening.begin()
                for what, said in steps:
                    await evening.do(what, said)
                await evening.finish()
                assert await counted(database) == +(await expected(database))
            finally:
                await database.close()

        asyncio.run(game())

    games()
    assert played >= examples // 2


async def test_counting_anew_beside_everything_else_comes_to_the_same(database: SqlDatabase) -> None:
    """A gift that waits, one that is passed, and a refund of either are each in the new count once."""
    evening = Evening(database)
    await evening.begin()
    one = ("1", ("7", "8"), "heart", True)
    for _ in range(3):
        await evening.send([one])
    await evening.counting[0].run()
    await evening.send([one])
    await evening.refund(0)
    await evening.counting[1].begin_again()
    before = await counted(database)
    await evening.counting[1].go_on_again()
    await evening.refund(1)
    await evening.counting[1].go_on_again()
    assert await counted(database) == before
    await evening.send([one])
    await evening.finish()
    assert await counted(database) == +(await expected(database))
    assert await database.gift_ranks.purge_counts(1000) > 0
    assert {row[0] for row in await rows_of(database, "SELECT count_no FROM lr_gift_ranks")} == {1}


async def test_pages_go_on_behind_the_last_line_also_among_equals(database: SqlDatabase) -> None:
    evening = Evening(database)
    await evening.begin()
    for number in range(7):
        await evening.send([("1", (str(number + 10),), "heart", False)])
    await evening.finish()
    ranking = Ranking(RankSide.RECEIVERS, RankPeriod.BROADCAST, "b1")
    behind = RankCursor()
    found: list[RankedAccount] = []
    while page := await database.gift_ranks.page(HOME, ranking, behind, 3):
        found += page
        behind = RankCursor(len(found), page[-1].coins, page[-1].account)
    assert [one.coins for one in found] == [5] * 7
    assert len({one.account for one in found}) == 7


async def test_rankings_go_when_nobody_looks_at_them_any_more(database: SqlDatabase) -> None:
    evening = Evening(database)
    await evening.begin()
    await evening.send([("1", ("7",), "heart", True)])
    await evening.finish()
    later = evening.shop.clock.now() + timedelta(days=200)
    assert await database.gift_ranks.purge(HOME, evening.shop.clock.now(), 100) == 0
    await database.gift_ranks.purge(HOME, later, 100)
    left = {row[0][0] for row in await rows_of(database, "SELECT ranking FROM lr_gift_ranks")}
    assert left == {"b", "w", "m"}
