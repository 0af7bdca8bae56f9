"""Rankings of gifts: sums that are added to, read by an index in the order of coins, and what waits to be added."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import BigInteger, BindParameter, ColumnElement, Integer, bindparam, delete, insert, or_, select

from liveroom.domain.gifts.ranking import (
    KEPT,
    RankCursor,
    RankedAccount,
    Ranking,
    RankKey,
    RankPeriod,
    RankSum,
    UnrankedGifts,
)
from liveroom.domain.gifts.sending import SentGift, SentGiftState
from liveroom.domain.ids import BroadcastId, TenantName, first_id
from liveroom.domain.ledger.accounts import AccountId
from liveroom.domain.ledger.journals import JournalId
from liveroom.domain.parts import parts
from liveroom.ports.gift_ranks import RankCount
from liveroom.store.sql.dialect import New, Statement, Values, put_row, statement
from liveroom.store.sql.gift_rank_tables import gift_rank_counts, gift_ranks, unranked_gifts
from liveroom.store.sql.gifts.sent import read_gift
from liveroom.store.sql.ledger_tables import journals
from liveroom.store.sql.runner import Runner
from liveroom.store.sql.sent_gift_tables import sent_gifts
from liveroom.store.sql.tables import broadcasts

_R: Final = gift_ranks.c
_W: Final = unranked_gifts.c
_G: Final = sent_gifts.c
_N: Final = gift_rank_counts.c
_ONLY: Final = 1
_AT_ONCE: Final = 500
_READ_AT_ONCE: Final = 40
"""Batches whose gifts are read together. Few, since a process answers nobody while it reads their rows."""
_ADDED_AT_ONCE: Final = 100
"""Few for the same reason: such a statement takes some 20 µs a row."""
_LIMIT: Final = bindparam("limit", type_=Integer)
_SENT: Final = _G.state == SentGiftState.SENT.value


def _listed(name: str) -> BindParameter[str]:
    return bindparam(name, expanding=True)


def _added(new: New) -> list[tuple[str, ColumnElement[int]]]:
    return [("coins", _R.coins + new["coins"]), ("gifts", _R.gifts + new["gifts"])]


_WAIT: Final = statement(
    insert(unranked_gifts).values({column.name: bindparam(column.name) for column in _W if column.name != "n"})
)
_ANY: Final = statement(select(_W.n).where(_W.n > 0).order_by(_W.n).limit(1))
_FIRST: Final = statement(select(unranked_gifts).where(_W.n > 0).order_by(_W.n).limit(_LIMIT))
_WAITING: Final = statement(select(_W.journal).where(_W.journal.in_(_listed("journals"))))
_DROP: Final = statement(delete(unranked_gifts).where(_W.n.in_(bindparam("numbers", expanding=True, type_=BigInteger))))
_BEGIN_COUNT: Final = Statement(lambda dialect: dialect.insert_or_keep(gift_rank_counts))
_LOCK: Final = statement(select(_N.shown, _N.made, _N.after_gift).where(_N.id == _ONLY).with_for_update())
_PUT_COUNT: Final = put_row(gift_rank_counts)
_OF_JOURNALS: Final = statement(
    select(sent_gifts).where(
        _G.id >= bindparam("first"), _G.id <= bindparam("last"), _G.batch.in_(_listed("journals")), _SENT
    )
)
_SOME: Final = statement(select(sent_gifts).where(_G.id.in_(_listed("ids")), _SENT))
_AFTER: Final = statement(select(sent_gifts).where(_G.id > bindparam("behind"), _SENT).order_by(_G.id).limit(_LIMIT))
_REFUNDS: Final = statement(
    select(journals.c.reverses, journals.c.id).where(
        journals.c.tenant == bindparam("of"), journals.c.reverses.in_(_listed("gifts"))
    )
)
_CATEGORIES: Final = statement(
    select(broadcasts.c.id, broadcasts.c.category).where(broadcasts.c.id.in_(_listed("some")))
)
_ADD: Final = Statement(lambda dialect: dialect.upsert(gift_ranks, _added))
_SHOWN: Final = select(_N.shown).where(_N.id == _ONLY).scalar_subquery()
_COINS: Final = bindparam("most", type_=BigInteger)
_PAGE: Final = statement(
    select(_R.account, _R.coins, _R.gifts)
    .where(
        _R.count_no == _SHOWN,
        _R.tenant == bindparam("of"),
        _R.ranking == bindparam("which"),
        _R.coins > 0,
        _R.coins <= _COINS,
        # Not the column itself: MariaDB would look for it in the key, and sort what it finds.
        or_(_R.coins < _COINS, _R.account.concat("") < bindparam("behind")),
    )
    .order_by(_R.coins.desc(), _R.account.desc())
    .limit(_LIMIT)
)
_OLD: Final = statement(
    select(_R.count_no, _R.ranking, _R.account)
    .where(
        _R.count_no == bindparam("number", type_=Integer),
        _R.tenant == bindparam("of"),
        _R.ranking >= bindparam("begin"),
        _R.ranking < bindparam("end"),
    )
    .limit(_LIMIT)
)
_OTHER_COUNT: Final = statement(
    select(_R.count_no, _R.tenant, _R.ranking, _R.account)
    .where(_R.count_no < bindparam("number", type_=Integer))
    .limit(_LIMIT)
)
_COUNTS: Final = statement(select(_N.shown, _N.made, _N.after_gift).where(_N.id == _ONLY))
_DROP_RANK: Final = statement(
    delete(gift_ranks).where(
        _R.count_no == bindparam("number", type_=Integer),
        _R.tenant == bindparam("of"),
        _R.ranking == bindparam("which"),
        _R.account == bindparam("whose"),
    )
)


@dataclass(frozen=True, slots=True)
class SqlGiftRanks:
    """``ports.GiftRankRows``."""

    _runner: Runner

    async def wait(self, gifts: Sequence[UnrankedGifts]) -> None:
        rows: list[Values] = [
            {
                "journal": one.journal,
                "first_gift": one.first,
                "last_gift": one.last,
                "number": one.number,
                "refund": int(one.is_refund),
            }
            for one in gifts
        ]
        if rows:
            await self._runner.put_many(_WAIT, rows)

    async def is_waiting(self) -> bool:
        return await self._runner.row(_ANY) is not None

    async def lock(self) -> RankCount:
        await self._runner.run(_BEGIN_COUNT, **_count_values(RankCount()))
        row = await self._runner.row(_LOCK)
        return RankCount() if row is None else RankCount(*row)

    async def put_count(self, count: RankCount) -> None:
        await self._runner.run(_PUT_COUNT, **_count_values(count))

    async def first(self, limit: int) -> Sequence[UnrankedGifts]:
        return [
            UnrankedGifts(JournalId(row[1]), row[2], row[3], row[4], bool(row[5]), row[0])
            for row in await self._runner.rows(_FIRST, limit=limit)
        ]

    async def waiting(self, journals: Collection[JournalId]) -> Collection[JournalId]:
        found: set[JournalId] = set()
        for some in parts(sorted(journals), _AT_ONCE):
            found |= {JournalId(row[0]) for row in await self._runner.rows(_WAITING, journals=some)}
        return found

    async def drop(self, numbers: Sequence[int]) -> int:
        return sum([await self._runner.run(_DROP, numbers=some) for some in parts(numbers, _AT_ONCE)])

    async def gifts(self, waiting: Sequence[UnrankedGifts]) -> Sequence[SentGift]:
        # Ids sort by time: what one batch has sent stands in one part of the table, and needs no index of its own.
        whole = sorted((one for one in waiting if one.first != one.last), key=lambda one: one.first)
        found: list[SentGift] = []
        for batches in parts(whole, _READ_AT_ONCE):
            last = max(one.last for one in batches)
            asked = [one.journal for one in batches]
            rows = await self._runner.rows(_OF_JOURNALS, first=batches[0].first, last=last, journals=asked)
            found += map(read_gift, rows)
        for some in parts([one.first for one in waiting if one.first == one.last], _AT_ONCE):
            found += map(read_gift, await self._runner.rows(_SOME, ids=some))
        return found

    async def sent_after(self, after: str, limit: int) -> Sequence[SentGift]:
        return list(map(read_gift, await self._runner.rows(_AFTER, behind=after, limit=limit)))

    async def refunds(self, gifts: Collection[SentGift]) -> Mapping[str, JournalId]:
        found: dict[str, JournalId] = {}
        for tenant in {gift.tenant for gift in gifts}:
            ids = sorted(gift.id for gift in gifts if gift.tenant == tenant)
            for some in parts(ids, _AT_ONCE):
                rows = await self._runner.rows(_REFUNDS, of=tenant, gifts=some)
                found |= {row[0]: JournalId(row[1]) for row in rows}
        return found

    async def categories(self, broadcasts: Collection[BroadcastId]) -> Mapping[BroadcastId, str]:
        found: dict[BroadcastId, str] = {}
        for some in parts(sorted(broadcasts), _AT_ONCE):
            found |= {BroadcastId(row[0]): row[1] for row in await self._runner.rows(_CATEGORIES, some=some)}
        return found

    async def add(self, count: int, sums: Sequence[tuple[RankKey, RankSum]]) -> None:
        for some in parts(sums, _ADDED_AT_ONCE):
            rows: list[Values] = [{"count_no": count, **key._asdict(), **added._asdict()} for key, added in some]
            await self._runner.run_many(_ADD, rows)

    async def page(
        self, tenant: TenantName, ranking: Ranking, behind: RankCursor, limit: int
    ) -> Sequence[RankedAccount]:
        rows = await self._runner.rows(
            _PAGE, of=tenant, which=ranking.name, most=behind.coins, behind=behind.account, limit=limit
        )
        return [RankedAccount(AccountId(row[0]), row[1], row[2]) for row in rows]

    async def purge(self, tenant: TenantName, now: datetime, limit: int) -> int:
        count, dropped = await self._count(), 0
        for period, kept in KEPT.items():
            begin, end = _before(period, now - kept)
            rows = await self._runner.rows(_OLD, number=count.shown, of=tenant, begin=begin, end=end, limit=limit)
            dropped += await self._drop([(row[0], tenant, row[1], row[2]) for row in rows])
        return dropped

    async def purge_counts(self, limit: int) -> int:
        count = await self._count()
        rows = await self._runner.rows(_OTHER_COUNT, number=count.shown, limit=limit)
        return await self._drop([(row[0], row[1], row[2], row[3]) for row in rows])

    async def _count(self) -> RankCount:
        row = await self._runner.row(_COUNTS)
        return RankCount() if row is None else RankCount(*row)

    async def _drop(self, keys: Sequence[tuple[int, str, str, str]]) -> int:
        rows: list[Values] = [{"number": no, "of": of, "which": which, "whose": whose} for no, of, which, whose in keys]
        return await self._runner.run_many(_DROP_RANK, rows) if rows else 0


def _count_values(count: RankCount) -> dict[str, int | str]:
    return {"id": _ONLY, "shown": count.shown, "made": count.made, "after_gift": count.after}


def _before(period: RankPeriod, when: datetime) -> tuple[str, str]:
    """Return between which names the rankings stand that began before a time."""
    begins = first_id(when) if period is RankPeriod.BROADCAST else when.date().isoformat()
    return period[0], period[0] + begins
