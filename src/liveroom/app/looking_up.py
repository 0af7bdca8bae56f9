"""Wires what operators look up and do on the pages of rooms and users."""

from dataclasses import dataclass

from liveroom.app.groups import ServiceGroup
from liveroom.app.moderating import Moderating
from liveroom.app.rooms import RoomWiring
from liveroom.app.wiring import Wiring
from liveroom.ports import UserMessages
from liveroom.usecases.accounts.records import UserRecords
from liveroom.usecases.accounts.searching import UserSearch
from liveroom.usecases.events.announcing import UserNotifier
from liveroom.usecases.messages.overseeing import HouseMessages
from liveroom.usecases.messages.sending import Messages
from liveroom.usecases.moderation.warnings import UserNotes, UserWarnings
from liveroom.usecases.rooms.admin import AdminRooms, OperatorKicks
from liveroom.usecases.rooms.overseeing import RoomOversight
from liveroom.usecases.rooms.timelines import Timelines
from liveroom.usecases.seats.operator_options import OperatorOptions


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
    house_messages: HouseMessages
    timelines: Timelines
    operator_options: OperatorOptions


def make_looking_up(
    wiring: Wiring,
    rooms: RoomWiring,
    user_messages: UserMessages,
    moderating: Moderating,
    messages: Messages,
    operator_options: OperatorOptions,
) -> LookingUp:
    """Build them."""
    db, live, clock = wiring.db, wiring.live, wiring.clock
    user_search, notifier = UserSearch(db), UserNotifier(user_messages, clock)
    return LookingUp(
        admin_rooms=rooms.admin,
        operator_kicks=OperatorKicks(db, live, clock, rooms.departures, wiring.vendor_tasks, notifier),
        user_search=user_search,
        user_records=UserRecords(db, live, clock, wiring.relay),
        user_warnings=UserWarnings(db, clock, wiring.recorder, moderating.tell),
        user_notes=UserNotes(db, clock),
        room_oversight=RoomOversight(db, live, rooms.admin, user_search),
        house_messages=HouseMessages(db, live, clock, messages, wiring.settings.house_name),
        timelines=Timelines(db),
        operator_options=operator_options,
    )
