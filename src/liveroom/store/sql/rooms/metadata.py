"""Metadata of rooms: one row for each room that ever had any."""

from dataclasses import dataclass
from typing import Final

from sqlalchemy import bindparam, select

from liveroom.domain.ids import BroadcastId, RoomId, UserId
from liveroom.domain.rooms.metadata import Metadata, MetadataRow
from liveroom.store.sql.dialect import put_row, statement
from liveroom.store.sql.instants import instant, millis
from liveroom.store.sql.runner import Runner
from liveroom.store.sql.show_tables import room_metadata

_GET: Final = statement(select(room_metadata).where(room_metadata.c.room == bindparam("of")))
_PUT: Final = put_row(room_metadata)


@dataclass(frozen=True, slots=True)
class SqlMetadata:
    """``ports.MetadataRows``."""

    _runner: Runner

    async def get(self, room: RoomId) -> MetadataRow | None:
        row = await self._runner.row(_GET, of=room)
        if row is None or row[0] != room:
            return None
        metadata = Metadata(row[2], row[3].encode())
        return MetadataRow(RoomId(row[0]), BroadcastId(row[1]), metadata, UserId(row[4]), instant(row[5]))

    async def put(self, row: MetadataRow) -> None:
        await self._runner.run(
            _PUT,
            room=row.room,
            broadcast=row.broadcast,
            version=row.metadata.version,
            value=row.metadata.value.decode(),
            updated_by=row.updated_by,
            updated=millis(row.updated),
        )
