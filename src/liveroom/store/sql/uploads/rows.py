"""Uploads: announced, claimed, settled, looked at."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import BigInteger, Integer, and_, bindparam, case, delete, insert, null, or_, select, update

from liveroom.domain.ids import RoomId, TenantName, UserId
from liveroom.domain.uploads.model import Purpose, Upload, UploadState
from liveroom.store.sql.dialect import Row, Value, statement
from liveroom.store.sql.gift_tables import gifts
from liveroom.store.sql.instants import instant, millis, optional_instant, optional_millis
from liveroom.store.sql.runner import Runner
from liveroom.store.sql.tables import rooms, users
from liveroom.store.sql.upload_tables import uploads

_C: Final = uploads.c
_IS: Final = _C.id == bindparam("of")
_MINE: Final = _C.claimed == bindparam("until", type_=BigInteger)
_ADD: Final = statement(insert(uploads))
_GET: Final = statement(select(uploads).where(_IS))
_CLAIM: Final = statement(
    update(uploads)
    .where(
        _IS,
        _C.state == UploadState.WAITING.value,
        or_(_C.claimed.is_(None), _C.claimed <= bindparam("now", type_=BigInteger)),
    )
    .values(
        claimed=bindparam("until", type_=BigInteger),
        file_key=case((_C.file_key == "", bindparam("drawn")), else_=_C.file_key),
    )
)
_RELEASE: Final = statement(update(uploads).where(_IS, _MINE).values(claimed=null()))
_SETTLE: Final = statement(
    update(uploads)
    .where(_IS, _MINE)
    .values(
        claimed=null(),
        state=bindparam("became"),
        content_type=bindparam("type"),
        size=bindparam("bytes", type_=BigInteger),
        width=bindparam("wide", type_=BigInteger),
        height=bindparam("high", type_=BigInteger),
        detail=bindparam("why"),
        finished=bindparam("at", type_=BigInteger),
        look_at=bindparam("next", type_=BigInteger),
    )
)
_DUE: Final = statement(
    select(uploads)
    .where(_C.look_at <= bindparam("now", type_=BigInteger))
    .order_by(_C.look_at, _C.id)
    .limit(bindparam("limit", type_=Integer))
)
_PUT_OFF: Final = statement(
    update(uploads)
    .where(_IS, _C.look_at == bindparam("seen", type_=BigInteger))
    .values(look_at=bindparam("next", type_=BigInteger))
)
_SHOWN: Final = statement(update(uploads).where(_IS).values(shown=1))
_REMOVE: Final = statement(update(uploads).where(_IS).values(state=UploadState.REMOVED.value))
_DROP: Final = statement(delete(uploads).where(_IS))
_AVATAR: Final = statement(select(users.c.avatar).where(users.c.id == bindparam("of")))
_COVERS: Final = [
    statement(select(rooms.c.cover).where(and_(whose == bindparam("of"), rooms.c.cover != "")))
    for whose in (rooms.c.holder, rooms.c.owner, rooms.c.id)
]
_OF_GIFTS: Final = statement(select(gifts.c.icon, gifts.c.animation).where(gifts.c.tenant == bindparam("of")))


@dataclass(frozen=True, slots=True)
class SqlUploads:
    """``ports.UploadRows``."""

    _runner: Runner

    async def add(self, upload: Upload) -> None:
        await self._runner.run(
            _ADD,
            id=upload.id,
            tenant=upload.tenant,
            user_id=upload.user,
            purpose=upload.purpose.value,
            content_type=upload.content_type,
            size=upload.size,
            room=upload.room,
            state=upload.state.value,
            file_key=upload.key,
            width=upload.width,
            height=upload.height,
            shown=int(upload.shown),
            detail=upload.detail,
            created=millis(upload.created),
            claimed=optional_millis(upload.claimed),
            finished=optional_millis(upload.finished),
            look_at=millis(upload.look_at),
        )

    async def get(self, id: str) -> Upload | None:
        row = await self._runner.row(_GET, of=id)
        return _read(row) if row else None

    async def claim(self, id: str, now: datetime, until: datetime, key: str) -> bool:
        return await self._runner.run(_CLAIM, of=id, now=millis(now), until=millis(until), drawn=key) > 0

    async def release(self, id: str, until: datetime) -> None:
        await self._runner.run(_RELEASE, of=id, until=millis(until))

    async def settle(self, upload: Upload, until: datetime) -> bool:
        values: dict[str, Value] = {
            "became": upload.state.value,
            "type": upload.content_type,
            "bytes": upload.size,
            "wide": upload.width,
            "high": upload.height,
            "why": upload.detail,
            "at": optional_millis(upload.finished),
            "next": millis(upload.look_at),
        }
        return await self._runner.run(_SETTLE, of=upload.id, until=millis(until), **values) > 0

    async def due(self, now: datetime, limit: int) -> Sequence[Upload]:
        return [_read(row) for row in await self._runner.rows(_DUE, now=millis(now), limit=limit)]

    async def put_off(self, upload: Upload, until: datetime) -> bool:
        seen, next = millis(upload.look_at), millis(until)
        return await self._runner.run(_PUT_OFF, of=upload.id, seen=seen, next=next) > 0

    async def keep(self, id: str) -> None:
        await self._runner.run(_SHOWN, of=id)

    async def remove(self, id: str) -> None:
        await self._runner.run(_REMOVE, of=id)

    async def drop(self, id: str) -> None:
        await self._runner.run(_DROP, of=id)

    async def avatar_of(self, user: UserId) -> str:
        row = await self._runner.row(_AVATAR, of=user)
        return row[0] if row else ""

    async def covers(self, user: UserId, room: str) -> Sequence[str]:
        found = [
            await self._runner.rows(asked, of=whose)
            for asked, whose in zip(_COVERS, (user, user, room), strict=True)
            if whose
        ]
        return [row[0] for rows in found for row in rows]

    async def of_gifts(self, tenant: TenantName) -> Sequence[str]:
        return [address for row in await self._runner.rows(_OF_GIFTS, of=tenant) for address in row]


def _read(row: Row) -> Upload:
    id, tenant, user, purpose, content_type, size, room, state, key, width, height, shown, detail, *times = row
    created, claimed, finished, look_at = times
    return Upload(
        id=id,
        tenant=TenantName(tenant),
        user=UserId(user),
        purpose=Purpose(purpose),
        content_type=content_type,
        size=size,
        room=RoomId(room),
        state=UploadState(state),
        key=key,
        width=width,
        height=height,
        shown=bool(shown),
        detail=detail,
        created=instant(created),
        claimed=optional_instant(claimed),
        finished=optional_instant(finished),
        look_at=instant(look_at),
    )
