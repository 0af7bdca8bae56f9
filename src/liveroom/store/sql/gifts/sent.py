"""Gifts that were sent: found by the attempt, by id, by broadcast and by receiver."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import msgspec
from sqlalchemy import (
    BindParameter,
    Column,
    Integer,
    Select,
    and_,
    bindparam,
    func,
    insert,
    literal,
    select,
    union_all,
)

from liveroom.domain.events.outbox import GiftsSent
from liveroom.domain.gifts.events import GiftRank
from liveroom.domain.gifts.model import GiftId
from liveroom.domain.gifts.sending import PointShares, ReceivedSums, SentGift, SentGiftState, SettledGifts, UsedLot
from liveroom.domain.ids import BroadcastId, RoomId, TenantName, UserId, first_id
from liveroom.domain.ledger.accounts import AccountId
from liveroom.domain.ledger.journals import JournalId
from liveroom.domain.parts import parts
from liveroom.ports.live_gifts import GiftsSoFar
from liveroom.store.sql.dialect import BEHIND_ALL, Row, Values, statement
from liveroom.store.sql.instants import instant, millis
from liveroom.store.sql.ledger_tables import accounts
from liveroom.store.sql.runner import Runner
from liveroom.store.sql.sent_gift_tables import lot_uses, sent_gifts
from liveroom.store.sql.tables import outbox

_C: Final = sent_gifts.c
_ATTEMPTS: Final[BindParameter[str]] = bindparam("attempts", expanding=True)
_COMBOS: Final[BindParameter[str]] = bindparam("combos", expanding=True)
_BROADCASTS: Final[BindParameter[str]] = bindparam("broadcasts", expanding=True)
_decode: Final = msgspec.json.Decoder(GiftsSent).decode
_AT_ONCE: Final = 500
_IDS: Final[BindParameter[str]] = bindparam("ids", expanding=True)
_LIMIT: Final = bindparam("limit", type_=Integer)
OF_ATTEMPTS: Final = statement(select(sent_gifts).where(_C.attempt.in_(_ATTEMPTS)))
COMBO_TOTALS: Final = statement(
    select(_C.combo, func.max(_C.combo_total)).where(_C.combo.in_(_COMBOS)).group_by(_C.combo)
)
_ADD: Final = statement(insert(sent_gifts))
_ADD_USE: Final = statement(insert(lot_uses))
_SOME: Final = statement(select(sent_gifts).where(_C.id.in_(_IDS)).order_by(_C.id))
_SENT: Final = and_(_C.broadcast.in_(_BROADCASTS), _C.state == SentGiftState.SENT.value)


def _by(account: Column[Any], kind: str) -> Select[Any]:
    """Return what was sent in broadcasts, by whose account it was."""
    return (
        select(literal(kind), _C.broadcast, accounts.c.owner, func.sum(_C.coins), func.sum(_C.count))
        .join_from(sent_gifts, accounts, accounts.c.id == account)
        .where(_SENT)
        .group_by(_C.broadcast, accounts.c.owner)
    )


# One statement, so that all of it is of one moment: a batch is in the sums and waits, or is in neither.
_SO_FAR: Final = statement(
    union_all(
        _by(_C.sender, "sender"),
        _by(_C.receiver, "receiver"),
        select(literal("pending"), outbox.c.subject, outbox.c.body, literal(0), literal(0)).where(
            outbox.c.done == 0, outbox.c.kind == "gifts_sent", outbox.c.subject.in_(bindparam("rooms", expanding=True))
        ),
        select(literal("recent"), _C.broadcast, _C.batch, literal(0), literal(0))
        .where(_SENT, _C.id > bindparam("since"))
        .group_by(_C.broadcast, _C.batch),
    )
)
_USES: Final = statement(select(lot_uses).where(lot_uses.c.gift == bindparam("which")))
_OF_BROADCAST, _OF_RECEIVER = (
    statement(
        select(sent_gifts)
        .where(column == bindparam("whose"), _C.id < bindparam("before"), _C.state == SentGiftState.SENT.value)
        .order_by(_C.id.desc())
        .limit(_LIMIT)
    )
    for column in (_C.broadcast, _C.receiver)
)


_RECEIVED: Final = statement(
    select(func.sum(_C.count), func.sum(_C.coins), func.count(_C.sender.distinct()), func.max(_C.id)).where(
        _C.broadcast == bindparam("where"),
        _C.receiver == bindparam("whose"),
        _C.state == SentGiftState.SENT.value,
    )
)


_PIECES: Final = statement(
    select(func.coalesce(func.sum(_C.count), 0)).where(
        _C.broadcast == bindparam("where"), _C.gift == bindparam("which"), _C.state == SentGiftState.SENT.value
    )
)
_IS_UNTOLD: Final = and_(outbox.c.done == 0, outbox.c.kind == "gifts_sent")
_COINS: Final = select(func.coalesce(func.sum(_C.coins), 0)).where(
    _C.broadcast == bindparam("where"), _C.state == SentGiftState.SENT.value
)
# One statement, as above. A gift's id is in the body of its outbox row.
_SETTLED: Final = statement(
    union_all(
        select(literal(0), _COINS.scalar_subquery(), literal("")),
        select(outbox.c.id, literal(0), outbox.c.body).where(_IS_UNTOLD, outbox.c.subject == bindparam("room")),
    )
)
_COINS_OF: Final = statement(_COINS.where(_C.id.in_(_IDS)))
_OLDEST_UNTOLD: Final = statement(select(outbox.c.id).where(_IS_UNTOLD).order_by(outbox.c.id).limit(1))


@dataclass(frozen=True, slots=True)
class SqlSentGifts:
    """``ports.SentGiftRows``."""

    _runner: Runner

    async def of_attempts(self, attempts: Collection[str]) -> Mapping[str, Sequence[SentGift]]:
        return by_attempts(await self._runner.rows(OF_ATTEMPTS, attempts=sorted(attempts)) if attempts else ())

    async def add(self, gifts: Sequence[SentGift], uses: Sequence[UsedLot]) -> None:
        if gifts:
            await self._runner.put_many(_ADD, list(map(_values, gifts)))
        if uses:
            await self._runner.put_many(_ADD_USE, [use._asdict() for use in uses])

    async def some(self, ids: Collection[str]) -> Sequence[SentGift]:
        return list(map(read_gift, await self._runner.rows(_SOME, ids=sorted(ids)))) if ids else []

    async def so_far(
        self, broadcasts: Mapping[BroadcastId, RoomId], since: datetime
    ) -> Mapping[BroadcastId, GiftsSoFar]:
        if not broadcasts:
            return {}
        rooms = sorted(set(broadcasts.values()))
        rows = await self._runner.rows(_SO_FAR, broadcasts=sorted(broadcasts), rooms=rooms, since=first_id(since))
        ranks = defaultdict[tuple[str, str], list[GiftRank]](list)
        counts = Counter[str]()
        pending, recent = defaultdict[str, list[str]](list), defaultdict[str, list[str]](list)
        for kind, subject, whose, coins, count in rows:
            if kind == "pending":
                waiting = _decode(whose)
                pending[waiting.broadcast].append(waiting.batch)
                continue
            if kind == "recent":
                recent[subject].append(whose)
                continue
            ranks[kind, subject].append(GiftRank(UserId(whose), int(coins)))
            if kind == "sender":
                counts[subject] += int(count)
        return {
            broadcast: GiftsSoFar(
                counts[broadcast],
                ranks["sender", broadcast],
                ranks["receiver", broadcast],
                pending[broadcast],
                sorted({*recent[broadcast]} - {*pending[broadcast]}),
            )
            for broadcast in broadcasts
            if ranks["sender", broadcast]
        }

    async def settled(self, broadcast: BroadcastId, room: RoomId) -> SettledGifts:
        (_, coins, _), *waiting = sorted(await self._runner.rows(_SETTLED, where=broadcast, room=room))
        ids = [id for _, _, body in waiting for id in _decode(body).gifts]
        rows = [await self._runner.row(_COINS_OF, where=broadcast, ids=some) for some in parts(ids, _AT_ONCE)]
        return SettledGifts(int(coins), sum(int(row[0]) for row in rows if row))

    async def oldest_untold(self) -> int | None:
        row = await self._runner.row(_OLDEST_UNTOLD)
        return row[0] if row else None

    async def uses(self, gift: str) -> Sequence[UsedLot]:
        return [UsedLot(row[0], JournalId(row[1]), row[2]) for row in await self._runner.rows(_USES, which=gift)]

    async def of_broadcast(self, broadcast: BroadcastId, before: str, limit: int) -> Sequence[SentGift]:
        rows = await self._runner.rows(_OF_BROADCAST, whose=broadcast, before=before or BEHIND_ALL, limit=limit)
        return list(map(read_gift, rows))

    async def pieces(self, broadcast: BroadcastId, gift: GiftId) -> int:
        row = await self._runner.row(_PIECES, where=broadcast, which=gift)
        return int(row[0]) if row else 0

    async def received_in(self, broadcast: BroadcastId, receiver: AccountId) -> ReceivedSums:
        row = await self._runner.row(_RECEIVED, where=broadcast, whose=receiver)
        return ReceivedSums(int(row[0]), int(row[1]), row[2], row[3]) if row and row[0] else ReceivedSums()

    async def of_receiver(self, receiver: AccountId, before: str, limit: int) -> Sequence[SentGift]:
        rows = await self._runner.rows(_OF_RECEIVER, whose=receiver, before=before or BEHIND_ALL, limit=limit)
        return list(map(read_gift, rows))


def by_attempts(rows: Iterable[Row]) -> Mapping[str, Sequence[SentGift]]:
    """Return the gifts of rows with all columns, by their attempts."""
    found = defaultdict[str, list[SentGift]](list)
    for gift in map(read_gift, rows):
        found[gift.attempt].append(gift)
    return found


def _values(gift: SentGift) -> Values:
    return {
        "id": gift.id,
        "batch": gift.batch,
        "tenant": gift.tenant,
        "sender": gift.sender,
        "receiver": gift.receiver,
        "attempt": gift.attempt,
        "digest": gift.digest,
        "room": gift.room,
        "broadcast": gift.broadcast,
        "gift": gift.gift,
        "version": gift.version,
        "count": gift.count,
        "coins": gift.coins,
        "promo": gift.promo,
        "host_points": gift.shares.host,
        "agency_points": gift.shares.agency,
        "platform_points": gift.shares.platform,
        "combo": gift.combo,
        "combo_total": gift.combo_total,
        "state": gift.state.value,
        "created": millis(gift.created),
        "agency": gift.agency,
    }


def read_gift(row: Row) -> SentGift:
    """Return the gift of a row with all columns."""
    return SentGift(
        id=row[0],
        batch=row[1],
        tenant=TenantName(row[2]),
        sender=AccountId(row[3]),
        receiver=AccountId(row[4]),
        attempt=row[5],
        digest=row[6],
        room=RoomId(row[7]),
        broadcast=BroadcastId(row[8]),
        gift=row[9],
        version=row[10],
        count=row[11],
        coins=row[12],
        promo=row[13],
        shares=PointShares(row[14], row[15], row[16]),
        combo=row[17],
        combo_total=row[18],
        state=SentGiftState(row[19]),
        created=instant(row[20]),
        agency=AccountId(row[21]),
    )
