"""What one bucket of rooms holds: live rooms, when those without a host are due, and what stays of closed ones."""

from dataclasses import dataclass, field

from liveroom.domain.ids import RoomId
from liveroom.domain.rooms.model import Room
from liveroom.store.live.memory.room_records import RoomRecord


@dataclass(slots=True)
class Tomb:
    """What stays of a closed room for a while."""

    rev: int
    version: int
    until: int


@dataclass(slots=True)
class RoomBucket:
    """One bucket. ``due``: rooms without a host, and when that has to end."""

    rooms: dict[RoomId, RoomRecord] = field(default_factory=dict)
    due: dict[RoomId, int] = field(default_factory=dict)
    tombs: dict[RoomId, Tomb] = field(default_factory=dict)
    last_expiry: int = 0

    def is_behind(self, row: Room) -> bool:
        """Say whether the row is newer than what the bucket knows of the room, closed or not."""
        known = self.rooms.get(row.id) or self.tombs.get(row.id)
        return known is None or row.rev > known.rev
