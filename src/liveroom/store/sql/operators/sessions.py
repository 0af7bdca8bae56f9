"""Sessions of operators: a row for each browser in which one is signed in."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Integer, bindparam, delete, insert, select, update

from liveroom.domain.operators.account import OperatorSession
from liveroom.store.sql.dialect import Row, statement
from liveroom.store.sql.instants import instant, millis
from liveroom.store.sql.operator_tables import operator_sessions as sessions
from liveroom.store.sql.runner import Runner

_ONE: Final = sessions.c.digest == bindparam("of")
_ADD: Final = statement(insert(sessions))
_GET: Final = statement(select(sessions).where(_ONE))
_OF: Final = statement(select(sessions).where(sessions.c.operator == bindparam("who")))
_SEEN: Final = statement(update(sessions).where(_ONE).values(seen=bindparam("at")))
_CONFIRMED: Final = statement(update(sessions).where(_ONE).values(confirmed=bindparam("at")))
_END: Final = statement(delete(sessions).where(_ONE))
_END_ALL: Final = statement(delete(sessions).where(sessions.c.operator == bindparam("who")))
_EXPIRED: Final = statement(
    select(sessions.c.digest).where(sessions.c.expires < bindparam("before")).limit(bindparam("limit", type_=Integer))
)
_DROP: Final = statement(delete(sessions).where(sessions.c.digest.in_(bindparam("digests", expanding=True))))


@dataclass(frozen=True, slots=True)
class SqlOperatorSessions:
    """``ports.OperatorSessionRows``."""

    _runner: Runner

    async def add(self, session: OperatorSession) -> None:
        await self._runner.run(
            _ADD,
            digest=session.digest,
            id=session.id,
            operator=session.operator,
            created=millis(session.created),
            seen=millis(session.seen),
            expires=millis(session.expires),
            address=session.address,
            device=session.device,
            confirmed=millis(session.confirmed),
        )

    async def get(self, digest: str) -> OperatorSession | None:
        row = await self._runner.row(_GET, of=digest)
        return _read(row) if row else None

    async def of(self, operator: str) -> Sequence[OperatorSession]:
        return sorted(map(_read, await self._runner.rows(_OF, who=operator)), key=lambda one: one.created)

    async def seen(self, digest: str, at: datetime) -> None:
        await self._runner.run(_SEEN, of=digest, at=millis(at))

    async def confirmed(self, digest: str, at: datetime) -> None:
        await self._runner.run(_CONFIRMED, of=digest, at=millis(at))

    async def end(self, digest: str) -> None:
        await self._runner.run(_END, of=digest)

    async def end_all(self, operator: str) -> int:
        return await self._runner.run(_END_ALL, who=operator)

    async def purge(self, before: datetime, limit: int) -> int:
        expired = sorted(row[0] for row in await self._runner.rows(_EXPIRED, before=millis(before), limit=limit))
        return await self._runner.run(_DROP, digests=expired) if expired else 0


def _read(row: Row) -> OperatorSession:
    digest, id, operator, created, seen, expires, address, device, confirmed = row
    return OperatorSession(
        digest,
        id,
        operator,
        created=instant(created),
        seen=instant(seen),
        expires=instant(expires),
        address=address,
        device=device,
        confirmed=instant(confirmed),
    )
