"""Wires follows and blocks between users."""

from collections.abc import Mapping
from dataclasses import dataclass

from liveroom.app.groups import ServiceGroup
from liveroom.app.wiring import Wiring
from liveroom.domain.rooms.alerts import AlertKind
from liveroom.ports import UserMessages
from liveroom.usecases.events.announcing import UserNotifier
from liveroom.usecases.follows.alerts import FollowerAudience
from liveroom.usecases.follows.blocks import Blocks
from liveroom.usecases.follows.relations import Follows
from liveroom.usecases.follows.rooms import FollowedRooms
from liveroom.usecases.rooms.alerts import AlertAudience, RoomAlerts
from liveroom.usecases.rooms.reminders import ReminderAudience


@dataclass(frozen=True, slots=True)
class FollowServices(ServiceGroup):
    """The use cases."""

    follows: Follows
    blocks: Blocks
    alerts: RoomAlerts
    rooms: FollowedRooms


def make_follows(wiring: Wiring, user_messages: UserMessages) -> FollowServices:
    """Build them."""
    db, live, clock = wiring.db, wiring.live, wiring.clock
    notifier = UserNotifier(user_messages, clock)
    follows = Follows(db, live, clock, wiring.recorder, notifier, wiring.settings.follow_limit)
    return FollowServices(
        follows=follows,
        blocks=Blocks(db, live, clock, follows, wiring.relay, notifier),
        alerts=RoomAlerts(db, live, clock, wiring.recorder, notifier, _audiences(wiring)),
        rooms=FollowedRooms(db, live, wiring.listings),
    )


def _audiences(wiring: Wiring) -> Mapping[AlertKind, AlertAudience]:
    """Return who is told of which occasion."""
    reminded = ReminderAudience(wiring.db, wiring.settings.remind_before)
    return {
        AlertKind.FOLLOW: FollowerAudience(wiring.db),
        AlertKind.SOON: reminded,
        AlertKind.LIVE: reminded,
        AlertKind.CANCELLED: reminded,
    }
