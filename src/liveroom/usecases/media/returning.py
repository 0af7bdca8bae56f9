"""Users who were removed from a media room, and come back to it by a credential from before.

No provider can revoke a credential. A provider's callback tells at once that somebody has joined. Where callbacks are
lost, or not set up, its list of participants does, which is asked for the live rooms in question every 15 seconds.
"""

import asyncio
import secrets
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

import structlog

from liveroom.domain.ids import RoomId, TenantName, UserId
from liveroom.domain.media.model import RemovedParticipant
from liveroom.domain.parts import parts
from liveroom.domain.presence.outside import Sighting
from liveroom.domain.vendors.model import Vendor, VendorFailure
from liveroom.ports import Clock, Database, Live, ParticipantLists, Tx
from liveroom.usecases.media.connected import may_be_there
from liveroom.usecases.tenants.served import ServedTenants
from liveroom.usecases.vendors.task_queue import VendorTaskQueue

log = structlog.get_logger("liveroom.returning")

EVERY: Final = timedelta(seconds=15)
_LEASE: Final = "returned participants"
_READ: Final = 1000
_ROOMS: Final = 8
"""How many rooms are asked about at once."""
_FIRST: Final = RoomId(""), UserId("")


@dataclass(frozen=True, slots=True)
class Returning:
    """Has users removed again who are back and may not be there."""

    db: Database
    live: Live
    clock: Clock
    vendor_tasks: VendorTaskQueue

    async def see(self, sightings: Iterable[Sighting], tenants: Collection[TenantName]) -> None:
        """Look at users whom a callback of these tenants' provider has seen in media rooms."""
        for seen in sightings:
            if seen.present and seen.source.ends_stays and seen.room is not None:
                await self._see(seen.user, seen.room, tenants)

    async def _see(self, user: UserId, room: RoomId, tenants: Collection[TenantName]) -> None:
        """Members are most of those who are seen: of them nothing is read in SQL."""
        if await self.live.member(room, user) is not None:
            return
        for removed in await self.db.removed_participants.of_user(user, self.clock.now()):
            if removed.room == room and removed.tenant in tenants:
                await self.check(removed)

    async def check(self, removed: RemovedParticipant) -> bool:
        """Have somebody removed who is back, unless they may be there; say whether that is to be done."""
        if await may_be_there(self.live, removed.room, removed.user):
            return False

        async def work(tx: Tx) -> None:
            await self.vendor_tasks.participant_returned(
                tx, removed.tenant, removed.user, removed.room, self.clock.now()
            )

        await self.db.transact(work)
        log.info("media.returned", room=removed.room, user=removed.user)
        return True


@dataclass(frozen=True, slots=True)
class ReturnedParticipants:
    """Finds such users in the lists of a provider. One process does it."""

    returning: Returning
    served: ServedTenants
    lists: ParticipantLists | None
    """Where a provider can be asked."""
    _holder: str = field(default_factory=lambda: secrets.token_hex(8))

    async def look(self) -> int:
        """Return how many have come back; 0 where the provider does not answer. Nothing is asked about rooms from which
        nobody was removed.
        """
        rooms = await self._rooms() if self.lists is not None else {}
        now = self.returning.clock.now()
        if not rooms or not await self.returning.db.leases.claim(_LEASE, self._holder, now, now + EVERY):
            return 0
        found = 0
        try:
            for some in parts(list(rooms), _ROOMS):
                found += sum(await asyncio.gather(*(self._room(room, rooms[room]) for room in some)))
        except VendorFailure as failure:
            log.warning("media.unlisted", reason=str(failure))
        return found

    async def _rooms(self) -> Mapping[RoomId, Sequence[RemovedParticipant]]:
        """Return who was removed from live rooms of tenants whose provider can be asked."""
        served = {tenant.name for tenant in self.served.by(Vendor.LIVEKIT)}
        rooms = defaultdict[RoomId, list[RemovedParticipant]](list)
        if not served:
            return rooms
        rows, now, after = self.returning.db.removed_participants, self.returning.clock.now(), _FIRST
        while some := await rows.in_live_rooms(now, after, _READ):
            for one in some:
                if one.tenant in served:
                    rooms[one.room].append(one)
            after = some[-1].room, some[-1].user
        return rooms

    async def _room(self, room: RoomId, removed: Sequence[RemovedParticipant]) -> int:
        if self.lists is None:
            return 0
        there = {person.identity for person in await self.lists.people(room, [one.user for one in removed])}
        return sum([await self.returning.check(one) for one in removed if one.user in there])
