"""Approvals: one row for each thing that an operator does with money, done or not."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import msgspec
from sqlalchemy import BigInteger, Integer, bindparam, func, select

from liveroom.domain.ids import TenantName
from liveroom.domain.ledger.approvals import NOTHING_SAID, Approval, ApprovalState, AskedMove
from liveroom.domain.ledger.journals import MoveKind
from liveroom.store.sql.dialect import BEHIND_ALL, Row, Statement, Values, put_row, statement
from liveroom.store.sql.instants import instant, millis, optional_instant, optional_millis
from liveroom.store.sql.ledger_tables import approvals
from liveroom.store.sql.runner import Runner

_C: Final = approvals.c
_encode: Final = msgspec.json.Encoder().encode
_decode: Final = msgspec.json.Decoder(AskedMove).decode
_PUT: Final = put_row(approvals)
_OF_KEY: Final = statement(select(approvals).where(_C.tenant == bindparam("of"), _C.key == bindparam("known")))
_LOCK: Final = statement(select(approvals).where(_C.id == bindparam("which")).with_for_update())
_PAGE: Final = statement(
    select(approvals)
    .where(_C.tenant == bindparam("of"), _C.state == bindparam("standing"), _C.id < bindparam("before"))
    .order_by(_C.id.desc())
    .limit(bindparam("limit", type_=Integer))
)
_SUM_BY, _SUM_FOR = (
    statement(
        select(func.coalesce(func.sum(_C.amount), 0)).where(
            _C.tenant == bindparam("of"),
            whose == bindparam("who"),
            _C.at > bindparam("since", type_=BigInteger),
            _C.state == ApprovalState.DONE.value,
            # What two persons have seen does not count.
            _C.decided_by == "",
            _C.kind.in_(bindparam("kinds", expanding=True)),
        )
    )
    for whose in (_C.made_by, _C.target)
)


@dataclass(frozen=True, slots=True)
class SqlApprovals:
    """``ports.ApprovalRows``."""

    _runner: Runner

    async def put(self, approval: Approval) -> None:
        await self._runner.run(_PUT, **_values(approval))

    async def of_key(self, tenant: TenantName, key: str) -> Approval | None:
        row = await self._runner.row(_OF_KEY, of=tenant, known=key)
        return _read(row) if row else None

    async def lock(self, id: str) -> Approval | None:
        row = await self._runner.row(_LOCK, which=id)
        return _read(row) if row and row[0] == id else None

    async def page(self, tenant: TenantName, state: ApprovalState, before: str, limit: int) -> Sequence[Approval]:
        rows = await self._runner.rows(_PAGE, of=tenant, standing=state.value, before=before or BEHIND_ALL, limit=limit)
        return list(map(_read, rows))

    async def done_by(self, tenant: TenantName, actor: str, kinds: Sequence[MoveKind], since: datetime) -> int:
        return await self._sum(_SUM_BY, tenant, actor, kinds, since)

    async def done_for(self, tenant: TenantName, target: str, kinds: Sequence[MoveKind], since: datetime) -> int:
        return await self._sum(_SUM_FOR, tenant, target, kinds, since)

    async def _sum(
        self, asked: Statement, tenant: TenantName, who: str, kinds: Sequence[MoveKind], since: datetime
    ) -> int:
        row = await self._runner.row(
            asked, of=tenant, who=who, kinds=[kind.value for kind in kinds], since=millis(since)
        )
        return int(row[0]) if row else 0


def _values(approval: Approval) -> Values:
    return {
        "id": approval.id,
        "tenant": approval.tenant,
        "kind": approval.kind.value,
        "key": approval.key,
        "digest": approval.digest,
        "amount": approval.amount,
        "target": approval.target,
        "words": approval.words,
        "made_by": approval.made_by,
        "at": millis(approval.at),
        "state": approval.state.value,
        "decided_by": approval.decided_by,
        "decided": optional_millis(approval.decided),
        "said": _encode(approval.said).decode(),
    }


def _read(row: Row) -> Approval:
    id, tenant, kind, key, digest, amount, target, words, by, at, state, decided_by, decided, said = row
    return Approval(
        id,
        TenantName(tenant),
        MoveKind(kind),
        key,
        digest,
        amount,
        target,
        words,
        by,
        instant(at),
        ApprovalState(state),
        decided_by,
        optional_instant(decided),
        _decode(said) if said else NOTHING_SAID,
    )
