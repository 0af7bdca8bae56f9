"""What is due in rooms: broadcasts that are to end, requests for seats that are over."""

from liveroom.domain.ids import RoomId
from liveroom.domain.moments import moment
from liveroom.ports import Alarm, AlarmKind
from liveroom.store.live.memory.moments import AGAIN
from liveroom.store.live.memory.room_records import RoomRecord


class Alarms:
    """When what is due."""

    def __init__(self) -> None:
        self._due: dict[tuple[RoomId, AlarmKind], int] = {}

    def set_end(self, room: RoomRecord) -> None:
        """Have the room's broadcast end when its options say so."""
        ends = room.options.ends
        self.set(room.id, AlarmKind.END, None if ends is None else moment(ends))

    def set(self, room: RoomId, kind: AlarmKind, due: int | None) -> None:
        """Set or drop an alarm."""
        if due is None:
            self._due.pop((room, kind), None)
        else:
            self._due[room, kind] = due

    def silence(self, room: RoomId) -> None:
        """Drop every alarm of a room."""
        for kind in AlarmKind:
            self._due.pop((room, kind), None)

    def due(self, now: int, limit: int) -> list[Alarm]:
        """Return what is due; it comes again until it is dropped or set anew."""
        found = [alarm for alarm, at in self._due.items() if at <= now][:limit]
        for alarm in found:
            self._due[alarm] = now + AGAIN
        return [Alarm(*alarm) for alarm in found]
