"""What the live store passes on to SQL and gets back: its journals, and data to refill lost buckets with (LIVE.md 3).

If a tenant receives no member events, its stays are only written. Otherwise the stored versions are read first, with
the rooms' streams locked: if two processes have the same stay, the second finds nothing new to record.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from liveroom import faults
from liveroom.domain.events.records import NewEvent, of_room
from liveroom.domain.events.stays import KINDS, event_of, rows, steps
from liveroom.domain.gifts.events import RECENT
from liveroom.domain.ids import BroadcastId, RoomId, TenantName
from liveroom.domain.messages.model import Message
from liveroom.domain.moments import moment
from liveroom.domain.parts import parts
from liveroom.domain.presence.members import LeaveReason, PresenceEntry, Stay
from liveroom.domain.rooms.model import Policies
from liveroom.domain.rooms.timeline import likes_by, may_have_moved, moves
from liveroom.ports import Cards, Clock, Database, Live, RoomSnapshot, Tx, UserBucketSnapshot
from liveroom.usecases.events.recorder import EventRecorder
from liveroom.usecases.rooms.listings import Listings
from liveroom.usecases.tenants.registry import Tenancy

AT_ONCE: Final = 500
"""Stays per transaction, which locks their rooms' streams as long as it lasts."""


@dataclass(frozen=True, slots=True)
class Journaling:
    """Writes stays. Writing one twice, late or beside another process changes nothing and records no event."""

    db: Database
    recorder: EventRecorder
    takes_streams: bool = False
    """There is a server of streams: those of a seat are looked at when its user may have left it."""

    async def save(self, stays: Sequence[Stay]) -> None:
        """Write stays, in any order."""
        if self.takes_streams:
            left = {stay.user for stay in stays if stay.left is not None or may_have_moved(stay)}
            await self.db.push_streams.look_at_seats(left)
        wanting = {name for name in {stay.tenant for stay in stays} if self.recorder.is_wanted(name, KINDS)}
        recorded = [stay for stay in stays if stay.tenant in wanting] if wanting else ()
        if len(recorded) < len(stays):
            await self._put([stay for stay in stays if stay.tenant not in wanting])
        for some in parts(recorded, AT_ONCE):
            await self._save(some)

    async def _put(self, stays: Sequence[Stay]) -> None:
        """Write stays of which nobody is told. Only if one may have changed its role or seat the stored ones are read.

        Two that write the same at once keep the same changes.
        """
        moving = {stay.id for stay in stays if may_have_moved(stay)}
        known = await self.db.stays.known(list(moving)) if moving else {}
        changes = moves(known, [stay for stay in stays if stay.id in moving])
        if not changes:
            await self.db.stays.put(stays)
            return

        async def work(tx: Tx) -> None:
            await tx.stays.put(stays)
            await tx.timeline.add(changes)

        await self.db.transact(work)

    async def _save(self, stays: Sequence[Stay]) -> None:
        ids = list({stay.id for stay in stays})

        async def work(tx: Tx) -> None:
            await tx.events.hold({of_room(stay.room) for stay in stays})
            known = await tx.stays.known(ids)
            await tx.stays.put(rows(known, stays))
            if changes := moves(known, stays):
                await tx.timeline.add(changes)
            found = steps(known, stays)
            over = {step.after.broadcast for part in found.values() for step in part}
            categories = await tx.rooms.categories(over) if over else {}
            by_stream: dict[tuple[TenantName, str], Sequence[NewEvent]] = {}
            for room, part in found.items():
                stream = part[0].after.tenant, of_room(room)
                by_stream[stream] = [event_of(step, categories.get(step.after.broadcast, "")) for step in part]
            await self.recorder.record_many(tx, by_stream)
            faults.point("journal.recorded")

        await self.db.transact(work)


REMEMBERED: Final = timedelta(days=31)
"""How long an ended session has to be known: no token lives longer than 30 days."""


def _nobody(_: Sequence[Message]) -> None:
    """Take messages that go nowhere else."""


