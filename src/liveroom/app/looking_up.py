"""Wires what operators look up and do on the pages of rooms and users."""

from dataclasses import dataclass

from liveroom.app.groups import ServiceGroup
from liveroom.app.rooms import RoomWiring
from liveroom.app.wiring import Wiring
from liveroom.ports import UserMessages
from liveroom.usecases.accounts.records import UserRecords
from liveroom.usecases.accounts.searching import UserSearch
from liveroom.usecases.events.announcing import UserNotifier
from liveroom.usecases.moderation.notifying import ModerationNotifier
from liveroom.usecases.moderation.warnings import UserNotes, UserWarnings
from liveroom.usecases.rooms.admin import AdminRooms, OperatorKicks
from liveroom.usecases.rooms.overseeing import RoomOversight


@dataclass(frozen=True, slots=True)
class LookingUp(ServiceGroup):
    """The use cases."""

    admin_rooms: AdminRooms
    operator_kicks: OperatorKicks
    user_search: UserSearch
    user_records: UserRecords
    user_warnings: UserWarnings
    user_notes: UserNotes
    room_oversight: RoomOversight


def make_looking_up(
    wiring: Wiring, rooms: RoomWiring, user_messages: UserMessages, tell: ModerationNotifier
) -> LookingUp:
    """Build them."""
    db, live, clock = wiring.db, wiring.live, wiring.clock
    user_search, notifier = UserSearch(db), UserNotifier(user_messages, clock)
    admin_rooms = AdminRooms(db, live, wiring.broadcasts, rooms.owned, wiring.relay)
    return LookingUp(
        admin_rooms=admin_rooms,
        operator_kicks=OperatorKicks(db, live, clock, rooms.departures, wiring.vendor_tasks, notifier),
        user_search=user_search,
        user_records=UserRecords(db, live, clock, wiring.relay),
        user_warnings=UserWarnings(db, clock, wiring.recorder, tell),
        user_notes=UserNotes(db, clock),
        room_oversight=RoomOversight(db, live, admin_rooms, user_search),
    )
