"""Deleted users who are being erased: one row each, until nothing of theirs is left."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import BigInteger, Integer, bindparam, delete, select, update

from liveroom.domain.ids import TenantName, UserId
from liveroom.domain.privacy.erasures import Erasure
from liveroom.store.sql.dialect import Row, Statement, statement
from liveroom.store.sql.instants import instant, millis
from liveroom.store.sql.runner import Runner
from liveroom.store.sql.show_tables import erasures

_C: Final = erasures.c
_IS: Final = _C.user_id == bindparam("key")
_ADD: Final = Statement(lambda dialect: dialect.insert_or_keep(erasures))
_DUE: Final = statement(
    select(_C.user_id, _C.tenant, _C.pseudonym, _C.deleted, _C.due, _C.rounds)
    .where(_C.due <= bindparam("now", type_=BigInteger))
    .order_by(_C.due)
    .limit(bindparam("limit", type_=Integer))
)
_TAKE: Final = statement(
    update(erasures).where(_IS, _C.due == bindparam("seen", type_=BigInteger)).values(due=bindparam("until"))
)
_PUT_OFF: Final = statement(update(erasures).where(_IS).values(due=bindparam("next"), rounds=bindparam("over")))
_END: Final = statement(delete(erasures).where(_IS))


@dataclass(frozen=True, slots=True)
class SqlErasures:
    """``ports.Erasures``."""

    _runner: Runner

    async def add(self, erasure: Erasure) -> None:
        await self._runner.run(
            _ADD,
            user_id=erasure.user,
            tenant=erasure.tenant,
            pseudonym=erasure.pseudonym,
            deleted=millis(erasure.deleted),
            due=millis(erasure.due),
            rounds=erasure.rounds,
        )

    async def due(self, now: datetime, limit: int) -> Sequence[Erasure]:
        return list(map(_read, await self._runner.rows(_DUE, now=millis(now), limit=limit)))

    async def take(self, erasure: Erasure, until: datetime) -> bool:
        """Take it by moving what says that it is due."""
        taken = await self._runner.run(_TAKE, key=erasure.user, seen=millis(erasure.due), until=millis(until))
        return taken > 0

    async def put_off(self, erasure: Erasure) -> None:
        await self._runner.run(_PUT_OFF, key=erasure.user, next=millis(erasure.due), over=erasure.rounds)

    async def end(self, user: UserId) -> None:
        await self._runner.run(_END, key=user)


def _read(row: Row) -> Erasure:
    return Erasure(UserId(row[0]), TenantName(row[1]), UserId(row[2]), instant(row[3]), instant(row[4]), row[5])
