"""What is said in rooms: `ports.Talk` on Redis.

Who may say what, how much and under which number is decided in ``lua/say.lua``. Of each broadcast the first who speaks
or reads asks SQL for what is known there: the last number that the room has given, so that none is given twice, and,
after a loss, the newest messages, so that not everybody reads them there.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, Final

from liveroom.domain.errors import (
    LiveUnavailable,
    MessageNotFound,
    NotInRoom,
    PermissionDenied,
    Refused,
    RoomMuted,
    RoomNotFound,
)
from liveroom.domain.follows.failures import FollowersOnly
from liveroom.domain.ids import BroadcastId, RoomId, TenantName, UserId
from liveroom.domain.messages.model import KEPT, Message, muted_until, slowed, too_often
from liveroom.domain.messages.payloads import event_size
from liveroom.domain.moments import at
from liveroom.domain.rooms.permissions import LEAST, Right
from liveroom.ports import RecoveryStore, Said, Saying, TalkPage
from liveroom.store.live.redis.core import HeatWords, RedisCore
from liveroom.store.live.redis.journal import RedisJournal
from liveroom.store.live.redis.keys import KeySet, RoomKeys
from liveroom.store.live.redis.message_rows import packed_links, packed_message, read_message
from liveroom.store.live.redis.pacing import Pacing
from liveroom.store.live.redis.schema.arguments.talk import (
    ForgetTalkArguments,
    OpenTalkArguments,
    ReadTalkArguments,
    RecallArguments,
    SayArguments,
)
from liveroom.store.live.redis.watch import DirtyBuckets
from liveroom.store.live.redis.wire import Word
from liveroom.store.live.warming import WarmRooms

_TRIES: Final = 3
_FRESH: Final = b"fresh"
"""A broadcast has another name: ids have 16 characters."""
_REFUSALS: Final[dict[bytes, type[Refused]]] = {
    b"none": RoomNotFound,
    b"out": NotInRoom,
    b"rank": PermissionDenied,
    b"gone": MessageNotFound,
    b"silence": RoomMuted,
}


class RedisTalk:
    """What is said in the rooms of all buckets."""

    def __init__(
        self,
        core: RedisCore,
        watch: DirtyBuckets,
        pacing: Pacing,
        journal: RedisJournal[Message],
        recovery: RecoveryStore,
    ) -> None:
        self._core = core
        self._watch = watch
        self._pacing = pacing
        self._journal = journal
        self._recovery = recovery
        self._warm = WarmRooms(core.clock)
        self.take_warm = self._warm.take

    async def say(self, saying: Saying) -> Said:
        outcome, value, *rest = await self._said(saying)
        if outcome == b"muted":
            raise muted_until(at(int(value)))
        if outcome == b"follow":
            raise FollowersOnly().of(UserId(value.decode()))
        if outcome == b"often":
            raise too_often(timedelta(milliseconds=value))
        if outcome == b"slow":
            raise slowed(timedelta(milliseconds=value))
        packed, *waits = rest
        if outcome == b"said":
            self._watch.talked(RoomKeys(saying.room).number)
            self._pacing.gathered(saying.room, *waits)
            if saying.user:
                self._warm.note(saying.room)
        elif packed is None:
            await self._journal.drain_once(RoomKeys(saying.room).number)
        return Said(int(value), None if packed is None else read_message(packed))

    async def _said(self, saying: Saying) -> list[Any]:
        keys, args = RoomKeys(saying.room), _said_in(saying, self._core.heat)
        speaker = keys.bucket.talker(saying.room, saying.user)
        for _ in range(_TRIES):
            words: Sequence[Word] = (speaker, self._core.offset(), saying.room, *args, *_links(saying))
            answer = await self._core.in_room("say", keys, KeySet.TALKING, *words, more=1)
            if answer == b"behind":
                raise LiveUnavailable("too many messages wait to be written to the database")
            if isinstance(answer, bytes):
                raise _REFUSALS[answer]
            outcome, broadcast, *_ = answer
            if outcome != _FRESH:
                return list(answer)
            await self._open(saying.room, broadcast)
        raise LiveUnavailable("the room is being rebuilt")

    async def _open(self, room: RoomId, broadcast: bytes) -> None:
        """Fill in what SQL knows of a room of which the live store knows nothing that was said."""
        keys, found = RoomKeys(room), list[bytes | int]()
        await self._journal.drain_once(keys.number)
        last, last_in = await self._recovery.last_message(room) or (0, "")
        if last_in == broadcast.decode():
            newest = await self._recovery.newest_messages(BroadcastId(last_in), KEPT)
            found = [word for message in newest for word in (message.number, packed_message(message))]
        args = OpenTalkArguments(broadcast=broadcast, last=last, older=int(len(found) == 2 * KEPT))
        where = (keys.facts, keys.room, keys.said)
        await self._core.in_room_bucket("open_talk", keys.number, where, *args, *found)

    async def page(self, room: RoomId, tenant: TenantName, user: UserId, *, before: int | None, limit: int) -> TalkPage:
        broadcast, older, unsaved, *found = await self._read(room, tenant, user, before, limit)
        if unsaved and older and len(found) < limit:
            await self._journal.drain_once(RoomKeys(room).number)
        return TalkPage([read_message(packed) for packed in found], broadcast if older else None)

    async def _read(self, room: RoomId, tenant: TenantName, user: UserId, before: int | None, limit: int) -> list[Any]:
        keys = RoomKeys(room)
        read = (keys.facts, keys.room, keys.members, keys.said, keys.bucket.talk)
        below = "+inf" if before is None else f"({before}"
        args = ReadTalkArguments(tenant=tenant, user=user, below=below, limit=limit)
        for _ in range(_TRIES):
            answer = await self._core.in_room_bucket("read_talk", keys.number, read, *args)
            if isinstance(answer, bytes):
                raise _REFUSALS[answer]
            broadcast, *rest = answer
            if broadcast != _FRESH:
                return [BroadcastId(broadcast.decode()), *rest]
            (broadcast,) = rest
            await self._open(room, broadcast)
        raise LiveUnavailable("the room is being rebuilt")

    async def find(self, room: RoomId, tenant: TenantName, number: int) -> Message | None:
        try:
            _, _, _, *found = await self._read(room, tenant, UserId(""), number + 1, 1)
        except RoomNotFound:
            found = []
        message = read_message(*found) if found else None
        if message is None or message.number != number:
            await self._journal.drain_once(RoomKeys(room).number)
            return None
        return message

    async def recall(self, message: Message) -> None:
        keys = RoomKeys(message.room)
        args = RecallArguments(
            tenant=message.tenant,
            broadcast=message.broadcast,
            number=message.number,
            by=message.recalled_by,
            message=packed_message(message),
        )
        wait = await self._core.in_room("recall", keys, KeySet.TALKING, self._core.offset(), message.room, *args)
        if wait < 0:
            raise RoomNotFound
        self._watch.talked(keys.number)
        self._pacing.gathered(message.room, wait)

    async def forget(self, room: RoomId, user: UserId, pseudonym: UserId) -> None:
        keys = RoomKeys(room)
        args = ForgetTalkArguments(user=user, pseudonym=pseudonym)
        await self._core.in_room_bucket("forget_talk", keys.number, (keys.facts, keys.said), *args)
        await self._journal.drain_once(keys.number)


def _said_in(saying: Saying, heat: HeatWords) -> SayArguments:
    draft, allowed = saying.draft, saying.allowed
    return SayArguments(
        tenant=saying.tenant,
        user=saying.user,
        follows=saying.follows,
        id=saying.id,
        type=draft.type.value,
        priority=draft.priority.value,
        text=draft.text,
        data=draft.data,
        key=draft.key,
        admin=int(saying.admin),
        least_rank=int(LEAST[Right.SPEAK_UP]),
        size=event_size(draft, saying.user, saying.quote),
        most_of_one=allowed.each,
        most_of_room=allowed.room,
        most_waiting=allowed.unsaved,
        warms=heat.message,
        half_life=heat.half_life,
    )


def _links(saying: Saying) -> Sequence[bytes]:
    """Return what only a message has that answers another or mentions somebody: any other costs what it did."""
    draft = saying.draft
    if not draft.reply_to and not draft.mentions:
        return ()
    return (packed_links(draft.reply_to, saying.quote, draft.mentions),)
