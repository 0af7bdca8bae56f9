"""Metadata of live rooms: `ports.LiveMetadata` on Redis, a field of the room."""

from typing import Any, Final

from liveroom.domain.errors import NotInRoom, Refused, RoomNotFound
from liveroom.domain.events.model import Announcement
from liveroom.domain.ids import BroadcastId, RoomId, TenantName, UserId
from liveroom.domain.rooms.metadata import Metadata
from liveroom.store.live.redis.core import RedisCore
from liveroom.store.live.redis.keys import RoomKeys
from liveroom.store.live.redis.pacing import Pacing
from liveroom.store.live.redis.records import unpack
from liveroom.store.live.redis.schema.answers import KeptMetadataRow
from liveroom.store.live.redis.schema.arguments.rooms import PutMetadataArguments, ReadMetadataArguments

_REFUSALS: Final[dict[int, type[Refused]]] = {0: RoomNotFound, 1: NotInRoom}
_NOTHING: Final = Announcement("", "", b"")
"""In place of an event: none."""


class RedisMetadata:
    """Reads and keeps it; ``pacing`` is told what waits to be told."""

    def __init__(self, core: RedisCore, pacing: Pacing) -> None:
        self._core = core
        self._pacing = pacing

    async def read(self, tenant: TenantName, room: RoomId, user: UserId) -> Metadata | None:
        keys = RoomKeys(room)
        read = (keys.facts, keys.room, keys.members)
        args = ReadMetadataArguments(tenant=tenant, user=user)
        answer: Any = await self._core.in_room_bucket("read_metadata", keys.number, read, *args)
        if isinstance(answer, bytes):
            row = KeptMetadataRow(*unpack(answer))
            return Metadata(row.version, row.value.encode() if isinstance(row.value, str) else row.value)
        if answer in _REFUSALS:
            raise _REFUSALS[answer]
        return None

    async def put(
        self, room: RoomId, broadcast: BroadcastId, metadata: Metadata, announcement: Announcement | None = None
    ) -> None:
        news = announcement or _NOTHING
        args = PutMetadataArguments(
            broadcast=broadcast,
            version=metadata.version,
            value=metadata.value,
            kind=news.kind,
            data=news.data,
            by=news.by or "",
        )
        wait = await self._core.members("put_metadata", room, *args)
        self._pacing.gathered(room, wait)
