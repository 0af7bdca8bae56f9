"""Records events in the transaction of the change that caused them, for the targets that want them.

Where no target wants them nothing is written, and the transaction costs no more than before.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from liveroom.domain.accounts.users import User
from liveroom.domain.events.records import NewEvent, Target, of_room, of_user
from liveroom.domain.ids import TenantName
from liveroom.domain.rooms.model import Room
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

    async def record_for_room(self, tx: Tx, room: Room, *events: NewEvent) -> None:
        """Record events of a room whose row is locked."""
        await self.record(tx, room.tenant, of_room(room.id), events)

    async def record_for_user(self, tx: Tx, user: User, *events: NewEvent) -> None:
        """Record events of a user."""
        await self.record(tx, user.tenant, of_user(user.id), events)

    async def record(self, tx: Tx, tenant: TenantName, stream: str, events: Sequence[NewEvent]) -> None:
        """Append events to one stream, in the order given; those that no target wants are left out."""
        targets = self.targets_of(tenant)
        if targets and (wanted := _wanted(targets, events)):
            await tx.events.append(tenant, stream, wanted, targets, self.clock.now())

    async def record_many(self, tx: Tx, by_stream: Mapping[tuple[TenantName, str], Sequence[NewEvent]]) -> None:
        """Append to many streams (each with its tenant) at once, in a few statements."""
        batch = []
        for (tenant, stream), events in by_stream.items():
            targets = self.targets_of(tenant)
            if wanted := _wanted(targets, events):
                batch.append(StreamEvents(tenant, stream, wanted, targets))
        if batch:
            await tx.events.append_all(batch, self.clock.now())


def _wanted(targets: Sequence[Target], events: Sequence[NewEvent]) -> Sequence[NewEvent]:
    return [one for one in events if any(target.wants(one.kind, one.category) for target in targets)]
