"""Periods of minors that are taken back: found by key, and those that are not done yet."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Integer, bindparam, select

from liveroom.domain.ids import TenantName, UserId
from liveroom.domain.ledger.accounts import AccountId
from liveroom.domain.protection.minor_refunds import MinorRefund, MinorRefundStep
from liveroom.store.sql.dialect import Row, Statement, Values, put_row, statement
from liveroom.store.sql.instants import instant, millis, optional_instant, optional_millis
from liveroom.store.sql.ledger_tables import minor_refunds
from liveroom.store.sql.runner import Runner

_C: Final = minor_refunds.c
_ADD: Final = Statement(lambda dialect: dialect.insert_or_keep(minor_refunds, "finished"))
_PUT: Final = put_row(minor_refunds)
_OF_KEY: Final = statement(select(minor_refunds).where(_C.tenant == bindparam("of"), _C.key == bindparam("known")))
_LOCK: Final = statement(select(minor_refunds).where(_C.id == bindparam("which")).with_for_update())
_OPEN: Final = statement(
    select(minor_refunds)
    .where(_C.step.in_([step.value for step in MinorRefundStep if step is not MinorRefundStep.DONE]))
    .limit(bindparam("limit", type_=Integer))
)


@dataclass(frozen=True, slots=True)
class SqlMinorRefunds:
    """``ports.MinorRefundRows``."""

    _runner: Runner

    async def add(self, refund: MinorRefund) -> bool:
        return bool(await self._runner.run(_ADD, **_values(refund)))

    async def put(self, refund: MinorRefund) -> None:
        await self._runner.run(_PUT, **_values(refund))

    async def of_key(self, tenant: TenantName, key: str) -> MinorRefund | None:
        row = await self._runner.row(_OF_KEY, of=tenant, known=key)
        return _read(row) if row else None

    async def lock(self, id: str) -> MinorRefund | None:
        row = await self._runner.row(_LOCK, which=id)
        return _read(row) if row else None

    async def open(self, limit: int) -> Sequence[MinorRefund]:
        return list(map(_read, await self._runner.rows(_OPEN, limit=limit)))


def _values(refund: MinorRefund) -> Values:
    return {
        "id": refund.id,
        "tenant": refund.tenant,
        "key": refund.key,
        "digest": refund.digest,
        "user_id": refund.user,
        "wallet": refund.wallet,
        "promo": refund.promo,
        "since": millis(refund.since),
        "until": millis(refund.until),
        "reason": refund.reason,
        "made_by": refund.by,
        "created": millis(refund.created),
        "step": refund.step.value,
        "done_to": refund.done_to,
        "gifts": refund.gifts,
        "coins": refund.coins,
        "purchases": refund.purchases,
        "purchased": refund.purchased,
        "skipped": refund.skipped,
        "finished": optional_millis(refund.finished),
    }


def _read(row: Row) -> MinorRefund:
    id, tenant, key, digest, user, wallet, promo, since, until, reason, by, created, step, *counted, finished = row
    done_to, gifts, coins, purchases, purchased, skipped = counted
    return MinorRefund(
        id=id,
        tenant=TenantName(tenant),
        key=key,
        digest=digest,
        user=UserId(user),
        wallet=AccountId(wallet),
        promo=AccountId(promo),
        since=instant(since),
        until=instant(until),
        reason=reason,
        by=by,
        created=instant(created),
        step=MinorRefundStep(step),
        done_to=done_to,
        gifts=gifts,
        coins=coins,
        purchases=purchases,
        purchased=purchased,
        skipped=skipped,
        finished=optional_instant(finished),
    )
