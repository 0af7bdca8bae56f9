"""A service that runs: started in order, stopped in the opposite one, without losing what was promised."""

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace

import structlog

from liveroom import faults
from liveroom.app.assembly import Core, assemble
from liveroom.app.backends import is_alone, open_database
from liveroom.app.beat import Beat, Piece, pieces, turns
from liveroom.app.occupancy import Occupancy
from liveroom.app.turns import PACE, Thaw, Turns
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
        occupancy = Occupancy(db, clock, on_lost, beats=not settings.serverless) if is_alone(settings) else None
        if occupancy is not None:
            await occupancy.take()
            stack.push_async_callback(occupancy.release)
            db = db.fenced(occupancy.guard, occupancy.check)
        core = await assemble(settings, clock, db)
        stack.push_async_callback(core.live.close)
        stack.push_async_callback(core.leave_vendors)
        stack.push_async_callback(core.outages.stop)
        await core.live.start()
        stack.push_async_callback(_last_flush, core)
        await stack.enter_async_context(core.modules.alive())
        thaw = Thaw(
            clock, (db.refresh, core.live.refresh, core.services.tenants.refresh, core.upkeep.configuration.refresh)
        )
        if settings.serverless:
            yield replace(core, turns=_turns(core, thaw, occupancy))
            return
        beat = Beat((*pieces(core.upkeep), Piece("thaw", PACE, thaw.look)), core.outages)
        beat.start()
        stack.push_async_callback(beat.stop)
        yield core


def _turns(core: Core, thaw: Thaw, occupancy: Occupancy | None) -> Turns:
    """Return what calls do beside answering. What only the memory of a process has is written before it answers."""
    if occupancy is None:
        return Turns(core.clock, turns(core.upkeep), thaw)
    return Turns(core.clock, turns(core.upkeep), thaw, hold=occupancy.hold, last=core.live.flush)


async def _last_flush(core: Core) -> None:
    """Write what waits for its batch; what cannot be written now is in the live store, or is not needed."""
    try:
        await core.upkeep.note_uses()
        await core.upkeep.flush()
        await core.upkeep.relay_rows()
    except Unavailable as failure:
        log.warning("service.unflushed", cause=repr(failure.__cause__ or failure))
