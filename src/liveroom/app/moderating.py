"""What a room's people may do to each other: roles, moderation, reports."""

from dataclasses import dataclass

from liveroom.app.rooms import RoomWiring
from liveroom.app.wiring import Wiring
from liveroom.ports import UserMessages
from liveroom.usecases.events.announcing import Calling
from liveroom.usecases.moderation.audit import Audit
from liveroom.usecases.moderation.members import RoomModeration
from liveroom.usecases.moderation.oversight import Oversight
from liveroom.usecases.moderation.reports import FindMessage, ReportFiling, Reports
from liveroom.usecases.moderation.room_access import AccessChanges
from liveroom.usecases.moderation.users import Moderation
from liveroom.usecases.rooms.ranks import Ranks
from liveroom.usecases.rooms.roles import HostEntries, OwnerTransfers, RoleHooks, Roles


@dataclass(frozen=True, slots=True)
class Moderating:
    """The use cases."""

    access_changes: AccessChanges
    roles: Roles
    transfers: OwnerTransfers
    rooms: RoomModeration
    oversight: Oversight
    reports: Reports
    report_filing: ReportFiling


def make_moderating(
    wiring: Wiring,
    rooms: RoomWiring,
    everywhere: Moderation,
    trail: Audit,
    user_messages: UserMessages,
    *,
    find: FindMessage,
) -> Moderating:
    """Build them; ``find`` finds what was said, for reports."""
    db, live, clock, relay = wiring.db, wiring.live, wiring.clock, wiring.relay
    ranks = Ranks(db, live)
    changes = AccessChanges(db, live, clock, trail, wiring.recorder, wiring.vendor_tasks, relay)
    oversight = Oversight(db, clock, ranks, trail)
    calling = Calling(user_messages, clock)
    role_hooks, host_entries = RoleHooks(db, wiring.hook_calls), HostEntries(live, clock)
    return Moderating(
        access_changes=changes,
        roles=Roles(db, ranks, changes, role_hooks, host_entries),
        transfers=OwnerTransfers(db, ranks, changes, wiring.broadcasts, relay, role_hooks, host_entries),
        rooms=RoomModeration(live, ranks, changes, rooms.departures, calling, everywhere),
        oversight=oversight,
        reports=Reports(db, clock, trail, oversight),
        report_filing=ReportFiling(db, live, clock, wiring.recorder, rooms.privacy, find),
    )
