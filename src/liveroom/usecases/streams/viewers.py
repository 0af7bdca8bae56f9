"""Whether a viewer may go on watching: servers that ask do it for every connection, and with HLS for every segment."""

from dataclasses import dataclass, field
from typing import Final

from liveroom.caches import ByteCache
from liveroom.domain.errors import NotInRoom, RoomNotFound
from liveroom.domain.ids import RoomId
from liveroom.domain.privacy.visibility import check_visible
from liveroom.domain.streams.model import PlayRequest, StreamName, StreamServerName
from liveroom.ports import Database, Live

_KEPT: Final = 1024 * 1024
_Place = tuple[StreamServerName, StreamName]


def _rooms() -> ByteCache[_Place, RoomId]:
    return ByteCache(_KEPT)


@dataclass(frozen=True, slots=True)
class StreamViewers:
    """One question is one trip to the live store; which room a stream is of is remembered, since that never changes."""

    db: Database
    live: Live
    _rooms: ByteCache[_Place, RoomId] = field(default_factory=_rooms)

    async def may_watch(self, asked: PlayRequest, server: StreamServerName) -> bool:
        """Say whether the room shows the stream, which is at the server that asks, and whether the viewer may be there:
        not banned, and a member where only members watch. Raises ``Unavailable``.
        """
        room_id = await self._room_of((server, asked.name))
        seen = None if room_id is None else await self.live.look(room_id, asked.viewer)
        if seen is None or all(one.name != asked.name for one in seen.room.options.streams):
            return False
        if seen.onlooker is None:
            return True
        try:
            check_visible(seen.room.options, seen.onlooker)
        except (RoomNotFound, NotInRoom):
            return False
        return True

    async def _room_of(self, place: _Place) -> RoomId | None:
        known = self._rooms.get(place)
        if known is not None:
            return known
        server, name = place
        found = next(iter(await self.db.push_streams.named([name])), None)
        if found is None or found.server != server:
            return None
        self._rooms.put(place, found.room, 2 * len(name))
        return found.room
