"""What operators see of drift, and how they allow repairs that were held."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from liveroom.domain.drift.model import KINDS, DriftOutcome, DriftRound, DriftSource, KnownDrift
from liveroom.domain.drift.rules import ALLOWED
from liveroom.domain.errors import BadRequest
from liveroom.ports import Clock, Database


@dataclass(frozen=True, slots=True)
class DriftReports:
    """Lists what differs."""

    db: Database
    clock: Clock

    async def rounds(self) -> Sequence[DriftRound]:
        """Return when each source was compared last, and what came of it."""
        return await self.db.drift.rounds()

    async def page(self, source: DriftSource | None, *, after: str, limit: int) -> tuple[Sequence[KnownDrift], bool]:
        """Return what differs, of a source or of all, in the order of the ids; say whether there is more."""
        found = await self.db.drift.page(source, after, limit + 1)
        return found[:limit], len(found) > limit

    async def allow(self, source: DriftSource, by: str) -> DriftRound:
        """Let everything that differs at a source be repaired for a while, however much it is.

        Raises ``BadRequest`` for a source that was never compared.
        """
        if not await self.db.drift.allow(source, self.clock.now() + ALLOWED, by):
            raise BadRequest(f"source: {source} was not compared yet")
        return next(round for round in await self.db.drift.rounds() if round.source is source)

    async def counts(self) -> Mapping[tuple[str, ...], float]:
        """Return how much differs, by source and kind; 0 where a source was compared and nothing does."""
        compared = [one.source for one in await self.rounds()]
        nothing: dict[tuple[str, ...], float] = {
            (source.value, kind.value): 0.0 for source in compared for kind in KINDS[source]
        }
        return nothing | dict((await self.db.drift.counts()).items())

    async def compared(self) -> Mapping[tuple[str, ...], float]:
        """Return how much was compared last at each source: of ``streams`` those that are live."""
        return {(one.source.value,): float(one.items) for one in await self.rounds()}

    async def held(self) -> Mapping[tuple[str, ...], float]:
        """Return of each source 1 if nothing is repaired there because too much differs, else 0."""
        return {(one.source.value,): float(one.outcome is DriftOutcome.HELD) for one in await self.rounds()}

    async def failures(self) -> Mapping[tuple[str, ...], float]:
        """Return how often each source could not be compared, one time after the other."""
        return {(one.source.value,): float(one.failures) for one in await self.rounds()}
