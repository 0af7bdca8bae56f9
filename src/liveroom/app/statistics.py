"""Wires what reads statistics; ``maintenance`` has what counts them."""

from dataclasses import dataclass

from liveroom.app.groups import ServiceGroup
from liveroom.app.wiring import Wiring
from liveroom.usecases.statistics.reading import BroadcastStatistics


@dataclass(frozen=True, slots=True)
class StatisticsServices(ServiceGroup):
    """The use cases."""

    broadcasts: BroadcastStatistics


def make_statistics(wiring: Wiring) -> StatisticsServices:
    """Build them."""
    return StatisticsServices(broadcasts=BroadcastStatistics(wiring.db, wiring.clock))
