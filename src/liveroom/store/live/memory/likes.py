"""Likes in memory: `ports.Likes`, and how they reach the recovery store."""

from collections.abc import Sequence

from liveroom.domain.errors import RoomNotFound
from liveroom.domain.events.model import Announcement, EventKind
from liveroom.domain.ids import BroadcastId, RoomId
from liveroom.domain.moments import at
from liveroom.domain.rooms.likes import LikeCall, write_likes
from liveroom.ports import Clock, RecoveryStore
from liveroom.store.live.gathering import COUNTED, NO_MEMBER, TOO_MANY, Gathering, NotYet, Written
from liveroom.store.live.memory.moments import read
from liveroom.store.live.memory.room_publisher import RoomPublisher
from liveroom.store.live.memory.room_records import RoomRecord
from liveroom.store.live.memory.rooms import MemoryRooms


class MemoryLikes:
    """All likes."""

    def __init__(self, rooms: MemoryRooms, publisher: RoomPublisher, clock: Clock, recovery: RecoveryStore) -> None:
        self._rooms = rooms
        self._publisher = publisher
        self._clock = clock
        self._recovery = recovery
        self._behind: dict[BroadcastId, tuple[RoomId, int]] = {}
        """Likes of broadcasts that the recovery store does not know."""
        self._gathering = Gathering(self._write)
        self.add = self._gathering.add

    async def _write(self, likes: Sequence[LikeCall], turn: int) -> Written | NotYet:
        room = await self._rooms.record(likes[0].room)
        if room is None or room.tenant != likes[0].tenant:
            raise RoomNotFound
        now = read(self._clock)
        turn = room.liking.ask(turn, now)
        if turn > now:
            return NotYet(turn, (turn - now) / 1000)
        following, wait = room.liking.written(now)
        before = room.likes
        outcomes = "".join([_count(room, like, now) for like in likes])
        if room.likes > before:
            room.warm(self._rooms.heat, self._rooms.heat.like * (room.likes - before), now)
            self._announce(room, room.likes - before, now)
        return Written(room.likes, outcomes, following, wait / 1000)

    def _announce(self, room: RoomRecord, added: int, now: int) -> None:
        self._behind[room.broadcast] = room.id, room.likes
        data = write_likes(room.likes, added)
        self._publisher.announce(room, Announcement("", EventKind.LIKES, data, paced=True), now)

    async def flush(self) -> int:
        """Bring the recovery store up to date; its failures are the caller's. Return of how many broadcasts."""
        if not (behind := self._behind):
            return 0
        self._behind = {}
        try:
            await self._recovery.save_likes({broadcast: likes for broadcast, (_, likes) in behind.items()})
        except BaseException:
            self._behind = {**behind, **self._behind}
            raise
        for broadcast, (id, _) in behind.items():
            room = self._rooms.known(id)
            if room is not None and room.broadcast == broadcast:
                self._rooms.changed(room, read(self._clock))
        return len(behind)

    async def close(self) -> None:
        """Give up what waits for its turn."""
        await self._gathering.close()


def _count(room: RoomRecord, like: LikeCall, now: int) -> str:
    """Count likes, and say how that went."""
    if like.user not in room.members:
        return NO_MEMBER
    added = room.liking.count(like, now)
    if added is None:
        return TOO_MANY
    if added:
        room.add_likes(added)
        battle = room.options.battle
        if battle is not None and battle.counts_at(at(now)):
            more = room.liking.count_in_battle(like.user, battle.id, added, battle.likes_max)
            room.battle_of(battle.id).likes += more
    return COUNTED
