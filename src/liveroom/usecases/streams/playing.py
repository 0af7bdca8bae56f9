"""Where the streams of a room are watched, for whom. Nobody is asked: addresses are made and signed here."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import NamedTuple

from liveroom.domain.accounts.sessions import Actor
from liveroom.domain.errors import NotInRoom, RoomNotFound
from liveroom.domain.ids import RoomId
from liveroom.domain.rooms.model import LiveRoom
from liveroom.domain.streams.model import PlayAddress
from liveroom.domain.streams.shown import ShownStream
from liveroom.ports import Clock, Live
from liveroom.usecases.privacy.visibility import Privacy
from liveroom.usecases.streams.servers import StreamServers


class PlayedStream(NamedTuple):
    """A stream of a room, and where its viewer watches it."""

    stream: ShownStream
    addresses: Sequence[PlayAddress]


@dataclass(frozen=True, slots=True)
class StreamPlayback:
    """Gives addresses to those who may be in the room."""

    servers: StreamServers
    live: Live
    clock: Clock
    privacy: Privacy
    lifetime: timedelta
    """How long a signed address is good."""

    async def current(self, actor: Actor, room_id: RoomId) -> Sequence[PlayedStream]:
        """Return a live room's streams. Raises ``RoomNotFound``, ``NotInRoom`` where only members watch."""
        room = await self.privacy.room(actor, room_id, "")
        if not isinstance(room, LiveRoom):
            raise RoomNotFound
        if not await self._may_watch(actor, room):
            raise NotInRoom
        return self.of(actor, room)

    async def shown(self, actor: Actor, room: LiveRoom) -> Sequence[PlayedStream]:
        """Return a room's streams for somebody who sees the room: none where only members watch, and they are none."""
        if not room.options.streams or not await self._may_watch(actor, room):
            return ()
        return self.of(actor, room)

    def of(self, actor: Actor, room: LiveRoom) -> Sequence[PlayedStream]:
        """Return a room's streams for a member."""
        expires = self.clock.now() + self.lifetime
        return [
            PlayedStream(one, () if server is None else server.play_addresses(one.name, actor.user, expires))
            for one in room.options.streams
            for server in (self.servers.by_name.get(one.server),)
        ]

    async def _may_watch(self, actor: Actor, room: LiveRoom) -> bool:
        """Say whether somebody may watch who sees the room: with a password or an invitation, only its members do."""
        return room.options.shows_members or await self.live.member(room.id, actor.user) is not None
