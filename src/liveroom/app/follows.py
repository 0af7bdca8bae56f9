"""Wires follows and blocks between users."""

from dataclasses import dataclass

from liveroom.app.groups import ServiceGroup
from liveroom.app.wiring import Wiring
from liveroom.ports import UserMessages
from liveroom.usecases.events.announcing import UserNotifier
from liveroom.usecases.follows.alerts import FollowAlerts
from liveroom.usecases.follows.blocks import Blocks
from liveroom.usecases.follows.relations import Follows
from liveroom.usecases.follows.rooms import FollowedRooms


@dataclass(frozen=True, slots=True)
class FollowServices(ServiceGroup):
    """The use cases."""

    follows: Follows
    blocks: Blocks
    alerts: FollowAlerts
    rooms: FollowedRooms


def make_follows(wiring: Wiring, user_messages: UserMessages) -> FollowServices:
    """Build them."""
    db, live, clock = wiring.db, wiring.live, wiring.clock
    notifier = UserNotifier(user_messages, clock)
    follows = Follows(db, live, clock, wiring.recorder, notifier, wiring.settings.follow_limit)
    return FollowServices(
        follows=follows,
        blocks=Blocks(db, live, clock, follows, wiring.relay, notifier),
        alerts=FollowAlerts(db, live, clock, wiring.recorder, notifier),
        rooms=FollowedRooms(db, live, wiring.listings),
    )
