"""Two lists that should name the same things: what a provider has, and what counts as being there here."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from liveroom.domain.drift.model import Drift, DriftCase, DriftSource
from liveroom.ports import ListedItem, ListedThings, LookResult, Rest

Lister = Callable[[], Awaitable[ListedThings]]


@dataclass(frozen=True, slots=True)
class ListPair:
    """``ports.Reconciled`` of things that are told apart by a text, such as streams and recordings.

    ``there``: what the provider lists; ``here``: what counts as being there. The latter is read first, so that what
    begins meanwhile is in both.
    """

    source: DriftSource
    here: Lister
    there: Lister
    unknown: DriftCase
    """Of what is there, and not here."""
    gone: DriftCase
    """Of what is here, and not there."""
    mend: Callable[[Drift], Awaitable[None]]
    is_set_up: Callable[[], bool]

    def is_there(self) -> bool:
        return self.is_set_up()

    async def compare(self, rest: Rest) -> LookResult:
        here, there = await self.here(), await self.there()
        if not (here.is_whole and there.is_whole):
            return LookResult(0, (), is_whole=False, reason=f"not all of kind {there.kind} could be listed")
        ours = {item.subject: item for item in here.items}
        theirs = {item.subject: item for item in there.items}
        found = [self._drift(self.unknown, theirs[subject]) for subject in sorted(set(theirs) - set(ours))]
        found += [self._drift(self.gone, ours[subject]) for subject in sorted(set(ours) - set(theirs))]
        return LookResult(len({**ours, **theirs}), found)

    async def repair(self, drift: Drift) -> None:
        await self.mend(drift)

    def _drift(self, case: DriftCase, item: ListedItem) -> Drift:
        return Drift(self.source, case, item.subject, item.tenant, item.room, item.user)
