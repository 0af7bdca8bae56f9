"""What a room's people may do to each other: roles, moderation, reports."""

from dataclasses import dataclass

from liveroom.app.ground import Ground
from liveroom.ports import Whispers
from liveroom.usecases.access_changes import AccessChanges
from liveroom.usecases.audit import Audit
from liveroom.usecases.calling import Calling
from liveroom.usecases.moderation import Moderation
from liveroom.usecases.oversight import Oversight
from liveroom.usecases.ranks import Ranks
from liveroom.usecases.reports import FindMessage, Reports
from liveroom.usecases.roles import Roles
from liveroom.usecases.room_moderation import RoomModeration


@dataclass(frozen=True, slots=True)
class Moderating:
    """The use cases."""

    access_changes: AccessChanges
    roles: Roles
    rooms: RoomModeration
    oversight: Oversight
    reports: Reports


def make_moderating(
    ground: Ground, everywhere: Moderation, trail: Audit, whispers: Whispers, *, find: FindMessage
) -> Moderating:
    """Build them; ``find`` finds what was said, for reports."""
    db, live, clock, relay = ground.db, ground.live, ground.clock, ground.relay
    ranks = Ranks(db, live)
    changes = AccessChanges(db, live, clock, trail, ground.chronicle, ground.desk, relay)
    oversight = Oversight(db, clock, ranks, trail)
    calling = Calling(whispers, clock)
    return Moderating(
        access_changes=changes,
        roles=Roles(db, live, clock, ranks, changes, ground.broadcasts, relay, ground.hook_calls),
        rooms=RoomModeration(live, ranks, changes, ground.rooms, calling, everywhere),
        oversight=oversight,
        reports=Reports(db, live, clock, ground.chronicle, trail, oversight, find, ground.rooms.privacy),
    )
