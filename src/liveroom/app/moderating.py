"""What a room's people may do to each other: roles, moderation, reports."""

from dataclasses import dataclass

from liveroom.app.wiring import Wiring
from liveroom.ports import UserMessages
from liveroom.usecases.events.announcing import UserNotifier
from liveroom.usecases.moderation.audit import Audit
from liveroom.usecases.moderation.members import RoomModeration
from liveroom.usecases.moderation.oversight import Oversight
from liveroom.usecases.moderation.reports import FindMessage, Reports
from liveroom.usecases.moderation.room_access import AccessChanges
from liveroom.usecases.moderation.users import Moderation
from liveroom.usecases.rooms.ranks import Ranks
from liveroom.usecases.rooms.roles import Roles


@dataclass(frozen=True, slots=True)
class Moderating:
    """The use cases."""

    access_changes: AccessChanges
    roles: Roles
    rooms: RoomModeration
    oversight: Oversight
    reports: Reports


def make_moderating(
    wiring: Wiring, everywhere: Moderation, trail: Audit, user_messages: UserMessages, *, find: FindMessage
) -> Moderating:
    """Build them; ``find`` finds what was said, for reports."""
    db, live, clock, relay = wiring.db, wiring.live, wiring.clock, wiring.relay
    ranks = Ranks(db, live)
    changes = AccessChanges(db, live, clock, trail, wiring.recorder, wiring.vendor_tasks, relay)
    oversight = Oversight(db, clock, ranks, trail)
    notifier = UserNotifier(user_messages, clock)
    return Moderating(
        access_changes=changes,
        roles=Roles(db, live, clock, ranks, changes, wiring.broadcasts, relay, wiring.hook_calls),
        rooms=RoomModeration(live, ranks, changes, wiring.rooms, notifier, everywhere),
        oversight=oversight,
        reports=Reports(db, live, clock, wiring.recorder, trail, oversight, find, wiring.rooms.privacy),
    )
