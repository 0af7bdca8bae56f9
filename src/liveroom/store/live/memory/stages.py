"""Who has which seat, and who waits for one: ``ports.Stages`` in memory."""

from collections.abc import Sequence
from typing import Final

import msgspec

from liveroom.domain.events import EventKind
from liveroom.domain.ids import RoomId, UserId
from liveroom.domain.members import Stay
from liveroom.domain.seat_payloads import seat_answer, seat_asked
from liveroom.domain.seats import Staged
from liveroom.ports import AlarmKind, Clock, StageView
from liveroom.store.live.memory.herald import Happening, Herald
from liveroom.store.live.memory.journal import Journal
from liveroom.store.live.memory.moments import moment, read
from liveroom.store.live.memory.room_records import RoomRecord
from liveroom.store.live.memory.rooms import Rooms
from liveroom.store.live.memory.seating import put_stage, seats_changed

_encode: Final = msgspec.json.Encoder().encode


class Stages:
    """The stages of all rooms."""

    def __init__(self, rooms: Rooms, herald: Herald, journal: Journal[Stay], clock: Clock) -> None:
        self._rooms = rooms
        self._herald = herald
        self._journal = journal
        self._clock = clock

    async def read(self, room: RoomId, users: Sequence[UserId]) -> StageView | None:
        record = await self._rooms.record(room)
        if record is None:
            return None
        asked = record.stage.users() | set(users)
        found = {user: record.members[user].value() for user in asked if user in record.members}
        return StageView(record.value(), record.rev, record.stage_version, record.stage, found)

    async def put(self, seen: StageView, staged: Staged, by: UserId | None) -> bool:
        room = await self._rooms.record(seen.room.id)
        if room is None or not _is_as_seen(room, seen):
            return False
        if any(one.user not in room.members for one in staged.stage.seated):
            return False
        now = read(self._clock)
        happened = _request_events(staged, by)
        moved, others = put_stage(room, staged.stage, now)
        if moved:
            room.raise_version(now)
            happened += [*others, seats_changed(room, by=by)]
        for member in moved:
            self._journal.add(room.stay(member))
        due = min((moment(request.expires) for request in staged.stage.requests), default=None)
        self._rooms.alarms_of.set(room.id, AlarmKind.REQUESTS, due)
        self._herald.tell(room, happened, now)
        return True


def _is_as_seen(room: RoomRecord, seen: StageView) -> bool:
    known = room.broadcast, room.rev, room.stage_version
    return known == (seen.room.broadcast, seen.rev, seen.version)


def _request_events(staged: Staged, by: UserId | None) -> list[Happening]:
    """Return what is told of requests: those that are over first."""
    over = [
        Happening(EventKind.SEAT_ANSWERED, data=_encode(seat_answer(answer)), by=answer.by)
        for answer in staged.answered
    ]
    asked = [
        Happening(EventKind.SEAT_REQUESTED, data=_encode(seat_asked(request)), by=by) for request in staged.requested
    ]
    return [*over, *asked]
