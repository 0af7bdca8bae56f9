"""The log of what was sent to webhooks."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import BigInteger, Integer, bindparam, delete, insert, select

from liveroom.domain.parts import parts
from liveroom.domain.webhooks.deliveries import Delivery
from liveroom.store.sql.backend_tables import deliveries
from liveroom.store.sql.dialect import Row, next_value, statement
from liveroom.store.sql.instants import instant, millis
from liveroom.store.sql.runner import Runner

_LIMIT: Final = bindparam("limit", type_=Integer)
_D: Final = deliveries.c
_OF: Final = _D.target == bindparam("of")
_NEXT_TARGET: Final = next_value(_D.target)
_ADD_DELIVERY: Final = statement(insert(deliveries).values({name: bindparam(name) for name in Delivery._fields}))
_NEWEST: Final = statement(
    select(*(_D[name] for name in Delivery._fields)).where(_OF).order_by(_D.id.desc()).limit(_LIMIT)
)
_PAGE: Final = statement(
    select(_D.id, *(_D[name] for name in Delivery._fields))
    .where(_OF, _D.id < bindparam("before", type_=BigInteger))
    .order_by(_D.id.desc())
    .limit(_LIMIT)
)
_LAST_KEPT: Final = statement(
    select(_D.id).where(_OF).order_by(_D.id.desc()).limit(1).offset(bindparam("kept", type_=Integer))
)
_OLD: Final = statement(
    select(_D.id).where(_OF, _D.id <= bindparam("last", type_=Integer)).order_by(_D.id).limit(_LIMIT)
)
_SOME: Final = statement(select(_D.id).where(_OF).limit(_LIMIT))
_DROP: Final = statement(delete(deliveries).where(_D.id.in_(bindparam("rows", expanding=True))))
_AT_ONCE: Final = 512
_BEHIND_ALL: Final = 2**62


@dataclass(frozen=True, slots=True)
class SqlDeliveries:
    """``ports.Deliveries``."""

    _runner: Runner

    async def next_target(self, after: str) -> str | None:
        row = await self._runner.row(_NEXT_TARGET, after=after)
        return row[0] if row else None

    async def add(self, delivery: Delivery) -> None:
        await self._runner.run(_ADD_DELIVERY, **{**delivery._asdict(), "at": millis(delivery.at)})

    async def list(self, target: str, limit: int) -> Sequence[Delivery]:
        rows = await self._runner.rows(_NEWEST, of=target, limit=limit)
        return [Delivery(*row)._replace(at=instant(row[1])) for row in rows]

    async def page(self, target: str, before: int, limit: int) -> Sequence[tuple[int, Delivery]]:
        rows = await self._runner.rows(_PAGE, of=target, before=before or _BEHIND_ALL, limit=limit)
        return [(row[0], Delivery(*row[1:])._replace(at=instant(row[2]))) for row in rows]

    async def trim(self, target: str, kept: int, limit: int) -> int:
        """Drop all but the newest; return how many."""
        last = await self._runner.row(_LAST_KEPT, of=target, kept=kept)
        if last is None:
            return 0
        return await self._drop(await self._runner.rows(_OLD, of=target, last=last[0], limit=limit))

    async def drop(self, target: str, limit: int) -> int:
        return await self._drop(await self._runner.rows(_SOME, of=target, limit=limit))

    async def _drop(self, found: Sequence[Row]) -> int:
        rows = [row[0] for row in found]
        for some in parts(rows, _AT_ONCE):
            await self._runner.run(_DROP, rows=some)
        return len(rows)
