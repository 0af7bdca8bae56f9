"""Compares each source with what is known here, one process at a time, and repairs what is safe.

What differs is kept in SQL, so that any process goes on where another one was. A look that fails, or does not see
everything, changes nothing of it.
"""

import asyncio
import secrets
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

import structlog

from liveroom.domain.drift.model import DriftOutcome, DriftRound, DriftSource, KnownDrift, repaired_cases
from liveroom.domain.drift.rules import SOON, JudgedLook, judged, next_look, next_try
from liveroom.domain.vendors.model import VendorFailure
from liveroom.ports import Clock, Database, LookResult, Reconciled, Rest

log = structlog.get_logger("liveroom.drift")

_LONGEST: Final = timedelta(minutes=4)
"""For one look, with its repairs."""
_LEASE: Final = _LONGEST + timedelta(seconds=30)


@dataclass(slots=True)
class Reconciliation:
    """Compares and repairs."""

    db: Database
    clock: Clock
    sources: Sequence[Reconciled]
    repairs: Counter[tuple[str, ...]] = field(init=False)
    """How many of each source and case this process has made, also where that is none: rates begin at the first."""
    _holder: str = field(default_factory=lambda: secrets.token_hex(8))
    _due: dict[DriftSource, datetime] = field(default_factory=dict)
    """When to ask SQL again whether a source is due."""

    def __post_init__(self) -> None:
        """Begin to count."""
        cases = [(one.source.value, case.value) for one in self.sources for case in repaired_cases(one.source)]
        self.repairs = Counter(dict.fromkeys(cases, 0))

    async def go_on(self) -> int:
        """Compare the sources that are due; return how many differences were repaired."""
        return await self._run(asyncio.sleep)

    async def at_once(self) -> int:
        """Do the same without rests: the process may not live longer."""
        return await self._run(_no_rest)

    async def _run(self, rest: Rest) -> int:
        now = self.clock.now()
        due = [one for one in self.sources if one.is_there() and self._due.get(one.source, now) <= now]
        if not due:
            return 0
        rounds = {round.source: round for round in await self.db.drift.rounds()}
        turns = [self._turn(one, rounds.get(one.source), rest) for one in due]
        done = await asyncio.gather(*turns, return_exceptions=True)
        for failure in done:
            if isinstance(failure, BaseException):
                raise failure
        return sum(count for count in done if isinstance(count, int))

    async def look(self, source: DriftSource) -> None:
        """Compare a source now, unless another process does, or there is nothing to compare."""
        for one in self.sources:
            if one.source is source and one.is_there():
                rounds = {round.source: round for round in await self.db.drift.rounds()}
                await self._claimed(one, rounds.get(source), _no_rest)

    async def _turn(self, one: Reconciled, last: DriftRound | None, rest: Rest) -> int:
        if last is not None and last.due > self.clock.now():
            self._due[one.source] = last.due
            return 0
        return await self._claimed(one, last, rest)

    async def _claimed(self, one: Reconciled, last: DriftRound | None, rest: Rest) -> int:
        lease, now = f"drift {one.source}", self.clock.now()
        if not await self.db.leases.claim(lease, self._holder, now, now + _LEASE):
            self._due[one.source] = now + SOON
            return 0
        try:
            return await self._round(one, last, now, rest)
        finally:
            await self.db.leases.release(lease, self._holder)

    async def _round(self, one: Reconciled, last: DriftRound | None, began: datetime, rest: Rest) -> int:
        """Look once. What goes wrong at the source is noted; where a store of ours is away, that is raised."""
        before = last or DriftRound(one.source, began, began, began, DriftOutcome.DONE)
        compared = await self._look(one, rest)
        if not compared.is_whole:
            await self._failed(before, began, compared.reason)
            return 0
        now, drift = self.clock.now(), self.db.drift
        known = {row.drift.id: row for row in await drift.of_source(one.source)}
        found = judged(known, compared.found, compared.items, now, is_allowed=before.is_allowed(now))
        await drift.drop(found.gone)
        tried, repaired = await self._repair(one, found)
        await drift.put(_changed(known, found, tried))
        ended = self.clock.now()
        round = before._replace(
            began=began,
            ended=ended,
            due=ended + next_look(one.source, found.known, compared.items),
            outcome=DriftOutcome.HELD if found.is_held else DriftOutcome.DONE,
            items=compared.items,
            found=len(found.known),
            reason=compared.reason,
            repaired=before.repaired + repaired,
            failures=0,
        )
        await drift.put_round(round)
        self._due[one.source] = round.due
        if found.is_held and before.outcome is not DriftOutcome.HELD:
            log.error("drift.held", source=one.source.value, found=round.found, items=round.items)
        return repaired

    async def _look(self, one: Reconciled, rest: Rest) -> LookResult:
        try:
            async with asyncio.timeout(_LONGEST.total_seconds()):
                return await one.compare(rest)
        except TimeoutError:
            return LookResult(0, (), is_whole=False, reason=f"it takes longer than {_LONGEST.seconds} s")
        except VendorFailure as failure:
            return LookResult(0, (), is_whole=False, reason=str(failure))

    async def _failed(self, before: DriftRound, began: datetime, reason: str) -> None:
        """Note that nothing could be concluded; the differences that are known stay as they are."""
        ended, failures = self.clock.now(), before.failures + 1
        due = ended + next_try(before.source, failures)
        self._due[before.source] = due
        failed = DriftOutcome.FAILED
        await self.db.drift.put_round(
            before._replace(began=began, ended=ended, due=due, outcome=failed, reason=reason, failures=failures)
        )
        if before.outcome is not DriftOutcome.FAILED:
            log.warning("drift.unlisted", source=before.source.value, reason=reason)

    async def _repair(self, one: Reconciled, found: JudgedLook) -> tuple[Mapping[str, KnownDrift], int]:
        """Repair what is due, one after the other; return those that were tried, as they are kept, and how many
        succeeded.
        """
        tried, repaired = dict[str, KnownDrift](), 0
        for known in found.repairs:
            failure = await self._try(one, known)
            tried[known.drift.id] = known._replace(tries=known.tries + 1, failure=failure)
            repaired += not failure
        return tried, repaired

    async def _try(self, one: Reconciled, known: KnownDrift) -> str:
        drift = known.drift
        about = {"source": drift.source.value, "case": drift.case.value, "room": drift.room, "user": drift.user}
        try:
            await one.repair(drift)
        except VendorFailure as failure:
            reason = str(failure)
            log.warning("drift.unrepaired", **about, reason=reason)
            return reason
        self.repairs[drift.source.value, drift.case.value] += 1
        (log.info if drift.facts.counts else log.debug)("drift.repaired", **about)
        return ""


async def _no_rest(_: float) -> None:
    """Let others have their turn, and go on."""
    await asyncio.sleep(0)


def _changed(
    before: Mapping[str, KnownDrift], found: JudgedLook, tried: Mapping[str, KnownDrift]
) -> Sequence[KnownDrift]:
    """Return the rows that are not stored as they are."""
    rows = [tried.get(one.drift.id, one) for one in found.known]
    return [row for row in rows if before.get(row.drift.id) != row]
