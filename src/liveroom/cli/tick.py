"""`liveroom tick`: for installations that are timed from outside (cron, a serverless trigger)."""

import asyncio

from liveroom.app.assembly import assemble
from liveroom.app.backends import is_alone, open_database
from liveroom.cli.output import name_data, say
from liveroom.clock import SystemClock
from liveroom.settings import SettingsError, load_settings


def tick() -> None:
    """Run the background jobs that are due, once: expiry, journal, lists, outbox."""
    settings = load_settings()
    if is_alone(settings):
        raise SettingsError(
            [
                "the live data is in the memory of the serving process, out of this command's reach: `liveroom "
                "serve` runs its own background work; trigger it with POST /internal/tick, or set LIVEROOM_REDIS_URL"
            ]
        )

    async def once() -> dict[str, int]:
        db = await open_database(settings, make=False)
        core = await assemble(settings, SystemClock(), db)
        try:
            await core.live.start()
            return await core.tick()
        finally:
            await core.leave_vendors()
            await core.live.close()
            await db.close()

    name_data(settings)
    done = asyncio.run(once())
    say(", ".join(f"{name} {count}" for name, count in done.items()), **done)
