"""What is said in rooms: `ports.Talk` in memory. What a message goes through is the same as in ``lua/say.lua``."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import islice
from typing import Final, NamedTuple

from liveroom.domain.errors import LiveUnavailable, MessageNotFound, NotInRoom, RoomNotFound
from liveroom.domain.events.model import Announcement, EventKind
from liveroom.domain.ids import RoomId, TenantName, UserId
from liveroom.domain.messages.model import (
    KEPT,
    Message,
    Priority,
    forgotten,
    recalled,
    slowed,
    too_often,
)
from liveroom.domain.messages.payloads import write_event
from liveroom.domain.messages.speaking import check_follows, time_between
from liveroom.domain.moments import at, milliseconds
from liveroom.domain.presence.members import Role
from liveroom.domain.rooms.model import present_room
from liveroom.domain.rooms.permissions import rank_of
from liveroom.ports import Clock, RecoveryStore, Said, Saying, TalkPage
from liveroom.store.live.memory.journal import MemoryJournal
from liveroom.store.live.memory.moments import read
from liveroom.store.live.memory.room_publisher import RoomPublisher
from liveroom.store.live.memory.room_records import MemberRecord, RoomRecord
from liveroom.store.live.memory.rooms import MemoryRooms
from liveroom.store.live.memory.talk_pace import RoomTalk, Speaker
from liveroom.store.live.warming import WarmRooms

_FORGOTTEN_AT_ONCE: Final = 2


class _Floor(NamedTuple):
    """Who speaks where, and when."""

    room: RoomRecord
    talk: RoomTalk
    member: MemberRecord | None
    now: int


@dataclass(slots=True)
class MemoryTalk:
    """What is said in all rooms."""

    rooms: MemoryRooms
    publisher: RoomPublisher
    clock: Clock
    journal: MemoryJournal[Message]
    recovery: RecoveryStore
    _speakers: dict[tuple[RoomId, UserId], Speaker] = field(default_factory=dict)
    """Those who wrote last are the last."""
    _warm: WarmRooms = field(init=False)

    def __post_init__(self) -> None:
        self._warm = WarmRooms(self.clock)

    def take_warm(self) -> Sequence[RoomId]:
        return self._warm.take()

    async def say(self, saying: Saying) -> Said:
        room, talk = await self._open(saying.room, saying.tenant, saying.user)
        member = room.members.get(saying.user)
        floor = _Floor(room, talk, member, read(self.clock))
        speaker = self._speakers.get((room.id, saying.user)) or Speaker(room.broadcast)
        again = speaker.number_under(saying.id, room.broadcast)
        if again is None:
            return self._take(saying, floor, speaker)
        if again not in talk.kept:
            await self.journal.drain()
        return Said(again, talk.kept.get(again))

    def _take(self, saying: Saying, floor: _Floor, speaker: Speaker) -> Said:
        room, talk, member, now = floor
        slow = 0 if member is None else _slow(saying, room, member, now)
        if member is not None:
            wait, is_slow = speaker.wait(now, saying.allowed.each, slow)
            if wait > 0:
                raise (slowed if is_slow else too_often)(timedelta(milliseconds=wait))
        if saying.draft.reply_to and not talk.is_there(saying.quote, room.broadcast):
            raise MessageNotFound
        message = _message(saying, floor)
        data = write_event(message._replace(quote=saying.quote), saying.draft.key)
        if wait := talk.wait(message.priority, len(data), saying.allowed.room, now):
            raise too_often(timedelta(milliseconds=wait))
        if self.journal.behind >= saying.allowed.unsaved:
            raise LiveUnavailable("too many messages wait to be written to the database")
        talk.keep(message, len(data))
        self.journal.add(message)
        speaker.note(saying.id, message.number, now, slow)
        self._remember((room.id, saying.user), speaker, now)
        if member is not None:
            room.warm(self.rooms.heat, self.rooms.heat.message, now)
            self._warm.note(room.id)
        kind = EventKind.ROOM_NOTICE if member is None else EventKind.MESSAGE_SENT
        paced = message.priority is not Priority.HIGH
        self.publisher.say(room, Announcement(saying.id, kind, data, saying.user or None, paced), now)
        return Said(message.number, message)

    def _remember(self, key: tuple[RoomId, UserId], speaker: Speaker, now: int) -> None:
        """Keep what is known of somebody, and forget of others what is over."""
        self._speakers.pop(key, None)
        self._speakers[key] = speaker
        for old in list(islice(self._speakers, _FORGOTTEN_AT_ONCE)):
            if self._speakers[old].until <= now:
                del self._speakers[old]

    async def page(self, room: RoomId, tenant: TenantName, user: UserId, *, before: int | None, limit: int) -> TalkPage:
        record, talk = await self._open(room, tenant, user)
        found = list(islice(talk.newest(before), limit))
        if talk.older and len(found) < limit:
            await self.journal.drain()
        return TalkPage(found, record.broadcast if talk.older else None)

    async def find(self, room: RoomId, tenant: TenantName, number: int) -> Message | None:
        record = await self.rooms.record(room)
        kept = {} if record is None or record.talk is None or record.tenant != tenant else record.talk.kept
        if number not in kept:
            await self.journal.drain()
        return kept.get(number)

    async def recall(self, message: Message) -> None:
        room, talk = await self._open(message.room, message.tenant, UserId(""))
        if room.broadcast != message.broadcast:
            raise RoomNotFound
        now, number = read(self.clock), message.number
        if number in talk.kept:
            if talk.kept[number].recalled is not None:
                return
            message = talk.kept[number] = recalled(talk.kept[number], message.recalled_by, at(now))
        elif number in talk.taken_back:
            return
        else:
            talk.taken_back.append(number)
        self.journal.add(message)
        data, by = write_event(message), message.recalled_by or None
        self.publisher.say(room, Announcement(message.id, EventKind.MESSAGE_RECALLED, data, by, paced=True), now)

    async def forget(self, room: RoomId, user: UserId, pseudonym: UserId) -> None:
        record = await self.rooms.record(room)
        if record is not None and record.talk is not None:
            kept = record.talk.kept
            kept.update({number: forgotten(message, user, pseudonym) for number, message in kept.items()})
        await self.journal.drain()

    async def _open(self, id: RoomId, tenant: TenantName, user: UserId) -> tuple[RoomRecord, RoomTalk]:
        """Return a live room and what was said in it, to be read before the next await.

        Raises ``RoomNotFound``, and ``NotInRoom`` for a user who is no member.
        """
        while True:
            room = present_room(await self.rooms.record(id), tenant)
            if user and user not in room.members:
                raise NotInRoom
            if room.talk is not None:
                return room, room.talk
            await self._fill(room)

    async def _fill(self, room: RoomRecord) -> None:
        """Fill in what SQL knows of a room of which the live store knows nothing that was said."""
        await self.journal.drain()
        last, broadcast = await self.recovery.last_message(room.id) or (0, None)
        newest: Sequence[Message] = ()
        if broadcast == room.broadcast:
            newest = await self.recovery.newest_messages(room.broadcast, KEPT)
        if room.talk is None:
            kept = {message.number: message for message in reversed(newest)}
            room.talk = RoomTalk(last, older=len(newest) == KEPT, kept=kept)


def _slow(saying: Saying, room: RoomRecord, member: MemberRecord, now: int) -> int:
    """Return how many milliseconds a member has to leave between messages, who may write now at all."""
    user, access = member.user, room.room_access.get(member.user)
    appointed = None if access is None else access.role
    rank = rank_of(user, owner=room.owner, role=member.shown, appointed=appointed, admin=saying.admin)
    owns = room.owns(user)
    between = time_between(room.options, access, rank, saying.draft.priority, at(now), owns=owns)
    check_follows(room.options, rank, room.owner, saying.follows, seated=member.seat > 0)
    return milliseconds(between)


def _message(saying: Saying, floor: _Floor) -> Message:
    """Return what is said, under the room's next number."""
    room, talk, member, now = floor
    named: tuple[str, str, Role | None] = ("", "", None)
    if member is not None:
        named = (member.name, member.avatar, member.shown)
    draft = saying.draft
    mentions = tuple([user for user in draft.mentions if user in room.members]) if draft.mentions else ()
    return Message(
        room.id, room.tenant, room.broadcast, max(talk.last + 1, now), at(now), saying.user, *named,
        draft.type, draft.priority, draft.text, draft.data, reply_to=draft.reply_to, mentions=mentions,
    )  # fmt: skip