@dataclass(frozen=True, slots=True)
class SqlRecoveryStore:
    """The recovery store of a live store, in SQL."""

    db: Database
    clock: Clock
    policies: Policies
    cards: Cards
    tenants: Tenancy
    journaling: Journaling
    saved: Callable[[Sequence[Message]], None] = _nobody
    """Receives messages once they are written; perhaps twice."""

    async def save(self, stays: Sequence[Stay]) -> None:
        """Write journaled stays; saving one twice changes nothing."""
        if stays:
            await self.journaling.save(stays)
            faults.point("journal.saved")

    async def save_messages(self, messages: Sequence[Message]) -> None:
        """Write journaled messages, in the order in which each room said them; saving one twice changes nothing."""
        await self.db.messages.put(messages)
        faults.point("talk.saved")
        self.saved(messages)

    async def last_message(self, room: RoomId) -> tuple[int, BroadcastId] | None:
        """Return the greatest number that a message of the room has, and in which broadcast."""
        return await self.db.messages.last(room)

    async def newest_messages(self, broadcast: BroadcastId, limit: int) -> Sequence[Message]:
        """Return the newest messages of a broadcast, the newest first."""
        return await self.db.messages.page(broadcast, None, limit)

    async def save_likes(self, likes: Mapping[BroadcastId, int]) -> None:
        """Write how many likes broadcasts have; saving that twice, or late, changes nothing."""
        await self.db.rooms.put_likes(likes)
        await self.db.timeline.add(likes_by(likes, self.clock.now()))

    async def user_bucket_snapshot(self, bucket: int) -> UserBucketSnapshot:
        """Return the presence entries and ended sessions of a user bucket."""
        stays = await self.db.stays.open_in_user_bucket(bucket)
        return UserBucketSnapshot(
            entries=[
                PresenceEntry(entry, stay.user, session, stay.room, stay.role.is_host)
                for stay in stays
                for session, entry in stay.entries
            ],
            keepalive=frozenset(session for stay in stays if stay.keepalive for session, _ in stay.entries),
            entered={entry: stay.entered for stay in stays for _, entry in stay.entries},
            ended=await self.db.outbox.ended_sessions(bucket, self.clock.now() - REMEMBERED),
        )

    async def room_snapshots(self, bucket: int) -> Sequence[RoomSnapshot]:
        """Return the live rooms of a room bucket with their members."""
        now = self.clock.now()
        rooms = await self.db.rooms.live_in_bucket(bucket)
        if any(self.tenants.get(room.tenant) is None for room in rooms):
            await self.tenants.refresh()
        stays: dict[BroadcastId, list[Stay]] = {room.broadcast: [] for room in rooms}
        over: list[Stay] = []
        for stay in await self.db.stays.open_in_room_bucket(bucket):
            stays.get(stay.broadcast, over).append(stay)
        await self.save([_closed(stay, now) for stay in over if stay.entered < now])
        past = await self.db.stays.past_users(list(stays)) if stays else {}
        likes = await self.db.rooms.likes(list(stays)) if stays else {}
        gifts = await self.db.sent_gifts.so_far({room.broadcast: room.id for room in rooms}, now - RECENT)
        room_access = {room.id: await self.db.room_access.of_room(room.id) for room in rooms if room.options.guarded}
        return [
            RoomSnapshot(
                room=room,
                policy=self.policies.of(room.category),
                card=self.cards.start(room, self.tenants.get(room.tenant) or self.tenants.default),
                stays=stays[room.broadcast],
                past=past.get(room.broadcast, ()),
                room_access=room_access.get(room.id, ()),
                likes=likes.get(room.broadcast, 0),
                gifts=gifts.get(room.broadcast),
            )
            for room in rooms
        ]


def _closed(stay: Stay, now: datetime) -> Stay:
    """Return the end of a stay whose broadcast is over: the live store was lost before it could say so."""
    version = max(stay.version + 1, moment(now))
    return stay._replace(version=version, left=now, reason=LeaveReason.CLOSED, entries=())


@dataclass(frozen=True, slots=True)
class LiveBacklog:
    """Passes on what the live store has taken in: publications, renewals, the journal, lists."""

    live: Live
    listings: Listings

    async def publish(self) -> int:
        """Publish what rooms have gathered and a process that died left; return how many rooms did."""
        return await self.live.channels.gathered()

    async def write(self) -> int:
        """Send renewals that wait for their batch, and write the journal; return how many stays were written."""
        return await self.live.flush()

    async def write_all(self) -> int:
        """Do that, and bring the lists up to date; return how many stays were written."""
        written = await self.write()
        await self.listings.catch_up()
        return written
