"""Notices that operators have sent: one row each, with how far those to many rooms have come."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import BindParameter, Integer, bindparam, delete, insert, select, update

from liveroom.domain.ids import RoomId, TenantName
from liveroom.domain.moderation.notices import Audience, SentNotice
from liveroom.store.sql.dialect import BEHIND_ALL, Row, Value, statement
from liveroom.store.sql.instants import instant, millis, optional_instant, optional_millis
from liveroom.store.sql.moderation_tables import notices
from liveroom.store.sql.runner import Runner

_C: Final = notices.c
_LIMIT: Final = bindparam("limit", type_=Integer)
_ROWS: Final[BindParameter[str]] = bindparam("rows", expanding=True)
_ADD: Final = statement(insert(notices))
_GET: Final = statement(select(notices).where(_C.id == bindparam("key")))
_PAGE: Final = statement(
    select(notices)
    .where(_C.tenant == bindparam("of"), _C.id < bindparam("before"))
    .order_by(_C.id.desc())
    .limit(_LIMIT)
)
_UNFINISHED: Final = statement(select(notices).where(_C.done.is_(None)).order_by(_C.id).limit(_LIMIT))
_PROGRESS: Final = statement(
    update(notices)
    .where(_C.id == bindparam("key"), _C.done.is_(None))
    .values(rooms=bindparam("told"), last_room=bindparam("last"), done=bindparam("over"))
)
_OLD: Final = statement(select(_C.id).where(_C.at < bindparam("before")).order_by(_C.at).limit(_LIMIT))
_DROP: Final = statement(delete(notices).where(_C.id.in_(_ROWS)))


@dataclass(frozen=True, slots=True)
class SqlNotices:
    """``ports.NoticeRows``."""

    _runner: Runner

    async def add(self, notice: SentNotice) -> None:
        await self._runner.run(_ADD, **_values(notice))

    async def get(self, id: str) -> SentNotice | None:
        row = await self._runner.row(_GET, key=id)
        return _read(row) if row else None

    async def page(self, tenant: TenantName, before: str, limit: int) -> Sequence[SentNotice]:
        rows = await self._runner.rows(_PAGE, of=tenant, before=before or BEHIND_ALL, limit=limit)
        return list(map(_read, rows))

    async def unfinished(self, limit: int) -> Sequence[SentNotice]:
        return list(map(_read, await self._runner.rows(_UNFINISHED, limit=limit)))

    async def progress(self, notice: SentNotice) -> None:
        how: dict[str, Value] = {"told": notice.rooms, "last": notice.cursor, "over": optional_millis(notice.done)}
        await self._runner.run(_PROGRESS, key=notice.id, **how)

    async def purge(self, before: datetime, limit: int) -> int:
        old = [row[0] for row in await self._runner.rows(_OLD, before=millis(before), limit=limit)]
        if old:
            await self._runner.run(_DROP, rows=old)
        return len(old)


def _values(notice: SentNotice) -> dict[str, Value]:
    return {
        "id": notice.id,
        "tenant": notice.tenant,
        "audience": notice.audience.value,
        "subject": notice.subject,
        "words": notice.text,
        "data": notice.data.decode(),
        "made_by": notice.by,
        "at": millis(notice.at),
        "rooms": notice.rooms,
        "last_room": notice.cursor,
        "done": optional_millis(notice.done),
    }


def _read(row: Row) -> SentNotice:
    return SentNotice(
        id=row[0],
        tenant=TenantName(row[1]),
        audience=Audience(row[2]),
        subject=row[3],
        text=row[4],
        data=row[5].encode(),
        by=row[6],
        at=instant(row[7]),
        rooms=row[8],
        cursor=RoomId(row[9]),
        done=optional_instant(row[10]),
    )
