"""Wires what reads statistics; ``maintenance`` has what counts them."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

from starlette.routing import Route

from liveroom.app.groups import ServiceGroup
from liveroom.app.wiring import Wiring
from liveroom.http.exports import export_route
from liveroom.usecases.signed_texts import SignedTexts
from liveroom.usecases.statistics.exporting import StatisticsExports
from liveroom.usecases.statistics.reading import BroadcastStatistics
from liveroom.usecases.statistics.series import PeriodStatistics


@dataclass(frozen=True, slots=True)
class StatisticsServices(ServiceGroup):
    """The use cases."""

    broadcasts: BroadcastStatistics
    periods: PeriodStatistics
    exports: StatisticsExports


def make_statistics(wiring: Wiring) -> StatisticsServices:
    """Build them."""
    db, clock = wiring.db, wiring.clock
    broadcasts = BroadcastStatistics(db, clock)
    exports = StatisticsExports(db, clock, SignedTexts(wiring.stamps, "statistics export "), broadcasts)
    return StatisticsServices(broadcasts, PeriodStatistics(db, clock), exports)


def make_export_routes(exports: StatisticsExports) -> list[Route]:
    """Return where exports are fetched."""

    async def lines(ticket: str) -> AsyncIterator[str]:
        async for line in exports.lines(exports.read(ticket)):
            yield line

    return [export_route("statistics", lines)]
