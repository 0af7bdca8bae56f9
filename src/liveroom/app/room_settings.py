"""Wires the use cases of a room's settings: options, schedules, metadata."""

from dataclasses import dataclass

from liveroom.app.rooms import RoomWiring
from liveroom.app.wiring import Wiring
from liveroom.ports import UserMessages
from liveroom.usecases.events.announcing import UserNotifier
from liveroom.usecases.moderation.room_access import AccessChanges
from liveroom.usecases.rooms.metadata import RoomMetadata
from liveroom.usecases.rooms.options import Invitations, RoomOptionChanges
from liveroom.usecases.rooms.ranks import Ranks
from liveroom.usecases.rooms.schedules import Schedules


@dataclass(frozen=True, slots=True)
class RoomSettingsWiring:
    """The use cases."""

    options: RoomOptionChanges
    invitations: Invitations
    schedules: Schedules
    metadata: RoomMetadata


def make_room_settings(
    wiring: Wiring, rooms: RoomWiring, access_changes: AccessChanges, user_messages: UserMessages
) -> RoomSettingsWiring:
    """Build them."""
    db, live, clock, relay, broadcasts = wiring.db, wiring.live, wiring.clock, wiring.relay, wiring.broadcasts
    ranks, passwords = Ranks(db, live), rooms.passwords
    notifier = UserNotifier(user_messages, clock)
    return RoomSettingsWiring(
        options=RoomOptionChanges(db, clock, broadcasts, relay, ranks, passwords, access_changes),
        invitations=Invitations(live, clock, access_changes, notifier),
        schedules=Schedules(db, clock, broadcasts, passwords, relay, wiring.screening),
        metadata=RoomMetadata(db, live, clock, ranks, relay),
    )
