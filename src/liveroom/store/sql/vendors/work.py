"""Work at vendors: one row for each room, account and removal at each vendor, whether something waits or not."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import msgspec
from sqlalchemy import BigInteger, BindParameter, Integer, String, and_, bindparam, case, delete, func, select, update

from liveroom.domain.ids import RoomId, TenantName, room_bucket
from liveroom.domain.vendors.model import (
    NOTHING,
    Achieved,
    Key,
    Matter,
    Vendor,
    VendorBacklog,
    Work,
    partition_of,
    read_partition,
)
from liveroom.store.sql.dialect import Row, Statement, Value, next_value, statement
from liveroom.store.sql.instants import instant, millis, optional_instant, optional_millis
from liveroom.store.sql.runner import Runner
from liveroom.store.sql.tables import vendor_work

_C: Final = vendor_work.c
_READ: Final = (
    *(_C.vendor, _C.matter, _C.subject, _C.tenant, _C.wanted, _C.changed),
    *(_C.tries, _C.achieved, _C.partition_key, _C.reason, _C.failed, _C.holder),
)
_LIMIT: Final = bindparam("limit", type_=Integer)
_IS_IT: Final = and_(
    _C.vendor == bindparam("at_vendor"), _C.matter == bindparam("about"), _C.subject == bindparam("whom")
)
_IS_OURS: Final = and_(_IS_IT, _C.holder == bindparam("by"))
_IS_AS_SEEN: Final = _C.wanted == bindparam("seen", type_=BigInteger)
_FREE: Final = {"holder": "", "leased": 0}

_WANT: Final = Statement(
    lambda dialect: dialect.upsert(
        vendor_work,
        lambda new: [
            ("wanted", _C.wanted + 1),
            *((name, new[name]) for name in ("tenant", "partition_key", "changed", "due", "tries", "failed")),
        ],
    )
)
_WANT_ONCE: Final = Statement(lambda dialect: dialect.insert_or_keep(vendor_work), joins=True)
_GET: Final = statement(select(*_READ).where(_IS_IT))
_NEXT_PARTITION: Final = next_value(_C.partition_key)
_DUE: Final = statement(
    select(*_READ)
    .where(_C.partition_key == bindparam("of"), _C.due <= bindparam("now"), _C.leased <= bindparam("now"))
    .order_by(_C.due)
    .limit(_LIMIT)
)
_CLAIM: Final = statement(
    update(vendor_work)
    .where(_IS_IT, _C.leased <= bindparam("now"))
    .values(holder=bindparam("by"), leased=bindparam("end"))
)


def _unless_changed(name: str, kind: type[String] | type[BigInteger]) -> Any:
    """Give the column its new value, unless a change has asked for more since the work was claimed."""
    new: BindParameter[Any] = bindparam(f"new_{name}", type_=kind())
    return case((_IS_AS_SEEN, new), else_=_C[name])


_ACK: Final = statement(
    update(vendor_work)
    .where(_IS_OURS)
    .values(
        **_FREE,
        partition_key=_unless_changed("partition_key", String),
        due=_unless_changed("due", BigInteger),
        achieved=bindparam("now_so"),
        tries=0,
        reason="",
    )
)
_NACK: Final = statement(
    update(vendor_work)
    .where(_IS_OURS)
    .values(
        **_FREE,
        due=_unless_changed("due", BigInteger),
        tries=_unless_changed("tries", BigInteger),
        achieved=bindparam("now_so"),
        reason=bindparam("why"),
    )
)
_GIVE_UP: Final = statement(
    update(vendor_work)
    .where(_IS_OURS)
    .values(
        **_FREE,
        partition_key=_unless_changed("partition_key", String),
        due=_unless_changed("due", BigInteger),
        failed=_unless_changed("failed", BigInteger),
        reason=bindparam("why"),
    )
)
_FORGET: Final = statement(update(vendor_work).where(_IS_IT, _C.holder == "").values(achieved=bindparam("none")))
_DROP: Final = statement(delete(vendor_work).where(_IS_OURS, _IS_AS_SEEN))
_OF_ROOMS: Final = statement(select(*_READ).where(_C.room_bucket == bindparam("bucket"), _C.vendor == Vendor.IM.value))
_FAILED: Final = statement(select(*_READ).where(_C.failed > 0).order_by(_C.failed).limit(_LIMIT))
_WAITING: Final = statement(
    select(_C.partition_key, func.count(), func.min(_C.due)).where(_C.partition_key > "").group_by(_C.partition_key)
)
_ACHIEVED: Final = msgspec.json.Decoder(Achieved)
_REASON_MAX: Final = 500


@dataclass(frozen=True, slots=True)
class SqlVendorWork:
    """``ports.VendorWork``."""

    _runner: Runner

    async def want(self, key: Key, tenant: TenantName, at: datetime) -> None:
        await self._runner.run(_WANT, **_fresh(key, tenant, at))

    async def want_once(self, key: Key, tenant: TenantName, at: datetime) -> None:
        await self._runner.run(_WANT_ONCE, **_fresh(key, tenant, at))

    async def get(self, key: Key) -> Work | None:
        row = await self._runner.row(_GET, **_named(key))
        return _read(row) if row else None

    async def forget_achieved(self, key: Key) -> None:
        await self._runner.run(_FORGET, **_named(key), none=write_achieved(NOTHING))

    async def next_partition(self, after: str) -> str | None:
        row = await self._runner.row(_NEXT_PARTITION, after=after)
        return str(row[0]) if row else None

    async def claim(self, partition: str, holder: str, now: datetime, until: datetime, limit: int) -> Sequence[Work]:
        """Take rows one by one: of two who see the same row, one takes it."""
        due = [_read(row) for row in await self._runner.rows(_DUE, of=partition, now=millis(now), limit=limit)]
        how: dict[str, Value] = {"now": millis(now), "by": holder, "end": millis(until)}
        return [work for work in due if await self._runner.run(_CLAIM, **_named(work.key), **how)]

    async def ack(self, work: Work, holder: str, achieved: Achieved, again: datetime | None) -> None:
        partition = partition_of(work.key.vendor, work.tenant) if again is not None else None
        stands = write_achieved(achieved)
        values: dict[str, Value] = {"new_partition_key": partition, "new_due": optional_millis(again), "now_so": stands}
        await self._runner.run(_ACK, **_ours(work, holder), **values)

    async def nack(self, work: Work, holder: str, achieved: Achieved, again: datetime, reason: str) -> None:
        tries = work.tries + 1 if reason else work.tries
        values: dict[str, Value] = {"new_due": millis(again), "new_tries": tries, "now_so": write_achieved(achieved)}
        await self._runner.run(_NACK, **_ours(work, holder), **values, why=(reason or work.reason)[:_REASON_MAX])

    async def give_up(self, work: Work, holder: str, reason: str, at: datetime) -> None:
        values: dict[str, Value] = {"new_partition_key": None, "new_due": None, "new_failed": millis(at)}
        await self._runner.run(_GIVE_UP, **_ours(work, holder), **values, why=reason[:_REASON_MAX])

    async def drop(self, work: Work, holder: str) -> None:
        if not await self._runner.run(_DROP, **_ours(work, holder)):
            await self.ack(work, holder, NOTHING, None)

    async def of_rooms(self, bucket: int) -> Sequence[Work]:
        return [_read(row) for row in await self._runner.rows(_OF_ROOMS, bucket=bucket)]

    async def failed(self, limit: int) -> Sequence[Work]:
        return [_read(row) for row in await self._runner.rows(_FAILED, limit=limit)]

    async def waiting(self) -> Sequence[VendorBacklog]:
        rows = await self._runner.rows(_WAITING)
        return [VendorBacklog(*read_partition(partition), count, instant(since)) for partition, count, since in rows]


def _named(key: Key) -> dict[str, Value]:
    return {"at_vendor": key.vendor.value, "about": key.matter.value, "whom": key.subject}


def _ours(work: Work, holder: str) -> dict[str, Value]:
    return {**_named(work.key), "by": holder, "seen": work.wanted}


def _fresh(key: Key, tenant: TenantName, at: datetime) -> dict[str, Value]:
    is_room = key.matter is Matter.ROOM
    return {
        "vendor": key.vendor.value,
        "matter": key.matter.value,
        "subject": key.subject,
        "tenant": tenant,
        "partition_key": partition_of(key.vendor, tenant),
        "wanted": 1,
        "changed": millis(at),
        "due": millis(at),
        "leased": 0,
        "holder": "",
        "tries": 0,
        "achieved": "",
        "reason": "",
        "failed": None,
        "room_bucket": room_bucket(RoomId(key.subject)) if is_room else None,
    }


def read_achieved(stored: str) -> Achieved:
    """Return how things stand at the vendor."""
    return _ACHIEVED.decode(stored) if stored else NOTHING


def write_achieved(achieved: Achieved) -> str:
    """Return what is stored: what stands at its default is left out."""
    if achieved == NOTHING:
        return ""
    known = {name: value for name in Achieved.__slots__ if (value := getattr(achieved, name))}
    return msgspec.json.encode(known).decode()


def _read(row: Row) -> Work:
    key = Key(Vendor(row[0]), Matter(row[1]), row[2])
    return Work(
        key,
        TenantName(row[3]),
        row[4],
        instant(row[5]),
        row[6],
        read_achieved(row[7]),
        waits=row[8] is not None,
        reason=row[9],
        failed=optional_instant(row[10]),
        held=row[11] != "",
    )
