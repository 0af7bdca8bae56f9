"""Records events in the transaction of the change that caused them, for the targets that want them.

Where no target wants them nothing is written, and the transaction costs no more than before.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from liveroom.domain.ids import TenantName
from liveroom.domain.rooms import Room
from liveroom.domain.tellings import Target, Telling, of_room, of_user
from liveroom.domain.users import User
from liveroom.ports import Clock, StreamEvents, TargetsOf, Tx

EVERYTHING: Final[frozenset[str]] = frozenset()


def no_targets(_: TenantName) -> Sequence[Target]:
    """Return no targets: nobody wants events."""
    return ()


def merged_targets(*parts: TargetsOf) -> TargetsOf:
    """Return the targets of all parts together."""
    return lambda tenant: [target for part in parts for target in part(tenant)]


@dataclass(frozen=True, slots=True)
class EventRecorder:
    """Appends events to the streams of rooms and users."""

    targets_of: TargetsOf
    clock: Clock

    def is_wanted(self, tenant: TenantName, kinds: frozenset[str]) -> bool:
        """Say whether any target may want one of these kinds, in some category."""
        anywhere = (target._replace(categories=EVERYTHING) for target in self.targets_of(tenant))
        return any(target.wants(kind, "") for target in anywhere for kind in kinds)

    async def record_for_room(self, tx: Tx, room: Room, *tellings: Telling) -> None:
        """Record events of a room whose row is locked."""
        await self.record(tx, room.tenant, of_room(room.id), tellings)

    async def record_for_user(self, tx: Tx, user: User, *tellings: Telling) -> None:
        """Record events of a user."""
        await self.record(tx, user.tenant, of_user(user.id), tellings)

    async def record(self, tx: Tx, tenant: TenantName, stream: str, tellings: Sequence[Telling]) -> None:
        """Append events to one stream, in the order given; those that no target wants are left out."""
        targets = self.targets_of(tenant)
        if targets and (wanted := _wanted(targets, tellings)):
            await tx.events.append(tenant, stream, wanted, targets, self.clock.now())

    async def record_many(self, tx: Tx, told: Mapping[tuple[TenantName, str], Sequence[Telling]]) -> None:
        """Append to many streams (each with its tenant) at once, in a few statements."""
        batch = []
        for (tenant, stream), tellings in told.items():
            targets = self.targets_of(tenant)
            if wanted := _wanted(targets, tellings):
                batch.append(StreamEvents(tenant, stream, wanted, targets))
        if batch:
            await tx.events.append_all(batch, self.clock.now())


def _wanted(targets: Sequence[Target], tellings: Sequence[Telling]) -> Sequence[Telling]:
    return [one for one in tellings if any(target.wants(one.kind, one.category) for target in targets)]
