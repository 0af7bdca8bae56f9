"""Reminders: whoever wants to is told when a scheduled broadcast begins soon, has begun, or was cancelled."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from liveroom.domain.accounts.sessions import Actor
from liveroom.domain.accounts.users import Profile
from liveroom.domain.errors import QuotaExceeded, RoomNotFound
from liveroom.domain.events import reminders as reminder_events
from liveroom.domain.events.model import EventKind
from liveroom.domain.events.records import NewEvent
from liveroom.domain.events.user_payloads import DueReminder
from liveroom.domain.ids import RoomId, UserId
from liveroom.domain.moments import at, moment
from liveroom.domain.payloads import wire_time
from liveroom.domain.rooms.alerts import AlertKind, RoomAlert
from liveroom.domain.rooms.model import LiveRoom, Room, RoomStatus
from liveroom.domain.rooms.paging import UserMark, cursor_number, cut
from liveroom.ports import Clock, Database, Live, Reminder, Tx
from liveroom.usecases.follows.reaching import check_reaches
from liveroom.usecases.privacy.visibility import Privacy
from liveroom.usecases.rates import check_rate

REMINDERS_MAX: Final = 200
"""Broadcasts of which one user is reminded at a time."""
COUNTED_MAX: Final = 10_000
"""So many of those are counted who want to be reminded of one broadcast."""
CHANGES: Final = 60
"""How many reminders a user adds or removes in a minute."""
_MINUTE: Final = timedelta(minutes=1)
_DIGITS: Final = 15


class Awaited(NamedTuple):
    """A scheduled broadcast, as somebody sees it who may wait for it."""

    room: Room
    host: Profile
    people: int
    """Who wants to be reminded of it, at most ``COUNTED_MAX``."""
    reminded: bool
    """Whether that is so of who asks."""


@dataclass(frozen=True, slots=True)
class Reminders:
    """Who is reminded of what."""

    db: Database
    live: Live
    clock: Clock
    privacy: Privacy

    async def show(self, actor: Actor, room_id: RoomId, link: str) -> Awaited:
        """Return a scheduled broadcast. Raises ``RoomNotFound``, also for a room that is live."""
        room = await self._scheduled(actor, room_id, link)
        return await self._awaited(room, reminded=await self.db.reminders.has(room.id, actor.user))

    async def add(self, actor: Actor, room_id: RoomId, link: str) -> Awaited:
        """Remind the actor of a scheduled broadcast; who is reminded already stays so.

        Raises ``RoomNotFound``, also for a room that is live, ``UserRefuses`` where its host has blocked the actor,
        ``QuotaExceeded``, ``RateLimited``.
        """
        await self._count(actor)
        room = await self._scheduled(actor, room_id, link)
        await check_reaches(self.db, actor.user, [room.owner])
        now = at(moment(self.clock.now()))

        async def work(tx: Tx) -> None:
            await tx.users.lock(actor.user)
            if not await tx.reminders.has(room.id, actor.user):
                if await tx.reminders.count_of(actor.user) >= REMINDERS_MAX:
                    raise QuotaExceeded(f"at most {REMINDERS_MAX} reminders")
                await tx.reminders.add(room.id, actor.user, now)

        await self.db.transact(work)
        if not _is_scheduled(await self.db.rooms.get(room.id)):
            # It has begun meanwhile: who is told of that may have been read before.
            await self.db.reminders.remove(room.id, actor.user)
            raise RoomNotFound
        return await self._awaited(room, reminded=True)

    async def remove(self, actor: Actor, room_id: RoomId) -> None:
        """Do not remind the actor, whether or not there is such a broadcast. Raises ``RateLimited``."""
        await self._count(actor)
        await self.db.reminders.remove(room_id, actor.user)

    async def mine(self, actor: Actor, cursor: str, limit: int) -> tuple[Sequence[Room], str]:
        """Return of which broadcasts the actor is reminded, the last one first, and the cursor of the next page.

        Raises ``BadRequest``.
        """
        found = await self.db.reminders.of(actor.user, _read_cursor(cursor) if cursor else None, limit + 1)
        page, following = cut(found, limit, _cursor)
        rooms = {room.id: room for room in await self.db.rooms.some([one.room for one in page]) if _is_scheduled(room)}
        return [rooms[one.room] for one in page if one.room in rooms], following

    async def _scheduled(self, actor: Actor, room_id: RoomId, link: str) -> Room:
        room = await self.privacy.room(actor, room_id, link)
        if isinstance(room, LiveRoom) or not _is_scheduled(room):
            raise RoomNotFound
        return room

    async def _awaited(self, room: Room, *, reminded: bool) -> Awaited:
        host = await self.db.users.get(room.owner)
        people = await self.db.reminders.count(room.id, COUNTED_MAX)
        return Awaited(room, Profile() if host is None else host.profile, people, reminded)

    async def _count(self, actor: Actor) -> None:
        await check_rate(self.live, f"reminders:{actor.user}", limit=CHANGES, window=_MINUTE)


def _is_scheduled(room: Room | None) -> bool:
    return room is not None and room.state is RoomStatus.RESERVED and room.options.starts is not None


def _cursor(reminder: Reminder) -> str:
    return f"{moment(reminder.at)}-{reminder.room}"


def _read_cursor(cursor: str) -> tuple[datetime, RoomId]:
    when, _, room = cursor.partition("-")
    return at(cursor_number(when, _DIGITS)), RoomId(room)


@dataclass(frozen=True, slots=True)
class ReminderAudience:
    """Who wants to be reminded (``usecases.rooms.alerts.AlertAudience``): each is told once for each reason."""

    db: Database
    before: timedelta
    kind: EventKind = EventKind.REMINDER_DUE

    async def page(self, alert: RoomAlert, limit: int) -> Sequence[UserMark]:
        """Return who is next; it begins soon only for those who asked before that was so."""
        until = alert.when - self.before if alert.kind is AlertKind.SOON else None
        return await self.db.reminders.page(alert.room, alert.told, until, limit)

    async def told(self, tx: Tx, alert: RoomAlert, last: UserMark | None) -> None:
        """Remove reminders of a broadcast that has begun, or will not be."""
        if alert.kind is not AlertKind.SOON:
            await tx.reminders.spend(alert.room, last)

    def concerns(self, alert: RoomAlert, room: Room) -> bool:
        """Say whether the broadcast is still to come at that time, goes on, or was not scheduled anew."""
        if alert.kind is AlertKind.SOON:
            return room.state is RoomStatus.RESERVED and room.options.starts == alert.when
        if alert.kind is AlertKind.LIVE:
            return room.state is RoomStatus.LIVE and room.broadcast == alert.broadcast
        return room.state is RoomStatus.CLOSED

    def event(self, room: Room, alert: RoomAlert, users: Sequence[UserId], at: datetime) -> NewEvent:
        """Return ``reminder.due``."""
        return reminder_events.due(room, alert, users, at)

    def news(self, room: Room, alert: RoomAlert, host: Profile) -> DueReminder:
        """Return the broadcast."""
        return DueReminder(
            reason=alert.kind.value,
            user_id=room.owner,
            name=host.name,
            avatar=host.avatar,
            room_id=room.id,
            broadcast_id=alert.broadcast,
            title=room.title,
            cover=room.cover,
            starts_utc=wire_time(alert.when),
        )
