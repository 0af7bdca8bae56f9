"""What the live store has taken in and not passed on yet."""

from dataclasses import dataclass

from liveroom.ports import Live
from liveroom.usecases.rooms.listings import Listings


@dataclass(frozen=True, slots=True)
class LiveBacklog:
    """Passes it on: publications, renewals, the journal, lists."""

    live: Live
    listings: Listings

    async def publish(self) -> int:
        """Publish what rooms have gathered and a process that died left; return how many rooms did."""
        return await self.live.channels.gathered()

    async def write(self) -> int:
        """Send renewals that wait for their batch, and write the journal; return how many stays were written."""
        return await self.live.flush()

    async def write_all(self) -> int:
        """Do that, and bring the lists up to date; return how many stays were written."""
        written = await self.write()
        await self.listings.catch_up()
        return written
