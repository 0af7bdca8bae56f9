"""Who has which seat, and who waits for one: ``ports.SeatMaps`` in memory."""

from collections.abc import Sequence
from typing import Final

import msgspec

from liveroom.domain.events.model import EventKind
from liveroom.domain.ids import RoomId, UserId
from liveroom.domain.moments import moment
from liveroom.domain.presence.members import Stay
from liveroom.domain.seats.model import SeatDecision
from liveroom.domain.seats.payloads import seat_answer, seat_asked
from liveroom.ports import AlarmKind, Clock, SeatMapView
from liveroom.store.live.memory.journal import MemoryJournal
from liveroom.store.live.memory.moments import read
from liveroom.store.live.memory.room_publisher import RoomChange, RoomPublisher
from liveroom.store.live.memory.room_records import RoomRecord
from liveroom.store.live.memory.rooms import MemoryRooms
from liveroom.store.live.memory.seating import put_seat_map, seats_changed

_encode: Final = msgspec.json.Encoder().encode


class MemorySeatMaps:
    """The seat maps of all rooms."""

    def __init__(
        self, rooms: MemoryRooms, publisher: RoomPublisher, journal: MemoryJournal[Stay], clock: Clock
    ) -> None:
        self._rooms = rooms
        self._publisher = publisher
        self._journal = journal
        self._clock = clock

    async def read(self, room: RoomId, users: Sequence[UserId]) -> SeatMapView | None:
        record = await self._rooms.record(room)
        if record is None:
            return None
        asked = record.seat_map.users() | set(users)
        found = {user: record.members[user].value() for user in asked if user in record.members}
        return SeatMapView(record.value(), record.rev, record.seat_map_version, record.seat_map, found)

    async def put(self, seen: SeatMapView, decision: SeatDecision, by: UserId | None) -> bool:
        room = await self._rooms.record(seen.room.id)
        if room is None or not _is_as_seen(room, seen):
            return False
        if any(one.user not in room.members for one in decision.seat_map.seated):
            return False
        now = read(self._clock)
        happened = _request_events(decision, by)
        moved, others = put_seat_map(room, decision.seat_map, now)
        if moved:
            room.raise_version(now)
            happened += [*others, seats_changed(room, by=by)]
        for member in moved:
            self._journal.add(room.stay(member))
        due = min((moment(request.expires) for request in decision.seat_map.requests), default=None)
        self._rooms.alarms_of.set(room.id, AlarmKind.REQUESTS, due)
        self._publisher.publish(room, happened, now)
        return True


def _is_as_seen(room: RoomRecord, seen: SeatMapView) -> bool:
    known = room.broadcast, room.rev, room.seat_map_version
    return known == (seen.room.broadcast, seen.rev, seen.version)


def _request_events(decision: SeatDecision, by: UserId | None) -> list[RoomChange]:
    """Return what is told of requests: those that are over first."""
    over = [
        RoomChange(EventKind.SEAT_ANSWERED, data=_encode(seat_answer(answer)), by=answer.by)
        for answer in decision.answered
    ]
    asked = [
        RoomChange(EventKind.SEAT_REQUESTED, data=_encode(seat_asked(request)), by=by) for request in decision.requested
    ]
    return [*over, *asked]
