"""Codes that were sent: keyed digests alone, and how often each was tried."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Integer, bindparam, delete, func, insert, select, update

from liveroom.domain.accounts.contacts import CodeSession, CodeSessionId, SentCodes
from liveroom.domain.ids import TenantName
from liveroom.store.sql.dialect import statement
from liveroom.store.sql.instants import instant, millis, optional_instant, optional_millis
from liveroom.store.sql.runner import Runner
from liveroom.store.sql.tables import codes

_ADD: Final = statement(insert(codes))
_SPEND: Final = statement(
    update(codes)
    .where(codes.c.id == bindparam("key"), codes.c.tries < bindparam("most", type_=Integer), codes.c.used.is_(None))
    .values(tries=codes.c.tries + 1)
)
_GET: Final = statement(select(*codes.columns).where(codes.c.id == bindparam("id")))
_USE: Final = statement(update(codes).where(codes.c.id == bindparam("key")).values(used=bindparam("at")))
_SENT: Final = select(func.count(), func.max(codes.c.created)).where(codes.c.created > bindparam("since"))
_SENT_TO: Final = statement(_SENT.where(codes.c.contact == bindparam("contact")))
_SENT_BETWEEN: Final = statement(
    _SENT.where(codes.c.contact == bindparam("contact"), codes.c.address == bindparam("address"))
)
_SENT_FROM: Final = statement(_SENT.where(codes.c.address == bindparam("address")))
_OLD: Final = statement(
    select(codes.c.id).where(codes.c.created < bindparam("before")).limit(bindparam("limit", type_=Integer))
)
_DROP: Final = statement(delete(codes).where(codes.c.id.in_(bindparam("keys", expanding=True))))


@dataclass(frozen=True, slots=True)
class SqlCodes:
    """``ports.Codes``."""

    _runner: Runner

    async def add(self, session: CodeSession) -> None:
        await self._runner.run(
            _ADD,
            id=session.id,
            tenant=session.tenant,
            contact=session.contact,
            address=session.address,
            stamp=session.stamp,
            created=millis(session.created),
            tries=session.tries,
            used=optional_millis(session.used),
        )

    async def spend_try(self, session: CodeSessionId, most: int) -> bool:
        return await self._runner.run(_SPEND, key=session, most=most) > 0

    async def get(self, session: CodeSessionId) -> CodeSession | None:
        row = await self._runner.row(_GET, id=session)
        if row is None or row[0] != session:
            return None
        return CodeSession(
            CodeSessionId(row[0]),
            TenantName(row[1]),
            row[2],
            row[3],
            row[4],
            instant(row[5]),
            row[6],
            optional_instant(row[7]),
        )

    async def use(self, session: CodeSessionId, at: datetime) -> None:
        await self._runner.run(_USE, key=session, at=millis(at))

    async def sent_to(self, contact: str, since: datetime, *, address: str = "") -> SentCodes:
        if address:
            row = await self._runner.row(_SENT_BETWEEN, contact=contact, address=address, since=millis(since))
        else:
            row = await self._runner.row(_SENT_TO, contact=contact, since=millis(since))
        return SentCodes(row[0], optional_instant(row[1])) if row else SentCodes()

    async def sent_from(self, address: str, since: datetime) -> SentCodes:
        row = await self._runner.row(_SENT_FROM, address=address, since=millis(since))
        return SentCodes(row[0], optional_instant(row[1])) if row else SentCodes()

    async def purge(self, before: datetime, limit: int) -> int:
        keys = [row[0] for row in await self._runner.rows(_OLD, before=millis(before), limit=limit)]
        if keys:
            await self._runner.run(_DROP, keys=keys)
        return len(keys)
