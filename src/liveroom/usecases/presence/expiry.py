"""Expiry: ending presence entries that nothing vouches for any more."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from liveroom.domain.presence.members import LeaveReason
from liveroom.ports import Live
from liveroom.usecases.rooms.leaving import Departures

EXPIRY_GAP: Final = timedelta(seconds=30)
"""With a run every second: a bucket without expiry for longer had an outage."""
TICK_GAP: Final = timedelta(seconds=150)
"""With a timer every minute."""
_BATCH: Final = 1000


@dataclass(frozen=True, slots=True)
class Expiry:
    """Ends presence entries whose lease is over, or whose socket is gone."""

    live: Live
    departures: Departures

    async def end_expired(self, gap: timedelta = EXPIRY_GAP) -> int:
        """End presence entries that nothing vouches for any more, and those whose end an outage broke off; return how
        many.
        """
        ended = await self.departures.end_unfinished()
        entries = await self.live.expired(_BATCH, gap=gap)
        if entries:
            await self.departures.end_entries(entries, LeaveReason.LOST)
        return len(entries) + ended

    async def end_deserted(self) -> int:
        """End presence entries of members who listened to their room and do not any more; return how many.

        Whom an outside service sees in the room stays as long as it does.
        """
        entries = await self.live.channels.deserted(_BATCH)
        if not entries:
            return 0
        seen = set(await self.live.outside.seen(entries))
        over = [entry for entry in entries if entry not in seen]
        if over:
            await self.departures.end_deserted(over)
        return len(over)
