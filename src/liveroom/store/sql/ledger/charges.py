"""Charges: found by the attempt, by who waits for one, by when something is to be done, and by state."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import BigInteger, BindParameter, Integer, and_, bindparam, func, insert, select

from liveroom.domain.gifts.charges import Charge, ChargeState
from liveroom.domain.gifts.sending import SentGiftState
from liveroom.domain.ids import RoomId, TenantName
from liveroom.domain.ledger.accounts import AccountId, AccountKind
from liveroom.domain.ledger.journals import JournalId, MoveKind
from liveroom.ports.charges import ChargedGift, TakenCoins
from liveroom.store.sql.charge_tables import charges
from liveroom.store.sql.dialect import BEHIND_ALL, Row, Values, put_row, statement
from liveroom.store.sql.instants import instant, millis
from liveroom.store.sql.ledger_tables import accounts, entries, journals
from liveroom.store.sql.runner import Runner
from liveroom.store.sql.sent_gift_tables import sent_gifts

_C: Final = charges.c
_IDS: Final[BindParameter[str]] = bindparam("ids", expanding=True)
_ATTEMPTS: Final[BindParameter[str]] = bindparam("attempts", expanding=True)
_SLOTS: Final[BindParameter[str]] = bindparam("slots", expanding=True)
_LIMIT: Final = bindparam("limit", type_=Integer)
_ADD: Final = statement(insert(charges))
_PUT: Final = put_row(charges)
_OF_ATTEMPTS: Final = statement(select(charges).where(_C.attempt.in_(_ATTEMPTS)))
_OPEN_OF: Final = statement(select(_C.slot).where(_C.slot.in_(_SLOTS)))
_LOCK: Final = statement(select(charges).where(_C.id.in_(_IDS)).order_by(_C.id).with_for_update())
_DUE: Final = statement(
    select(_C.id).where(_C.due > 0, _C.due <= bindparam("now", type_=BigInteger)).order_by(_C.due).limit(_LIMIT)
)
_IS_WAITING: Final = _C.state.in_([ChargeState.UNKNOWN.value, ChargeState.RETURNING.value])
_WAITING: Final = statement(
    select(charges).where(_IS_WAITING, _C.created < bindparam("before", type_=BigInteger)).limit(_LIMIT)
)
_COUNT_WAITING: Final = statement(select(func.count()).select_from(charges).where(_IS_WAITING))
_OLDEST_WAITING: Final = statement(select(func.min(_C.created)).where(_IS_WAITING))
_PAGE: Final = statement(
    select(charges)
    .where(_C.tenant == bindparam("of"), _C.state == bindparam("standing"), _C.id < bindparam("before"))
    .order_by(_C.id.desc())
    .limit(_LIMIT)
)
_BETWEEN: Final = statement(
    select(charges)
    .where(_C.tenant == bindparam("of"), _C.id >= bindparam("begin"), _C.id < bindparam("end"))
    .order_by(_C.id)
    .limit(_LIMIT)
)
_G: Final = sent_gifts.c
_CHARGED: Final = statement(
    select(_G.tenant, func.sum(_G.coins))
    .join_from(sent_gifts, charges, _C.attempt == _G.attempt)
    .where(
        _G.id >= bindparam("begin"),
        _G.id < bindparam("end"),
        _G.state == SentGiftState.SENT.value,
        _C.state == ChargeState.CHARGED.value,
    )
    .group_by(_G.tenant)
)
_MOVED: Final = statement(
    select(journals.c.tenant, -func.sum(entries.c.amount))
    .join_from(journals, entries, entries.c.journal == journals.c.id)
    .join(accounts, accounts.c.id == entries.c.account)
    .where(
        journals.c.id >= bindparam("begin"),
        journals.c.id < bindparam("end"),
        journals.c.kind == MoveKind.GIFTS.value,
        accounts.c.kind == AccountKind.EXTERNAL.value,
    )
    .group_by(journals.c.tenant)
)
_SPAN: Final = and_(_C.sender == bindparam("who"), _C.id >= bindparam("begin"), _C.id < bindparam("end"))
_TOOK: Final = _C.state == ChargeState.CHARGED.value
_CHARGED_OF: Final = statement(
    select(_C.id, _C.attempt)
    .where(_C.sender == bindparam("who"), _C.id >= bindparam("begin"), _C.id <= bindparam("last"), _TOOK)
    .order_by(_C.id.desc())
    .limit(_LIMIT)
)
_GIFTS_OF: Final = statement(
    select(_G.attempt, _G.id).where(_G.attempt.in_(_ATTEMPTS), _G.state == SentGiftState.SENT.value)
)
_TAKEN_FROM: Final = statement(select(func.coalesce(func.sum(_C.coins), 0)).where(_SPAN, _TOOK))
_ASKED_OF: Final = statement(select(_C.id).where(_SPAN, _C.state == ChargeState.ASKED.value).limit(1))


@dataclass(frozen=True, slots=True)
class SqlCharges:
    """``ports.ChargeRows``."""

    _runner: Runner

    async def add(self, charges: Sequence[Charge]) -> None:
        if charges:
            await self._runner.put_many(_ADD, list(map(_values, charges)))

    async def put(self, charges: Sequence[Charge]) -> None:
        if charges:
            await self._runner.put_many(_PUT, list(map(_values, charges)))

    async def of_attempts(self, attempts: Collection[str]) -> Mapping[str, Charge]:
        rows = await self._runner.rows(_OF_ATTEMPTS, attempts=sorted(attempts)) if attempts else ()
        return {charge.attempt: charge for charge in map(_read, rows)}

    async def open_of(self, senders: Collection[AccountId]) -> Collection[AccountId]:
        rows = await self._runner.rows(_OPEN_OF, slots=sorted(senders)) if senders else ()
        return {AccountId(row[0]) for row in rows}

    async def lock(self, ids: Collection[str]) -> Mapping[str, Charge]:
        rows = await self._runner.rows(_LOCK, ids=sorted(ids)) if ids else ()
        return {charge.id: charge for charge in map(_read, rows)}

    async def due(self, now: datetime, limit: int) -> Sequence[str]:
        return [row[0] for row in await self._runner.rows(_DUE, now=millis(now), limit=limit)]

    async def waiting_since(self, before: datetime, limit: int) -> Sequence[Charge]:
        return list(map(_read, await self._runner.rows(_WAITING, before=millis(before), limit=limit)))

    async def count_waiting(self) -> int:
        row = await self._runner.row(_COUNT_WAITING)
        return int(row[0]) if row else 0

    async def oldest_waiting(self) -> datetime | None:
        row = await self._runner.row(_OLDEST_WAITING)
        return None if row is None or row[0] is None else instant(row[0])

    async def page(self, tenant: TenantName, state: ChargeState, before: str, limit: int) -> Sequence[Charge]:
        rows = await self._runner.rows(_PAGE, of=tenant, standing=state.value, before=before or BEHIND_ALL, limit=limit)
        return list(map(_read, rows))

    async def between(self, tenant: TenantName, begin: str, end: str, limit: int) -> Sequence[Charge]:
        return list(map(_read, await self._runner.rows(_BETWEEN, of=tenant, begin=begin, end=end, limit=limit)))

    async def gifts_of(
        self, sender: AccountId, since: str, before: tuple[str, str], limit: int
    ) -> Sequence[ChargedGift]:
        charged = await self._runner.rows(_CHARGED_OF, who=sender, begin=since, last=before[0], limit=limit)
        charge_of = {attempt: charge for charge, attempt in charged}
        rows = await self._runner.rows(_GIFTS_OF, attempts=sorted(charge_of)) if charge_of else ()
        found = [ChargedGift(charge_of[attempt], gift) for attempt, gift in rows]
        return sorted((one for one in found if one < before), reverse=True)

    async def taken_from(self, sender: AccountId, since: str, until: str) -> int:
        row = await self._runner.row(_TAKEN_FROM, who=sender, begin=since, end=until)
        return int(row[0]) if row else 0

    async def asked_of(self, sender: AccountId, since: str, until: str) -> bool:
        return await self._runner.row(_ASKED_OF, who=sender, begin=since, end=until) is not None

    async def compared(self, begin: JournalId, end: JournalId) -> Mapping[TenantName, TakenCoins]:
        moved = {row[0]: int(row[1]) for row in await self._runner.rows(_MOVED, begin=begin, end=end)}
        charged = {row[0]: int(row[1]) for row in await self._runner.rows(_CHARGED, begin=begin, end=end)}
        return {
            TenantName(tenant): TakenCoins(charged.get(tenant, 0), moved.get(tenant, 0))
            for tenant in {*moved, *charged}
        }


def _values(charge: Charge) -> Values:
    return {
        "id": charge.id,
        "tenant": charge.tenant,
        "sender": charge.sender,
        "attempt": charge.attempt,
        "digest": charge.digest,
        "room": charge.room,
        "gift": charge.gift,
        "count": charge.count,
        "coins": charge.coins,
        "state": charge.state.value,
        "slot": charge.slot,
        "due": 0 if charge.due is None else millis(charge.due),
        "tries": charge.tries,
        "balance": charge.balance,
        "receipt": charge.receipt,
        "said": charge.said,
        "charge": charge.charge,
        "created": millis(charge.created),
    }


def _read(row: Row) -> Charge:
    id, tenant, sender, attempt, digest, room, gift, count, coins, state, _, due, *rest, created = row
    tries, balance, receipt, said, charge = rest
    return Charge(
        id=id,
        tenant=TenantName(tenant),
        sender=AccountId(sender),
        attempt=attempt,
        digest=digest,
        room=RoomId(room),
        gift=gift,
        count=count,
        coins=coins,
        state=ChargeState(state),
        created=instant(created),
        due=instant(due) if due else None,
        tries=tries,
        balance=balance,
        receipt=receipt,
        said=said,
        charge=charge,
    )
