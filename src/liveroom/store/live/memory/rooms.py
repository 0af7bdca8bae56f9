"""Room buckets: live rooms, admission, leaving, closing, and rooms without a host.

A change raises the room's version, notes the room for the list, journals the stays that it touched, and tells the
room publisher what others see of it.
"""

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from itertools import islice
from math import inf
from typing import Final

from liveroom.domain.accounts.users import Profile
from liveroom.domain.errors import LiveUnavailable
from liveroom.domain.events.model import Announcement, EventKind
from liveroom.domain.ids import ROOM_BUCKETS, EntryId, RoomId, SessionId, TenantName, UserId, room_bucket
from liveroom.domain.moderation.room_access import RoomAccess
from liveroom.domain.moments import at, milliseconds
from liveroom.domain.parts import parts
from liveroom.domain.presence.members import LeaveReason, Member, PresenceEntry, Role, Stay
from liveroom.domain.presence.signs import PresenceTimeouts
from liveroom.domain.privacy.visibility import check_visible
from liveroom.domain.rooms.heat import HeatRule
from liveroom.domain.rooms.hosting import CLOSED_REMEMBERED, HostAbsence
from liveroom.domain.rooms.model import CloseReason, HostPolicy, LiveRoom, Room, present_room
from liveroom.ports import Admission, Alarm, Clock, Entered, Left, Looked, Orphan
from liveroom.ports.live import RecoveryStore, StaleRoom
from liveroom.store.live.memory.alarms import Alarms
from liveroom.store.live.memory.appointing import is_newer, pass_on, take_room_access
from liveroom.store.live.memory.entering import check_may_enter, enter_again, granted
from liveroom.store.live.memory.journal import BATCH, MemoryJournal
from liveroom.store.live.memory.moments import AGAIN, read
from liveroom.store.live.memory.restoring import MemoryRestoring
from liveroom.store.live.memory.room_buckets import RoomBucket, Tomb
from liveroom.store.live.memory.room_publisher import RoomChange, RoomPublisher, differences
from liveroom.store.live.memory.room_records import MemberRecord, RoomRecord
from liveroom.store.live.memory.room_seeds import restored
from liveroom.store.live.memory.seating import fit, free

SECOND: Final = 1000
_TOMBSTONE_LASTS: Final = milliseconds(CLOSED_REMEMBERED)


