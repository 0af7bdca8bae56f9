"""Asks a media provider about people whose stay is about to end, since it said that they have left, or nothing.

Reports get lost: the one of somebody who is back, after the one that they had left. The provider's list decides.
"""

import asyncio
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

import structlog

from liveroom.domain.ids import RoomId, UserId
from liveroom.domain.parts import parts
from liveroom.domain.presence.members import PresenceEntry
from liveroom.domain.presence.outside import OutsideSource, Sighting
from liveroom.domain.vendors.model import Vendor, VendorFailure
from liveroom.ports import Clock, Live, ParticipantLists
from liveroom.usecases.tenants.served import ServedTenants

log = structlog.get_logger("liveroom.media_check")

_ROOMS: Final = 8
"""How many rooms are asked about at once."""
_SECONDS: Final = 3.0
"""How long the answers about these may take."""
_LONGEST: Final = 15.0
"""For everybody of one run: what ends next waits behind it."""


class MediaAnswer(NamedTuple):
    """What a media provider says about presence entries. Of those that are in neither, the user is not there, or no
    provider can be asked.
    """

    there: Sequence[PresenceEntry]
    unknown: Sequence[PresenceEntry]
    """The provider does not answer."""


@dataclass(frozen=True, slots=True)
class MediaCheck:
    """Finds who is still in their room's media."""

    live: Live
    clock: Clock
    served: ServedTenants
    lists: ParticipantLists | None
    """Where a provider can be asked: LiveKit, for the tenants whose media it carries."""

    async def look(self, entries: Sequence[PresenceEntry]) -> MediaAnswer:
        """Ask where the users are; note of those who are in their room's media that they are."""
        if self.lists is None:
            return MediaAnswer((), ())
        rooms = await self._asked_about(entries)
        found, answered = list[Sighting](), set[RoomId]()
        try:
            async with asyncio.timeout(_LONGEST):
                for some in parts(list(rooms), _ROOMS):
                    async with asyncio.timeout(_SECONDS):
                        for seen in await asyncio.gather(*(self._seen(self.lists, room, rooms[room]) for room in some)):
                            found += seen
                    answered.update(some)
        except (VendorFailure, TimeoutError) as failure:
            reason = str(failure) or "LiveKit takes too long to say who is in its rooms"
            log.warning("media_check.unanswered", rooms=len(rooms) - len(answered), reason=reason)
        if found:
            await self.live.outside.receive(found)
        there = await self.live.outside.seen(entries) if found else ()
        unanswered = rooms.keys() - answered
        return MediaAnswer(there, [one for one in entries if one.room in unanswered])

    async def _asked_about(self, entries: Sequence[PresenceEntry]) -> Mapping[RoomId, Sequence[UserId]]:
        """Return the users of each room whose media goes through the provider."""
        rooms = defaultdict[RoomId, list[UserId]](list)
        for entry in entries:
            rooms[entry.room].append(entry.user)
        known = await asyncio.gather(*map(self.live.room, rooms))
        served = {tenant.name for tenant in self.served.by(Vendor.LIVEKIT)}
        return {room.id: rooms[room.id] for room in known if room is not None and room.tenant in served}

    async def _seen(self, lists: ParticipantLists, room: RoomId, users: Sequence[UserId]) -> Sequence[Sighting]:
        now = self.clock.now()
        people = await lists.people(room, users)
        source, is_there = OutsideSource.LIVEKIT, True
        return [
            Sighting(UserId(one.identity), source, room, one.who, min(one.since or now, now), is_there)
            for one in people
        ]
