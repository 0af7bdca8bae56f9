"""A service that runs: started in order, stopped in the opposite one, without losing what was promised."""

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace

import structlog

from liveroom import faults
from liveroom.app.assembly import Core, assemble
from liveroom.app.backends import is_alone, open_database
from liveroom.app.jobs import RESUME, request_driven_jobs, scheduled_jobs
from liveroom.app.occupancy import Occupancy
from liveroom.app.request_driven import RequestDrivenScheduler, Resume
from liveroom.app.scheduler import scheduled
from liveroom.app.services import by_type
from liveroom.app.tracing import recording
from liveroom.domain.errors import Unavailable
from liveroom.ports import Clock
from liveroom.settings import Settings

log = structlog.get_logger("liveroom.app")


@asynccontextmanager
async def running(settings: Settings, clock: Clock, *, on_lost: Callable[[], None]) -> AsyncIterator[Core]:
    """Yield a running core. ``on_lost`` is called when another process takes over the only place there is."""
    if settings.fault:
        faults.arm_as_set(settings.fault)
    async with AsyncExitStack() as stack:
        instruments = await stack.enter_async_context(recording(settings))
        db = instruments.database(await open_database(settings))
        stack.push_async_callback(db.close)
        occupancy = Occupancy(db, clock, on_lost) if is_alone(settings) else None
        if occupancy is not None:
            await occupancy.take()
            stack.push_async_callback(occupancy.release)
            db = db.fenced(occupancy.guard, occupancy.check)
        core = await assemble(settings, clock, db, instruments=instruments)
        stack.push_async_callback(core.live.close)
        stack.push_async_callback(core.leave_vendors)
        stack.push_async_callback(core.outages.stop)
        await core.live.start()
        stack.push_async_callback(_last_flush, core)
        await stack.enter_async_context(core.modules.alive())
        resume = Resume(
            clock, (db.refresh, core.live.refresh, core.services.tenants.refresh, core.jobs.configuration.refresh)
        )
        if settings.serverless:
            yield replace(core, request_driven=_request_driven(core, resume))
            return
        jobs = (*scheduled_jobs(by_type(core.jobs)), RESUME.bind(resume))
        await stack.enter_async_context(scheduled(jobs, core.outages))
        yield core


def _request_driven(core: Core, resume: Resume) -> RequestDrivenScheduler:
    """Return what runs jobs beside calls."""
    return RequestDrivenScheduler(core.clock, request_driven_jobs(by_type(core.jobs)), resume)


async def _last_flush(core: Core) -> None:
    """Write what waits for its batch; what cannot be written now is in the live store, or is not needed."""
    try:
        await core.jobs.key_uses.flush()
        await core.jobs.backlog.write_all()
        await core.jobs.callback_notes.flush(all=True)
        await core.jobs.relay.run()
    except Unavailable as failure:
        log.warning("service.unflushed", cause=repr(failure.__cause__ or failure))