class MemoryRooms:
    """All room buckets. ``dirty``: rooms whose list entry is behind, with the version it has to reach."""

    def __init__(
        self,
        recovery: RecoveryStore,
        clock: Clock,
        timeouts: PresenceTimeouts,
        heat: HeatRule,
        journal: MemoryJournal[Stay],
        publisher: RoomPublisher,
    ) -> None:
        self._recovery = recovery
        self._clock = clock
        self.heat = heat
        self._grace = milliseconds(timeouts.grace)
        self._lease = milliseconds(timeouts.keepalive)
        self._journal = journal
        self._publisher = publisher
        self._buckets = [RoomBucket() for _ in range(ROOM_BUCKETS)]
        self.restoring = MemoryRestoring(ROOM_BUCKETS, self._load)
        self._lost = self.restoring.lost
        self._dirty: dict[RoomId, tuple[int, TenantName]] = {}
        self.alarms_of = Alarms()
        self._turn = 0

    async def _ready(self, room: RoomId) -> RoomBucket:
        number = room_bucket(room)
        if self._lost[number]:
            await self.restoring.restore(number)
        return self._buckets[number]

    async def record(self, room: RoomId) -> RoomRecord | None:
        """Return what is known of a live room, to be read before the next await."""
        return (await self._ready(room)).rooms.get(room)

    def known(self, room: RoomId) -> RoomRecord | None:
        """Return a live room unless its bucket has not been filled yet."""
        return self._buckets[room_bucket(room)].rooms.get(room)

    async def of_bucket(self, number: int) -> Sequence[RoomId]:
        """Return the live rooms of a bucket."""
        await self.restoring.restore(number)
        return list(self._buckets[number].rooms)

    # --- members ---------------------------------------------------------------------------------------------------

    async def admit(self, admission: Admission) -> Entered:
        bucket = await self._ready(admission.room)
        room = present_room(bucket.rooms.get(admission.room), admission.tenant)
        member = room.members.get(admission.user)
        now = read(self._clock)
        hidden = room.hidden
        check_may_enter(room, admission, at(now), member=member is not None)
        if member is None:
            member = self._join(room, admission, now)
            happened = [RoomChange(EventKind.MEMBER_ENTERED, member)]
        else:
            before = replace(member)
            room.subscribers.outlive(admission.user, now)
            if not enter_again(room, member, admission):
                return Entered(member.shown, room.value(), reappeared=False)
            happened = differences(before, member)
        happened += self._set_visible(bucket, room, now)
        self.changed(room, now)
        self._journal.add(room.stay(member))
        self._publisher.publish(room, happened, now)
        return Entered(member.shown, room.value(), reappeared=hidden and not room.hidden)

    def _join(self, room: RoomRecord, admission: Admission, now: int) -> MemberRecord:
        role, profile = granted(room, admission), admission.profile
        entries = ((admission.session, admission.entry),)
        member = MemberRecord(
            admission.user, admission.stay, role, admission.label, profile.name, profile.avatar,
            at(now), room.last + 1, entries, admission.keepalive, room.appointed(admission.user) is Role.MODERATOR,
        )  # fmt: skip
        if member.user not in room.gone:
            room.warm(self.heat, self.heat.enter, now)
        room.add(member)
        return member

    async def leave(
        self,
        id: RoomId,
        user: UserId,
        session: SessionId | None,
        entry: EntryId | None,
        reason: LeaveReason,
        *,
        if_deserted: bool,
    ) -> Left | None:
        bucket = await self._ready(id)
        room = bucket.rooms.get(id)
        member = None if room is None else room.members.get(user)
        if room is None or member is None or (if_deserted and user not in room.subscribers.going):
            return None
        ending = [pair for pair in member.entries if session in (None, pair[0]) and entry in (None, pair[1])]
        if not ending and (session is not None or entry is not None):
            return None
        named = [member.named(id, *pair) for pair in ending] or [member.named(id, SessionId(""), EntryId(member.stay))]
        member.entries = tuple(pair for pair in member.entries if pair not in ending)
        hidden, seat = room.hidden, member.seat
        self._part(bucket, room, member, reason, read(self._clock))
        return Left(named[0], room.value(), hidden=room.hidden and not hidden, seated=seat > member.seat)

    def _part(self, bucket: RoomBucket, room: RoomRecord, member: MemberRecord, reason: LeaveReason, now: int) -> None:
        """Journal a member's lost presence entry; without any presence entry left the stay is over."""
        if member.entries:
            room.raise_version(now)
            self._journal.add(room.stay(member))
            return
        room.remove(member)
        freed = free(room, member, reason, now)
        happened = [RoomChange(EventKind.MEMBER_LEFT, member, reason), *freed, *self._set_visible(bucket, room, now)]
        self.changed(room, now)
        self._journal.add(room.stay(member, at(now), reason))
        self._publisher.publish(room, happened, now)
        self._publisher.parted(room, room.subscribers.forget(member.user))

    async def rename(self, id: RoomId, user: UserId, profile: Profile) -> None:
        """Give a member another name and picture."""
        room = await self.record(id)
        member = None if room is None else room.members.get(user)
        if room is None or member is None or (member.name, member.avatar) == (profile.name, profile.avatar):
            return
        member.name, member.avatar = profile.name, profile.avatar
        now = read(self._clock)
        self.changed(room, now)
        self._journal.add(room.stay(member))
        self._publisher.publish(room, [RoomChange(EventKind.PROFILE_CHANGED, member)], now)

    async def member(self, room: RoomId, user: UserId) -> Member | None:
        record = await self.record(room)
        member = None if record is None else record.members.get(user)
        return None if member is None else member.value()

    async def members(
        self, tenant: TenantName, room: RoomId, after: int, offset: int, limit: int, viewer: UserId | None
    ) -> Sequence[Member]:
        record = present_room(await self.record(room), tenant)
        if viewer is not None and (onlooker := record.onlooker(viewer, self._clock.now())) is not None:
            check_visible(record.options, onlooker)
        return record.page(after, offset, limit)

    def changed(self, room: RoomRecord, now: int) -> None:
        self._dirty[room.id] = (room.raise_version(now), room.tenant)

    def _set_visible(self, bucket: RoomBucket, room: RoomRecord, now: int) -> list[RoomChange]:
        """Show a room whose host is there; hide one that has lost its host, for the length of the grace."""
        before = HostAbsence(room.hidden, bucket.due.get(room.id))
        room.hidden, over = before.next(now, self._grace, hosted=room.is_hosted())
        if over is None:
            bucket.due.pop(room.id, None)
        else:
            bucket.due[room.id] = over
        if room.hidden == before.hidden:
            return []
        return [RoomChange(EventKind.ROOM_HIDDEN if room.hidden else EventKind.ROOM_RESTORED)]

    # --- rooms -----------------------------------------------------------------------------------------------------

    async def put(
        self, row: Room, policy: HostPolicy, card: bytes, room_access: Sequence[RoomAccess]
    ) -> LiveRoom | None:
        bucket = await self._ready(row.id)
        room = bucket.rooms.get(row.id)
        if not bucket.is_behind(row):
            return None if room is None else room.value()
        now, moved = read(self._clock), list[MemberRecord]()
        if room is None or room.broadcast != row.broadcast:
            room = self._open(bucket, room, RoomRecord.opened_as(row, policy, card, self._next_version(bucket, row.id)))
            room.room_access = {access.user: access for access in room_access}
            bucket.due[row.id] = now + self._grace
            happened = [RoomChange(EventKind.ROOM_OPENED)]
        else:
            former, options = room.owner, room.options
            happened = [RoomChange(kind) for kind in room.change(row, policy, card)]
            passed = list(pass_on(room, former)) if room.owner != former else []
            put_off, seen = fit(room, options, now)
            happened += [*(one for one, _ in passed), *seen, *self._set_visible(bucket, room, now)]
            moved = [*(member for _, member in passed), *put_off]
        self.alarms_of.set_end(room)
        self.changed(room, now)
        for member in moved:
            self._journal.add(room.stay(member))
        self._publisher.publish(room, happened, now)
        return room.value()

    async def put_room_access(self, access: RoomAccess, announcement: Announcement) -> bool:
        """Bring an access record up to its row; say whether the room is live."""
        bucket = await self._ready(access.room)
        room = bucket.rooms.get(access.room)
        if room is None or room.tenant != access.tenant:
            return False
        if not is_newer(room, access):
            return True
        now = read(self._clock)
        happened, moved = take_room_access(room, access)
        if moved is not None:
            happened += self._set_visible(bucket, room, now)
            self.changed(room, now)
            self._journal.add(room.stay(moved))
        self._publisher.announce(room, announcement, now, happened)
        return True

    def _open(self, bucket: RoomBucket, former: RoomRecord | None, room: RoomRecord) -> RoomRecord:
        """Put a broadcast in place of the former one, whose close went unheard."""
        if former is not None:
            self._publisher.close(former, CloseReason.DESTROYED, read(self._clock))
            self._end_stays(former, former.in_order)
        self.alarms_of.silence(room.id)
        bucket.rooms[room.id] = room
        bucket.tombs.pop(room.id, None)
        return room

    def _next_version(self, bucket: RoomBucket, id: RoomId) -> int:
        former = bucket.rooms.get(id) or bucket.tombs.get(id)
        return max(0 if former is None else former.version + 1, read(self._clock))

    async def close(self, row: Room, reason: CloseReason) -> Sequence[PresenceEntry]:
        """Take the room away at once; its stays are journaled a part at a time, so that others get their turn."""
        bucket = await self._ready(row.id)
        if not bucket.is_behind(row):
            return []
        version = self._next_version(bucket, row.id)
        room = bucket.rooms.pop(row.id, None)
        self.alarms_of.silence(row.id)
        bucket.due.pop(row.id, None)
        bucket.tombs[row.id] = Tomb(row.rev, version, read(self._clock) + _TOMBSTONE_LASTS)
        self._dirty[row.id] = (version, row.tenant)
        entries: list[PresenceEntry] = []
        if room is not None:
            self._publisher.close(room, reason, read(self._clock))
            for some in parts(room.in_order, BATCH):
                entries += self._end_stays(room, some)
                await asyncio.sleep(0)
        return entries

    def _end_stays(self, room: RoomRecord, members: Sequence[MemberRecord]) -> Sequence[PresenceEntry]:
        now = read(self._clock)
        room.raise_version(now)
        entries: list[PresenceEntry] = []
        for member in members:
            entries += [member.named(room.id, *pair) for pair in member.entries]
            self._journal.add(room.stay(member, at(now), LeaveReason.CLOSED))
        return entries

    async def get(self, room: RoomId) -> LiveRoom | None:
        record = await self.record(room)
        return None if record is None else record.value()

    async def look(self, room: RoomId, user: UserId) -> Looked | None:
        """Return a live room, and what a user is to it."""
        record = await self.record(room)
        return None if record is None else Looked(record.value(), record.onlooker(user, self._clock.now()))

    # --- background ------------------------------------------------------------------------------------------------

    def alarms(self, limit: int) -> Sequence[Alarm]:
        """Return what is due in rooms."""
        return self.alarms_of.due(read(self._clock), limit)

    def stale(self, limit: int, since: timedelta) -> Sequence[StaleRoom]:
        latest = read(self._clock) - milliseconds(since) if since else inf
        old = ((id, version, tenant) for id, (version, tenant) in self._dirty.items() if version <= latest)
        found: list[StaleRoom] = []
        for id, version, tenant in islice(old, limit):
            room = self._buckets[room_bucket(id)].rooms.get(id)
            live = None if room is None else room.value()
            found.append(StaleRoom(id, tenant, live.version if live else version, live))
        return found

    def listed(self, room: RoomId, version: int) -> None:
        """Strike a room that the list has at this version; one that changed since goes to the end of the queue."""
        newest = self._dirty.pop(room, None)
        if newest is not None and newest[0] > version:
            self._dirty[room] = newest

    async def orphans(self, limit: int, gap: int) -> Sequence[Orphan]:
        found: list[Orphan] = []
        for step in range(ROOM_BUCKETS):
            number = (self._turn + step) % ROOM_BUCKETS
            if len(found) >= limit:
                self._turn = number
                break
            try:
                await self.restoring.restore(number)
            except LiveUnavailable:
                continue
            found += self._expire(self._buckets[number], limit - len(found), gap)
        return found

    def _expire(self, bucket: RoomBucket, limit: int, gap: int) -> Sequence[Orphan]:
        now = read(self._clock)
        if now - bucket.last_expiry < SECOND:
            return ()
        held, bucket.last_expiry = now - bucket.last_expiry > gap, now
        for id in [id for id, tomb in bucket.tombs.items() if tomb.until <= now]:
            del bucket.tombs[id]
        found: list[Orphan] = []
        for id in [id for id, due in bucket.due.items() if due <= now][:limit]:
            room = bucket.rooms[id]
            bucket.due[id] = now + (self._lease if held else AGAIN)
            if not held:
                found.append(Orphan(id, room.broadcast, room.heir()))
        return found

    async def walk(self, bucket: int) -> Iterator[PresenceEntry]:
        """Return the presence entries of all members of a bucket, as they are now."""
        await self.restoring.restore(bucket)
        rooms = list(self._buckets[bucket].rooms.values())
        return (
            member.named(room.id, *pair) for room in rooms for member in tuple(room.in_order) for pair in member.entries
        )

    # --- rebuild ---------------------------------------------------------------------------------------------------

    async def _load(self, number: int) -> None:
        snapshots = await self._recovery.room_snapshots(number)
        now = read(self._clock)
        bucket = self._buckets[number]
        bucket.last_expiry = now
        for snapshot in snapshots:
            room, lost = restored(snapshot, now)
            bucket.rooms[room.id] = room
            for stay in lost:
                self._journal.add(stay)
            self._set_visible(bucket, room, now)
            self.alarms_of.set_end(room)
            self.changed(room, now)
        self._publisher.doubtful(snapshot.room.id for snapshot in snapshots)
