"""Receipts: found by the store and what it calls the purchase."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import bindparam, select

from liveroom.domain.ids import TenantName
from liveroom.domain.ledger.accounts import AccountId
from liveroom.domain.ledger.journals import JournalId
from liveroom.domain.receipts.model import Receipt, StoreName
from liveroom.store.sql.dialect import Row, Statement, Values, put_row, statement
from liveroom.store.sql.instants import instant, millis
from liveroom.store.sql.receipt_tables import receipts
from liveroom.store.sql.runner import Runner

_C: Final = receipts.c
_ADD: Final = Statement(lambda dialect: dialect.insert_or_keep(receipts))
_PUT: Final = put_row(receipts)
_LOCK: Final = statement(
    select(receipts).where(_C.store == bindparam("of"), _C.id == bindparam("named")).with_for_update()
)


@dataclass(frozen=True, slots=True)
class SqlReceipts:
    """``ports.ReceiptRows``."""

    _runner: Runner

    async def lock(self, store: StoreName, id: str, now: datetime) -> Receipt:
        # Adding it first locks it also where it is new: two that come at once wait for each other.
        await self._runner.run(_ADD, **_values(Receipt(store, id, created=now)))
        [row] = await self._runner.rows(_LOCK, of=store.value, named=id)
        return _read(row)

    async def put(self, receipt: Receipt) -> None:
        await self._runner.run(_PUT, **_values(receipt))


def _values(receipt: Receipt) -> Values:
    return {
        "store": receipt.store.value,
        "id": receipt.id,
        "tenant": receipt.tenant,
        "account": receipt.account,
        "order_key": receipt.order,
        "product": receipt.product,
        "coins": receipt.coins,
        "journal": receipt.journal,
        "credited": receipt.credited,
        "turns": receipt.turns,
        "refunded": receipt.refunded,
        "at": millis(receipt.at),
        "created": millis(receipt.created),
    }


def _read(row: Row) -> Receipt:
    store, id, tenant, account, order, product, coins, journal, credited, turns, refunded, at, created = row
    return Receipt(
        store=StoreName(store),
        id=id,
        tenant=TenantName(tenant),
        account=AccountId(account),
        order=order,
        product=product,
        coins=coins,
        journal=JournalId(journal),
        credited=credited,
        turns=turns,
        refunded=refunded,
        at=instant(at),
        created=instant(created),
    )
