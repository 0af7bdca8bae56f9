"""With which parameters an operator's server calls ``stats/*``."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from liveroom.usecases.statistics.counting import StatisticsCounting
from liveroom.usecases.statistics.rebuilding import StatisticsRebuilding
from tests.contract.scene import Stage

STATISTICS: Final[Mapping[str, Callable[[Stage], Mapping[str, Any]]]] = {
    "base/v1/stats/broadcasts": lambda stage: {
        "hostId": stage.host.user,
        "limit": "5",
        "cursor": "",
        "fromDay": "",
        "toDay": "",
    },
    "base/v1/stats/broadcast": lambda stage: {"roomId": stage.room, "broadcastId": ""},
    "base/v1/stats/series": lambda _: {"unit": "hour", "hostId": "", "category": "show"},
    "base/v1/stats/hosts": lambda _: {"orderBy": "peakViewers", "limit": "5"},
    "base/v1/stats/categories": lambda _: {"orderBy": "likes", "limit": "5"},
    "base/v1/stats/retention": lambda _: {"unit": "week"},
    "base/v1/stats/export": lambda stage: {"kind": "attendance", "broadcastId": stage.broadcast},
    "base/v1/stats/attendance": lambda stage: {"broadcastId": stage.broadcast, "limit": "5", "cursor": ""},
}


async def count_all(counting: StatisticsCounting) -> None:
    """Count everything there is, whenever it would be counted otherwise."""
    rebuilding = StatisticsRebuilding(counting)
    await rebuilding.mark()
    while await rebuilding.count():
        pass
