"""The beat of a running service: each piece of background work in its own rhythm, none able to stop another.

That a dependency is down is told once for all pieces (``outages``), anything else that a piece fails at once a piece.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta

import structlog

from liveroom import deadlines
from liveroom.app.outages import Outages
from liveroom.domain.errors import Unavailable
from liveroom.usecases.deleted_users import EVERY as ERASURES_EVERY
from liveroom.usecases.listings import GATHERED, UNSEEN
from liveroom.usecases.replays import EVERY as REPLAYS_EVERY
from liveroom.usecases.room_schedules import EVERY as SCHEDULES_EVERY
from liveroom.usecases.upkeep import TICK_GAP, Upkeep
from liveroom.usecases.vendor_review import EVERY

log = structlog.get_logger("liveroom.beat")


@dataclass(frozen=True, slots=True)
class Piece:
    """One piece of work and how often it is looked at."""

    name: str
    every: timedelta
    work: Callable[[], Awaitable[object]]


def pieces(upkeep: Upkeep) -> tuple[Piece, ...]:
    """Return what a running service does without being asked."""
    return (
        # The lists have a piece of their own here.
        Piece("flush", timedelta(milliseconds=500), upkeep.live.flush),
        Piece("lists", GATHERED, lambda: upkeep.listings.catch_up(UNSEEN)),
        Piece("relay", timedelta(milliseconds=250), upkeep.relay_rows),
        Piece("sweep", timedelta(seconds=1), upkeep.sweep),
        Piece("gather", timedelta(milliseconds=250), upkeep.gather),
        Piece("deserted", timedelta(seconds=1), upkeep.end_deserted),
        Piece("orphans", timedelta(seconds=1), upkeep.settle_orphans),
        Piece("ends", timedelta(seconds=1), upkeep.end_overdue),
        Piece("schedules", SCHEDULES_EVERY, upkeep.schedules.call_off),
        Piece("tenants", timedelta(seconds=2), upkeep.tenants.refresh),
        Piece("arrangements", timedelta(seconds=2), upkeep.configuration.refresh),
        Piece("words", timedelta(seconds=2), upkeep.screening.refresh),
        Piece("audit", timedelta(milliseconds=500), upkeep.audit),
        Piece("uses", timedelta(milliseconds=500), upkeep.note_uses),
        Piece("purge", timedelta(seconds=60), upkeep.purge),
        Piece("erasures", ERASURES_EVERY, upkeep.deleted_users.erase),
        Piece("vendors", timedelta(milliseconds=500), upkeep.vendors.run),
        Piece("vendor review", EVERY, upkeep.vendors.review.run),
        Piece("webhooks", timedelta(milliseconds=250), upkeep.outward.run),
        Piece("replays", REPLAYS_EVERY, upkeep.replays.run),
    )


def turns(upkeep: Upkeep) -> tuple[Piece, ...]:
    """Return what calls do beside answering where nothing beats; audit, purge and all slow work are the tick's."""
    return (
        Piece("tenants", timedelta(seconds=2), upkeep.tenants.refresh),
        Piece("arrangements", timedelta(seconds=2), upkeep.configuration.refresh),
        Piece("words", timedelta(seconds=2), upkeep.screening.refresh),
        Piece("relay", timedelta(seconds=1), upkeep.relay_rows),
        Piece("sweep", timedelta(seconds=1), lambda: upkeep.sweep(TICK_GAP)),
        Piece("gather", timedelta(seconds=1), upkeep.gather),
        Piece("deserted", timedelta(seconds=1), upkeep.end_deserted),
        Piece("orphans", timedelta(seconds=1), upkeep.settle_orphans),
        Piece("ends", timedelta(seconds=1), upkeep.end_overdue),
        Piece("uses", timedelta(seconds=1), upkeep.note_uses),
        Piece("flush", timedelta(seconds=1), upkeep.flush),
    )


class Beat:
    """Runs pieces until it is stopped; a piece that fails is tried again at its next beat."""

    def __init__(self, work: tuple[Piece, ...], outages: Outages) -> None:
        self._work = work
        self._outages = outages
        self._tasks: list[asyncio.Task[None]] = []

    def start(self) -> None:
        """Begin to beat."""
        self._tasks = [deadlines.spawn(self._run(piece), name=f"beat:{piece.name}") for piece in self._work]

    async def stop(self) -> None:
        """Stop; what is under way is broken off, which every piece survives."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._tasks = []

    async def _run(self, piece: Piece) -> None:
        failing = False
        while True:
            failing = await self._once(piece, failing)
            await asyncio.sleep(piece.every.total_seconds())

    async def _once(self, piece: Piece, failing: bool) -> bool:
        """Do the piece once; say whether it failed at something of its own. That is told once, not every beat."""
        try:
            await piece.work()
        except Unavailable as failure:
            if self._outages.note(failure):
                return failing
            if not failing:
                log.warning("beat.unavailable", piece=piece.name, cause=repr(failure.__cause__ or failure))
            return True
        except Exception:
            if not failing:
                log.exception("beat.failed", piece=piece.name)
            return True
        if failing:
            log.info("beat.recovered", piece=piece.name)
        return False
