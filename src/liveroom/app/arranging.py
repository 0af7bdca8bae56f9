"""What people arrange about rooms: options, schedules, metadata."""

from dataclasses import dataclass

from liveroom.app.ground import Ground
from liveroom.ports import Whispers
from liveroom.usecases.access_changes import AccessChanges
from liveroom.usecases.calling import Calling
from liveroom.usecases.ranks import Ranks
from liveroom.usecases.room_metadata import RoomMetadata
from liveroom.usecases.room_options import RoomOptionChanges
from liveroom.usecases.room_schedules import Schedules


@dataclass(frozen=True, slots=True)
class Arranging:
    """The use cases of it."""

    options: RoomOptionChanges
    schedules: Schedules
    metadata: RoomMetadata


def make_arranging(ground: Ground, access_changes: AccessChanges, whispers: Whispers) -> Arranging:
    """Build them."""
    db, live, clock, relay, broadcasts = ground.db, ground.live, ground.clock, ground.relay, ground.broadcasts
    ranks, passwords = Ranks(db, live), ground.rooms.passwords
    calling = Calling(whispers, clock)
    return Arranging(
        options=RoomOptionChanges(db, live, clock, broadcasts, relay, ranks, passwords, access_changes, calling),
        schedules=Schedules(db, clock, broadcasts, passwords, relay, ground.screening),
        metadata=RoomMetadata(db, live, clock, ranks, relay),
    )
