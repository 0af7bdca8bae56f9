"""Writes down what happened, in the transaction of the change, for those who want to be told of it.

Where nobody does, nothing is written, and the transaction costs what it did.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from liveroom.domain.ids import TenantName
from liveroom.domain.recorded_events import NewEvent, Target, of_room, of_user
from liveroom.domain.rooms import Room
from liveroom.domain.users import User
from liveroom.ports import Chapter, Clock, TargetsOf, Tx

EVERYTHING: Final[frozenset[str]] = frozenset()


def nobody(_: TenantName) -> Sequence[Target]:
    """Return that nobody wants to be told."""
    return ()


def together(*parts: TargetsOf) -> TargetsOf:
    """Return who wants to be told by any of the parts."""
    return lambda tenant: [target for part in parts for target in part(tenant)]


@dataclass(frozen=True, slots=True)
class Chronicle:
    """What transactions tell."""

    targets_of: TargetsOf
    clock: Clock

    def hears(self, tenant: TenantName, kinds: frozenset[str]) -> bool:
        """Say whether somebody may want to be told of one of these, in some category."""
        anywhere = (target._replace(categories=EVERYTHING) for target in self.targets_of(tenant))
        return any(target.wants(kind, "") for target in anywhere for kind in kinds)

    async def about_room(self, tx: Tx, room: Room, *events: NewEvent) -> None:
        """Tell of a room whose row is locked."""
        await self.tell(tx, room.tenant, of_room(room.id), events)

    async def about_user(self, tx: Tx, user: User, *events: NewEvent) -> None:
        """Tell of a user."""
        await self.tell(tx, user.tenant, of_user(user.id), events)

    async def tell(self, tx: Tx, tenant: TenantName, stream: str, events: Sequence[NewEvent]) -> None:
        """Tell of one stream, in the order given; what nobody wants is left out."""
        targets = self.targets_of(tenant)
        if targets and (wanted := _wanted(targets, events)):
            await tx.events.append(tenant, stream, wanted, targets, self.clock.now())

    async def tell_many(self, tx: Tx, by_stream: Mapping[tuple[TenantName, str], Sequence[NewEvent]]) -> None:
        """Tell of many streams (each with its tenant) at once, in a few statements."""
        chapters = []
        for (tenant, stream), events in by_stream.items():
            targets = self.targets_of(tenant)
            if wanted := _wanted(targets, events):
                chapters.append(Chapter(tenant, stream, wanted, targets))
        if chapters:
            await tx.events.append_all(chapters, self.clock.now())


def _wanted(targets: Sequence[Target], events: Sequence[NewEvent]) -> Sequence[NewEvent]:
    return [one for one in events if any(target.wants(one.kind, one.category) for target in targets)]
