"""Seats: what changes stages, and who may."""

from dataclasses import dataclass

from liveroom.app.ground import Ground
from liveroom.ports import Whispers
from liveroom.usecases.audit import Audit
from liveroom.usecases.calling import Calling
from liveroom.usecases.permits import Permits
from liveroom.usecases.ranks import Ranks
from liveroom.usecases.seat_maps import StageKeeper
from liveroom.usecases.seat_plans import SeatPlans
from liveroom.usecases.seat_requests import SeatRequests
from liveroom.usecases.seats import Seats


@dataclass(frozen=True, slots=True)
class Seating:
    """The use cases."""

    stages: StageKeeper
    seats: Seats
    requests: SeatRequests
    plans: SeatPlans


def make_seating(ground: Ground, whispers: Whispers, trail: Audit) -> Seating:
    """Build them."""
    db, live, clock = ground.db, ground.live, ground.clock
    ranks, permits = Ranks(db, live), Permits(db, clock, ground.desk)
    stages = StageKeeper(live, clock, ranks, permits, trail)
    return Seating(
        stages=stages,
        seats=Seats(stages, permits),
        requests=SeatRequests(stages, Calling(whispers, clock), ground.settings.seat_request),
        plans=SeatPlans(stages, permits, ranks, ground.broadcasts, ground.relay, trail),
    )
