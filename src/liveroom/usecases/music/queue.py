"""The song queue of a room: an activity of the type ``songs``, of which a room has one at a time."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, NamedTuple

import msgspec

from liveroom.domain.accounts.sessions import Actor
from liveroom.domain.activities.failures import ActivityNotFound
from liveroom.domain.activities.song_queue import SongQueueState
from liveroom.domain.activities.songs import SongQueue, SongQueueParams
from liveroom.domain.ids import RoomId
from liveroom.domain.rooms.model import LiveRoom
from liveroom.usecases.activities.changes import ActivityView
from liveroom.usecases.activities.hosting import Activities
from liveroom.usecases.music.catalogue import Songs
from liveroom.usecases.rooms.ranks import Ranks, check_member

_decode: Final = msgspec.json.Decoder(SongQueueState).decode
_FOR_MEMBERS: Final = frozenset({"join", "leave", "score"})
"""What nobody does from outside, as hosts may with the rest."""


class SongQueueView(NamedTuple):
    """A queue with all that waits in it."""

    view: ActivityView
    state: SongQueueState
    now: datetime
    """When that was said."""


@dataclass(frozen=True, slots=True)
class SongQueues:
    """What people do in song queues. Each raises what ``Activities.act`` does, ``RoomNotFound``, and
    ``ActivityNotFound`` where there is no queue.
    """

    activities: Activities
    ranks: Ranks
    songs: Songs

    async def open(self, actor: Actor, room: RoomId, params: SongQueueParams) -> SongQueueView:
        """Open the queue of a live room. Raises what ``Activities.start`` does."""
        return self._seen(await self.activities.start(actor, room, SongQueue.type, params))

    async def read(self, actor: Actor, room: RoomId) -> SongQueueView:
        """Return the queue of a room, to its members. Raises ``RoomNotFound``, ``NotInRoom``, ``ActivityNotFound``."""
        ranked = await self.ranks.check_reader(actor, room)
        running = next(one for one in ranked.room.options.activities if one.id == _queue_of(ranked.room))
        row = await self.activities.changes.db.activities.get(running.id)
        if row is None or row.is_over:
            raise ActivityNotFound
        return self._seen(ActivityView(row, running))

    async def add(self, actor: Actor, room: RoomId, song: str) -> SongQueueView:
        """Add a song of the catalogue. Raises ``SongNotFound``, ``SongQueued``, ``TooManySongs`` too."""
        ranked = await self.ranks.of(actor.tenant.name, room, actor.user)
        check_member(ranked)
        id, known = _queue_of(ranked.room), await self.songs.find(actor, ranked.room, song)
        return self._seen(await self.activities.act(actor, id, SongQueue.type, "add", {"song": known.found.song}))

    async def act(self, actor: Actor, room: RoomId, action: str, data: Mapping[str, Any]) -> SongQueueView:
        """Do something in the queue: ``top``, ``remove``, ``skip``, ``next``, ``pause``, ``resume``, ``seek``,
        ``join``, ``leave`` or ``score``. Raises ``SongNotFound``, ``SongNotPlaying`` too.
        """
        ranked = await self.ranks.of(actor.tenant.name, room, actor.user)
        if action in _FOR_MEMBERS:
            check_member(ranked)
        return self._seen(await self.activities.act(actor, _queue_of(ranked.room), SongQueue.type, action, data))

    def _seen(self, view: ActivityView) -> SongQueueView:
        return SongQueueView(view, _decode(view.activity.state), self.activities.changes.now())


def _queue_of(room: LiveRoom) -> str:
    """Return the id of the room's queue."""
    for one in room.options.activities:
        if one.type == SongQueue.type:
            return one.id
    raise ActivityNotFound
