"""The overview's use cases: what is known of an installation now, and what is kept of it."""

from dataclasses import dataclass

from liveroom.app.groups import ServiceGroup
from liveroom.app.wiring import Wiring
from liveroom.usecases.operators.exchange import FigureExchange
from liveroom.usecases.operators.levels import WaitingLevels
from liveroom.usecases.operators.overview import LiveFigures, Overviews
from liveroom.usecases.operators.survey import RoomSurvey


@dataclass(frozen=True, slots=True)
class OverviewServices(ServiceGroup):
    """The use cases."""

    figures: LiveFigures
    overviews: Overviews


def make_overviews(wiring: Wiring) -> OverviewServices:
    """Build them."""
    clock, db, live, tenants = wiring.clock, wiring.db, wiring.live, wiring.tenants
    exchange, levels, survey = FigureExchange(live, clock), WaitingLevels(clock), RoomSurvey(live, clock)
    figures = LiveFigures(live, clock, tenants, exchange, levels, survey, wiring.cards.finish)
    return OverviewServices(figures, Overviews(db, clock, tenants, figures))
