"""A service that runs: started in order, stopped in the opposite one, without losing what was promised."""

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager

import structlog

from liveroom import faults
from liveroom.app.assembly import Core, assemble
from liveroom.app.backends import is_alone, open_database
from liveroom.app.beat import Beat, pieces
from liveroom.app.occupancy import Occupancy
from liveroom.domain.errors import Unavailable
from liveroom.ports import Clock
from liveroom.settings import Settings

log = structlog.get_logger("liveroom.app")


@asynccontextmanager
async def running(settings: Settings, clock: Clock, *, on_lost: Callable[[], None]) -> AsyncIterator[Core]:
    """Yield a running core. ``on_lost`` is called when another process takes over the only place there is."""
    if settings.fault:
        faults.arm(settings.fault)
    async with AsyncExitStack() as stack:
        db = await open_database(settings)
        stack.push_async_callback(db.close)
        if is_alone(settings):
            occupancy = Occupancy(db, clock, on_lost)
            await occupancy.take()
            stack.push_async_callback(occupancy.release)
        core = await assemble(settings, clock, db)
        stack.push_async_callback(core.live.close)
        await core.live.start()
        stack.push_async_callback(_last_flush, core)
        beat = Beat(pieces(core.upkeep))
        beat.start()
        stack.push_async_callback(beat.stop)
        yield core


async def _last_flush(core: Core) -> None:
    """Write what waits for its batch; what cannot be written now is in the live store, or is not needed."""
    try:
        await core.upkeep.flush()
        await core.upkeep.relay_rows()
    except Unavailable as failure:
        log.warning("service.unflushed", cause=repr(failure.__cause__ or failure))
