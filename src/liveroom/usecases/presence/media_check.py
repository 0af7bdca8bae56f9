"""Asks a media provider about people whose stay is about to end, since it said that they have left, or nothing.

Reports get lost: the one of somebody who is back, after the one that they had left. The provider's list decides.
"""

import asyncio
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import structlog

from liveroom.domain.ids import RoomId, UserId
from liveroom.domain.parts import parts
from liveroom.domain.presence.members import PresenceEntry
from liveroom.domain.presence.outside import OutsideSource, Sighting
from liveroom.domain.vendors.model import Trouble, Vendor, VendorFailure
from liveroom.ports import Clock, Live, ParticipantLists, VendorsOf
from liveroom.usecases.tenants.registry import Tenancy

log = structlog.get_logger("liveroom.media_check")

_ROOMS: Final = 8
"""How many rooms are asked about at once."""
_SECONDS: Final = 3.0
"""For everybody of one run: what else ends waits behind it."""


@dataclass(frozen=True, slots=True)
class MediaCheck:
    """Finds who is still in their room's media."""

    live: Live
    clock: Clock
    tenants: Tenancy
    vendors_of: VendorsOf
    lists: ParticipantLists | None
    """Where a provider can be asked: LiveKit, for the tenants whose media it carries."""

    async def there(self, entries: Sequence[PresenceEntry]) -> Sequence[PresenceEntry]:
        """Return those of the presence entries whose users are in their room's media, and note that they are.

        Nobody is, where no provider can be asked. Raises ``VendorFailure`` when it does not answer in time.
        """
        if self.lists is None:
            return ()
        rooms = defaultdict[RoomId, list[UserId]](list)
        for entry in entries:
            rooms[entry.room].append(entry.user)
        try:
            async with asyncio.timeout(_SECONDS):
                found = await self._found(self.lists, rooms)
        except TimeoutError as late:
            raise VendorFailure(Trouble.BUSY, "LiveKit does not say in time who is in its rooms") from late
        if not found:
            return ()
        await self.live.outside.receive(found)
        log.info("media_check.still_there", entries=len(entries), found=len(found))
        return await self.live.outside.seen(entries)

    async def _found(self, lists: ParticipantLists, rooms: Mapping[RoomId, Sequence[UserId]]) -> Sequence[Sighting]:
        found = list[Sighting]()
        for some in parts(list(rooms), _ROOMS):
            for seen in await asyncio.gather(*(self._seen(lists, room, rooms[room]) for room in some)):
                found += seen
        return found

    async def _seen(self, lists: ParticipantLists, room: RoomId, users: Sequence[UserId]) -> Sequence[Sighting]:
        known = await self.live.room(room)
        tenant = None if known is None else self.tenants.get(known.tenant)
        if tenant is None or Vendor.LIVEKIT not in self.vendors_of(tenant):
            return ()
        now = self.clock.now()
        people = await lists.people(room, users)
        source, is_there = OutsideSource.LIVEKIT, True
        return [
            Sighting(UserId(one.identity), source, room, one.who, min(one.since or now, now), is_there)
            for one in people
        ]
