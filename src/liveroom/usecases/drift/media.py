"""Media rooms against rooms: who is there, who may be, and what callbacks have said (``domain.drift.media``)."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final

from liveroom.domain.drift.media import MediaPerson, MediaView, SeenInMedia, compare_media
from liveroom.domain.drift.model import Drift, DriftCase, DriftSource
from liveroom.domain.ids import RoomId, TenantName, UserId
from liveroom.domain.media.model import may_publish
from liveroom.domain.parts import parts
from liveroom.domain.presence.members import Member
from liveroom.domain.presence.outside import OutsideSource, Sighting
from liveroom.domain.rooms.model import Room, RoomStatus
from liveroom.domain.tenants.model import Tenant
from liveroom.domain.vendors.model import Key, Matter, Vendor
from liveroom.ports import Clock, Database, Live, LookResult, MediaLists, Rest, RtcControl
from liveroom.usecases.drift.reading import PAUSE, ROOMS, live_rooms, seen_by
from liveroom.usecases.media.connected import is_guest, may_be_there
from liveroom.usecases.media.participants import PublishPermissions
from liveroom.usecases.tenants.served import ServedTenants

_SIGHTINGS: Final = (DriftCase.PARTICIPANT_UNSEEN, DriftCase.PARTICIPANT_GONE, DriftCase.SIGHTING_LEFT)
_SOURCES: Final[Mapping[DriftSource, tuple[Vendor, OutsideSource]]] = {
    DriftSource.LIVEKIT: (Vendor.LIVEKIT, OutsideSource.LIVEKIT),
    DriftSource.TRTC: (Vendor.TRTC, OutsideSource.TRTC),
}


@dataclass(frozen=True, slots=True)
class MediaProvider:
    """A provider of media: what it lists, and what may be done there."""

    lists: MediaLists
    control: RtcControl
    permissions: PublishPermissions


@dataclass(slots=True)
class MediaDrift:
    """``ports.Reconciled``."""

    source: DriftSource
    db: Database
    live: Live
    clock: Clock
    served: ServedTenants
    provider: MediaProvider
    _since: dict[tuple[UserId, RoomId, str], datetime] = field(default_factory=dict)
    """Since when whoever was listed in the last look is there."""
    _listed: datetime | None = None
    """When that look began."""
    _left: Mapping[tuple[RoomId, UserId], datetime] = field(default_factory=dict)
    """Who had left then, and when, where the provider says that."""

    def is_there(self) -> bool:
        return bool(self.served.by(self._vendor))

    @property
    def _vendor(self) -> Vendor:
        return _SOURCES[self.source][0]

    @property
    def _outside(self) -> OutsideSource:
        return _SOURCES[self.source][1]

    async def compare(self, rest: Rest) -> LookResult:
        """Look: what callbacks have said is read first, so that whoever comes meanwhile is in the list."""
        tenants = self.served.by(self._vendor)
        live = await live_rooms(self.db, {tenant.name for tenant in tenants}, rest)
        seen = await seen_by(self.live, self._outside, rest)
        self._listed = self.clock.now()
        listing = await self.provider.lists.everybody(tenants, live, rest)
        if not listing.is_whole:
            return LookResult(0, (), is_whole=False, reason=listing.reason)
        view = replace(await self._view(live, seen, listing.rooms, rest), left=listing.left)
        self._left = listing.left or {}
        self._since = {
            (UserId(person.identity), room, person.who): person.since
            for room, people in listing.rooms.items()
            for person in people
            if person.since is not None
        }
        ours = [room for room in listing.rooms if room in live or room in view.closed]
        items = len(ours) + len({(one.user, one.room) for one in seen} | _people(listing.rooms, ours))
        return LookResult(items, list(compare_media(self.source, listing.rooms, view)))

    async def _view(
        self,
        live: Mapping[RoomId, TenantName],
        seen: Collection[SeenInMedia],
        listed: Mapping[RoomId, Sequence[MediaPerson]],
        rest: Rest,
    ) -> MediaView:
        asked = dict[RoomId, set[UserId]]()
        for room, people in listed.items():
            if room in live and people:
                asked.setdefault(room, set()).update(UserId(person.identity) for person in people)
        for one in seen:
            if one.room in live:
                asked.setdefault(one.room, set()).add(one.user)
        members = dict[RoomId, Mapping[UserId, Member]]()
        for room, users in asked.items():
            view = await self.live.seat_maps.read(room, sorted(users))
            members[room] = {} if view is None else view.members
            await rest(PAUSE)
        strangers = {
            (room, UserId(person.identity))
            for room, people in listed.items()
            if room in live
            for person in people
            if person.identity not in members.get(room, {})
        }
        guests = [(room, user) for room, user in strangers if await is_guest(self.live, room, user)]
        closed = await self._closed([room for room in listed if room not in live])
        return MediaView(live, closed, members, seen, await self._users({user for _, user in strangers}), guests)

    async def _closed(self, rooms: Sequence[RoomId]) -> Mapping[RoomId, TenantName]:
        """Return those of the rooms that are ours, and not live."""
        found = list[Room]()
        for some in parts(rooms, ROOMS):
            found += await self.db.rooms.some(some)
        names = {tenant.name for tenant in self.served.by(self._vendor)}
        return {room.id: room.tenant for room in found if room.tenant in names}

    async def _users(self, users: Collection[UserId]) -> Mapping[UserId, TenantName]:
        found = dict[UserId, TenantName]()
        for some in parts(sorted(users), ROOMS):
            found |= {user.id: user.tenant for user in await self.db.users.list(some) if user.deleted is None}
        return found

    # --- repairs ---------------------------------------------------------------------------------------------------

    async def repair(self, drift: Drift) -> None:
        tenant = self.served.tenants.get(drift.tenant)
        if tenant is None:
            return
        if drift.case in _SIGHTINGS:
            await self.live.outside.receive([self._sighting(drift)])
        elif drift.case is DriftCase.PARTICIPANT_STRANGER:
            await self._remove(tenant, drift)
        elif drift.case is DriftCase.MEDIA_ROOM_LEFT:
            await self._close(tenant, drift.room)
        elif not may_publish(await self.live.member(drift.room, drift.user)):
            await self.provider.permissions.taken_off_seat(tenant.name, drift.room, drift.user)

    async def _close(self, tenant: Tenant, id: RoomId) -> None:
        """Have a media room closed, unless its room is live by now."""
        room, now = await self.db.rooms.get(id), self.clock.now()
        if room is not None and room.state is RoomStatus.CLOSED:
            await self.db.vendor_work.want(Key(self._vendor, Matter.ROOM, id), tenant.name, now)

    def _sighting(self, drift: Drift) -> Sighting:
        """Return what the list says, as a callback would have said it: as of the time that it gives, or of the look."""
        now, user, room, who = self._listed or self.clock.now(), drift.user, drift.room, drift.detail
        present = drift.case is DriftCase.PARTICIPANT_UNSEEN
        at = self._since.get((user, room, who)) if present else self._left.get((room, user))
        return Sighting(user, self._outside, room, who, min(at or now, now), present)

    async def _remove(self, tenant: Tenant, drift: Drift) -> None:
        """Remove somebody from a room's media, unless they are in the room by now."""
        if not await may_be_there(self.live, drift.room, drift.user):
            await self.provider.control.remove(tenant, drift.room, drift.user)


def _people(listed: Mapping[RoomId, Sequence[MediaPerson]], rooms: Collection[RoomId]) -> set[tuple[UserId, RoomId]]:
    return {(UserId(person.identity), room) for room in rooms for person in listed[room]}
