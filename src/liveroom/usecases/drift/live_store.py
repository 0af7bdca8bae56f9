"""SQL against the live store: rooms, who is in them, how many, and who has which seat.

What the live store says is true of now, SQL of what has happened: a room that is live or closed there is so here, and
a stay that is over here is over there. That index and members agree is compared by ``presence.comparing``.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from liveroom.domain.drift.model import Drift, DriftCase, DriftSource
from liveroom.domain.errors import RoomNotFound
from liveroom.domain.ids import ROOM_BUCKETS, RoomId, UserId, room_bucket
from liveroom.domain.moments import moment
from liveroom.domain.presence.members import LeaveReason, Member, Stay
from liveroom.domain.rooms.model import CloseReason, LiveRoom, Room, RoomStatus
from liveroom.ports import Clock, Database, Live, LookResult, Rest
from liveroom.usecases.events.relay import OutboxRelay
from liveroom.usecases.presence.recovery import Journaling

_PAUSE: Final = 0.1
"""Seconds after each bucket in which something is: all of them take half a minute."""
_MEMBERS: Final = 500


@dataclass(frozen=True, slots=True)
class LiveStoreDrift:
    """``ports.Reconciled``."""

    db: Database
    live: Live
    clock: Clock
    relay: OutboxRelay
    journaling: Journaling
    source: DriftSource = DriftSource.LIVE

    def is_there(self) -> bool:
        return True

    async def compare(self, rest: Rest) -> LookResult:
        items, found = 0, list[Drift]()
        for bucket in range(ROOM_BUCKETS):
            compared, some = await self._bucket(bucket)
            items += compared
            found += some
            await rest(_PAUSE if compared else 0)
        return LookResult(items, found)

    async def _bucket(self, bucket: int) -> tuple[int, Sequence[Drift]]:
        """Compare a bucket: SQL is read first, so that what has just begun is found in both."""
        rooms = {room.id: room for room in await self.db.rooms.live_in_bucket(bucket)}
        stays = await self.db.stays.open_in_room_bucket(bucket)
        there = set(await self.live.comparing.rooms(bucket))
        found = [_about(DriftCase.ROOM_MISSING, room) for room in rooms.values() if room.id not in there]
        if there - set(rooms):
            found += [
                _about(DriftCase.ROOM_LEFT, room)
                for room in await self.db.rooms.some(sorted(there - set(rooms)))
                if room.state is RoomStatus.CLOSED
            ]
        items = len(rooms) + len(stays)
        by_room: dict[RoomId, list[Stay]] = {}
        for stay in stays:
            room = rooms.get(stay.room)
            if room is None and stay.room in there:
                continue  # it ends with its room
            if room is None or room.broadcast != stay.broadcast:
                found.append(_left(stay))
            else:
                by_room.setdefault(stay.room, []).append(stay)
        for id in sorted(there & set(rooms)):
            found += await self._room(rooms[id], by_room.get(id, ()))
        return items, found

    async def _room(self, room: Room, stays: Sequence[Stay]) -> Sequence[Drift]:
        """Compare the people of a room; one that has changed meanwhile is compared the next time."""
        before = await self.live.room(room.id)
        if before is None or before.broadcast != room.broadcast or (not stays and not before.members):
            return ()
        try:
            members = await self._members(room)
        except RoomNotFound:
            return ()
        after = await self.live.room(room.id)
        return list(_people(room, stays, members, before if before == after else None))

    async def _members(self, room: Room) -> Mapping[UserId, Member]:
        found, after = dict[UserId, Member](), 0
        while True:
            some = await self.live.members(room.tenant, room.id, after=after, offset=0, limit=_MEMBERS)
            found |= {member.user: member for member in some}
            if len(some) < _MEMBERS:
                return found
            after = some[-1].order

    async def repair(self, drift: Drift) -> None:
        if drift.case is DriftCase.STAY_LEFT:
            await self._end_stay(drift)
            return
        room = await self.db.rooms.get(drift.room)
        if room is None:
            return
        if drift.case is DriftCase.ROOM_MISSING and room.state is RoomStatus.LIVE:
            await self.relay.restore(room)
        if drift.case is DriftCase.ROOM_LEFT and room.state is RoomStatus.CLOSED:
            broadcast = await self.db.broadcasts.get(room.broadcast)
            reason = "" if broadcast is None else broadcast.reason
            known = CloseReason(reason) if reason in CloseReason.__members__.values() else CloseReason.OWNER_GONE
            await self.relay.take_away(room, known)

    async def _end_stay(self, drift: Drift) -> None:
        """End a stay, unless it has ended by now or its user is in the room."""
        now = self.clock.now()
        for stay in await self.db.stays.open_in_room_bucket(room_bucket(drift.room)):
            if stay.id == drift.subject and not await self._is_in(stay):
                version = max(stay.version + 1, moment(now))
                over = stay._replace(version=version, left=now, reason=LeaveReason.LOST, entries=())
                await self.journaling.save([over])

    async def _is_in(self, stay: Stay) -> bool:
        room = await self.live.room(stay.room)
        if room is None or room.broadcast != stay.broadcast:
            return False
        return await self.live.member(stay.room, stay.user) is not None


def _people(
    room: Room, stays: Sequence[Stay], members: Mapping[UserId, Member], unchanged: LiveRoom | None
) -> Iterator[Drift]:
    stayed = {stay.user: stay for stay in stays}
    for stay in stays:
        member = members.get(stay.user)
        if member is None:
            yield _left(stay)
        elif member.seat != stay.seat:
            yield _about(DriftCase.SEAT_WRONG, room, stay.user)._replace(detail=f"{member.seat} / {stay.seat}")
    for user in members:
        if user not in stayed:
            yield _about(DriftCase.STAY_MISSING, room, user)
    if unchanged is not None and unchanged.members != len(members):
        yield _about(DriftCase.COUNT_WRONG, room)._replace(detail=f"{unchanged.members} / {len(members)}")


def _about(case: DriftCase, room: Room, user: UserId = UserId("")) -> Drift:
    return Drift(DriftSource.LIVE, case, f"{room.broadcast} {user}".rstrip(), room.tenant, room.id, user)


def _left(stay: Stay) -> Drift:
    return Drift(DriftSource.LIVE, DriftCase.STAY_LEFT, stay.id, stay.tenant, stay.room, stay.user)
