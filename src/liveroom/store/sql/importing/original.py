"""The original service's database (contract/ORIGINAL-DATABASE.md), read in batches by key and never written.

Each batch is a short statement of its own, so that the original can go on running on it. Its times have no zone and are
UTC; one that MySQL keeps as zeros counts as none.
"""

from collections.abc import Collection, Iterator, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import BigInteger, Column, DateTime, Integer, MetaData, Select, String, Table, bindparam, func, select

from liveroom.ports.importing import OriginalMember, OriginalRoom, OriginalSalt, OriginalUser, Sizes
from liveroom.store.sql.addresses import MysqlAddress
from liveroom.store.sql.dialect import statement
from liveroom.store.sql.mysql import MysqlEngine

_metadata: Final = MetaData()


def _table(name: str, key: Column[Any], texts: str, *others: Column[Any]) -> Table:
    columns = [Column(text, String) for text in texts.split()]
    return Table(name, _metadata, key, *columns, *others, Column("createUtc", DateTime), Column("updateUtc", DateTime))


_USERS: Final = _table("users", Column("userId", String), "name phone email avatar tag tag2")
_SALTS: Final = _table("user_salts", Column("saltId", BigInteger), "name salt")
_ROOMS: Final = _table(
    "rooms",
    Column("id", BigInteger),
    "roomId title category createBy updateBy ownBy subject description cover",
    Column("removeUtc", DateTime),
    Column("removed", Integer),
    Column("star", BigInteger),
)
_MEMBERS: Final = _table("users_in_room", Column("guestId", BigInteger), "roomId userId role")
_READ: Final = ("users", "user_salts", "rooms", "users_in_room")

_TABLES: Final = Table(
    "TABLES", _metadata, Column("TABLE_NAME", String), Column("TABLE_SCHEMA", String), schema="information_schema"
)
_NAMES: Final = statement(select(_TABLES.c.TABLE_NAME).where(func.database() == _TABLES.c.TABLE_SCHEMA))
_COUNTS: Final = {table: statement(select(func.count()).select_from(table)) for table in (_USERS, _SALTS, _ROOMS)}
_LIMIT: Final = bindparam("limit", type_=Integer)


def _page(columns: Sequence[Column[Any]], key: Column[Any]) -> Select[Any]:
    return select(*columns).where(key > bindparam("after")).order_by(key).limit(_LIMIT)


_SOME_USERS: Final = statement(_page([*_USERS.c], _USERS.c.userId))
_SOME_SALTS: Final = statement(_page([*_SALTS.c], _SALTS.c.saltId))
_SOME_ROOMS: Final = statement(_page([*_ROOMS.c], _ROOMS.c.id))
_SOME_MEMBERS: Final = statement(
    select(_MEMBERS.c.roomId, _MEMBERS.c.userId, _MEMBERS.c.role, _MEMBERS.c.createUtc, _MEMBERS.c.updateUtc)
    .where(
        _MEMBERS.c.roomId.in_(bindparam("rooms", expanding=True)),
        func.coalesce(_MEMBERS.c.updateUtc, _MEMBERS.c.createUtc) >= bindparam("since", type_=String),
    )
    .order_by(_MEMBERS.c.guestId)
)


class SqlOriginal:
    """``ports.importing.Original``."""

    def __init__(self, address: MysqlAddress) -> None:
        self._engine: Final = MysqlEngine(address, pool=1)

    async def missing_tables(self) -> Sequence[str]:
        found = {row[0].lower() for row in await self._engine.rows(_NAMES)}
        return [name for name in _READ if name not in found]

    async def sizes(self) -> Sizes:
        counted = [await self._engine.row(asked) for asked in _COUNTS.values()]
        return Sizes(*(row[0] if row else 0 for row in counted))

    async def users(self, after: str, limit: int) -> Sequence[OriginalUser]:
        rows = await self._engine.rows(_SOME_USERS, after=after, limit=limit)
        return [OriginalUser._make([*_texts(row[:7]), *_times(row[7:])]) for row in rows]

    async def salts(self, after: int, limit: int) -> Sequence[OriginalSalt]:
        rows = await self._engine.rows(_SOME_SALTS, after=after, limit=limit)
        return [OriginalSalt._make([row[0], *_texts(row[1:3]), *_times(row[3:])]) for row in rows]

    async def rooms(self, after: int, limit: int) -> Sequence[OriginalRoom]:
        rows = await self._engine.rows(_SOME_ROOMS, after=after, limit=limit)
        return [
            OriginalRoom._make(
                [row[0], *_texts(row[1:10]), *_times(row[10:11]), bool(row[11]), row[12] or 0, *_times(row[13:])]
            )
            for row in rows
        ]

    async def members(self, rooms: Collection[str], since: datetime) -> Sequence[OriginalMember]:
        if not rooms:
            return []
        earliest = since.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S")
        rows = await self._engine.rows(_SOME_MEMBERS, rooms=list(rooms), since=earliest)
        return [OriginalMember._make([*_texts(row[:3]), *_times(row[3:])]) for row in rows]

    async def close(self) -> None:
        """Let the database go."""
        await self._engine.close()


def _texts(found: Sequence[str | None]) -> Iterator[str]:
    return (text or "" for text in found)


def _times(found: Sequence[object]) -> Iterator[datetime | None]:
    return (time.replace(tzinfo=UTC) if isinstance(time, datetime) else None for time in found)
