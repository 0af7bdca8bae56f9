"""Counts everything anew, as far as the stays are still there."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from liveroom.domain.ids import BroadcastId
from liveroom.domain.moments import moment
from liveroom.domain.statistics.attendance import DAY
from liveroom.domain.statistics.days import day_of, day_subject
from liveroom.ports.statistics import BROADCAST
from liveroom.ports.statistics import DAY as DAY_PREFIX
from liveroom.usecases.statistics.counting import StatisticsCounting

_AT_ONCE: Final = 500
_RUN: Final = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class StatisticsRebuilding:
    """Marks every broadcast and every day, and counts them."""

    counting: StatisticsCounting

    async def mark(self) -> int:
        """Mark everything; return how many broadcasts there are. Days are counted behind all of them."""
        queue, sources, now = (
            self.counting.db.statistics_queue,
            self.counting.db.statistics_sources,
            self.counting.clock.now(),
        )
        marked, after = 0, BroadcastId("")
        while some := await sources.broadcasts(after, _AT_ONCE):
            await queue.mark([BROADCAST + id for id in some], now - _RUN, sooner=True)
            marked, after = marked + len(some), some[-1]
        today = day_of(moment(now))
        for tenant in self.counting.tenants.all():
            first = await sources.first_day(tenant.name)
            if first is not None:
                days = range(day_of(first), today + DAY, DAY)
                await queue.mark([DAY_PREFIX + day_subject(tenant.name, day) for day in days], now, sooner=True)
        return marked

    async def count(self) -> int:
        """Count some of what is due; return how much it was, 0 once nothing is left."""
        return await self.counting.run(_RUN)
