"""Wires the use cases of seats."""

from dataclasses import dataclass

from liveroom.app.wiring import Wiring
from liveroom.ports import UserMessages
from liveroom.usecases.events.announcing import UserNotifier
from liveroom.usecases.moderation.audit import Audit
from liveroom.usecases.rooms.ranks import Ranks
from liveroom.usecases.seats.maps import SeatMapEditor, SeatPlans
from liveroom.usecases.seats.taking import SeatRequests, Seats


@dataclass(frozen=True, slots=True)
class SeatWiring:
    """The use cases."""

    seat_maps: SeatMapEditor
    seats: Seats
    requests: SeatRequests
    plans: SeatPlans


def make_seat_wiring(wiring: Wiring, user_messages: UserMessages, trail: Audit) -> SeatWiring:
    """Build them."""
    ranks, publish_permissions = Ranks(wiring.db, wiring.live), wiring.publish_permissions
    seat_maps = SeatMapEditor(wiring.live, wiring.clock, ranks, publish_permissions, trail)
    return SeatWiring(
        seat_maps=seat_maps,
        seats=Seats(seat_maps, publish_permissions, trail),
        requests=SeatRequests(seat_maps, UserNotifier(user_messages, wiring.clock), wiring.settings.seat_request),
        plans=SeatPlans(seat_maps, publish_permissions, ranks, wiring.broadcasts, wiring.relay, trail),
    )
