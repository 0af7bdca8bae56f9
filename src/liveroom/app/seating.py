"""Seats: what changes seat maps, and who may."""

from dataclasses import dataclass

from liveroom.app.ground import Ground
from liveroom.ports import Whispers
from liveroom.usecases.audit import Audit
from liveroom.usecases.calling import Calling
from liveroom.usecases.permits import Permits
from liveroom.usecases.ranks import Ranks
from liveroom.usecases.seat_maps import SeatMapEditor
from liveroom.usecases.seat_plans import SeatPlans
from liveroom.usecases.seat_requests import SeatRequests
from liveroom.usecases.seats import Seats


@dataclass(frozen=True, slots=True)
class Seating:
    """The use cases."""

    seat_maps: SeatMapEditor
    seats: Seats
    requests: SeatRequests
    plans: SeatPlans


def make_seating(ground: Ground, whispers: Whispers, trail: Audit) -> Seating:
    """Build them."""
    db, live, clock = ground.db, ground.live, ground.clock
    ranks, permits = Ranks(db, live), Permits(db, clock, ground.desk)
    seat_maps = SeatMapEditor(live, clock, ranks, permits, trail)
    return Seating(
        seat_maps=seat_maps,
        seats=Seats(seat_maps, permits),
        requests=SeatRequests(seat_maps, Calling(whispers, clock), ground.settings.seat_request),
        plans=SeatPlans(seat_maps, permits, ranks, ground.broadcasts, ground.relay, trail),
    )
