"""What the live store keeps in SQL: the journal of stays, and what a lost bucket is filled with again (LIVE.md 3)."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from liveroom import faults
from liveroom.domain.ids import RoomId
from liveroom.domain.members import Place, Stay
from liveroom.ports import Cards, Clock, Database, RoomSeed, UserSeed
from liveroom.usecases.policies import Policies
from liveroom.usecases.tenancy import Tenancy

REMEMBERED: Final = timedelta(days=31)
"""How long an ended session has to be known: no token lives longer than 30 days."""


@dataclass(frozen=True, slots=True)
class SqlLedger:
    """The ledger of a live store, in SQL."""

    db: Database
    clock: Clock
    policies: Policies
    cards: Cards
    tenants: Tenancy

    async def save(self, stays: Sequence[Stay]) -> None:
        """Write journaled stays; saving one twice changes nothing."""
        if stays:
            await self.db.stays.put(stays)
            faults.point("journal.saved")

    async def user_seed(self, bucket: int) -> UserSeed:
        """Return the places and ended sessions of a user bucket."""
        places = [
            Place(place, stay.user, session, stay.room, stay.role.is_host)
            for stay in await self.db.stays.open_in_user_bucket(bucket)
            for session, place in stay.places
        ]
        return UserSeed(places, await self.db.outbox.ended_sessions(bucket, self.clock.now() - REMEMBERED))

    async def room_seeds(self, bucket: int) -> Sequence[RoomSeed]:
        """Return the live rooms of a room bucket with their members."""
        rooms = await self.db.rooms.live_in_bucket(bucket)
        if not rooms:
            return ()
        stays: dict[RoomId, list[Stay]] = defaultdict(list)
        for stay in await self.db.stays.open_in_room_bucket(bucket):
            stays[stay.room].append(stay)
        past = await self.db.stays.past_users([room.broadcast for room in rooms])
        return [
            RoomSeed(
                room=room,
                policy=self.policies.of(room.category),
                card=self.cards.start(room, self.tenants.get(room.tenant) or self.tenants.default),
                stays=[stay for stay in stays[room.id] if stay.broadcast == room.broadcast],
                past=past.get(room.broadcast, ()),
            )
            for room in rooms
        ]
