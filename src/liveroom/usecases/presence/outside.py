"""What vendors report of users and rooms (LIVE.md 5): used as signs of life, never as a way to become a member."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, NamedTuple

import structlog

from liveroom.domain.errors import PermissionDenied, RoomNotFound
from liveroom.domain.ids import TenantName, UserId
from liveroom.domain.media.model import ALL, may_publish, publishes
from liveroom.domain.parts import parts
from liveroom.domain.presence.members import Member
from liveroom.domain.presence.outside import (
    AHEAD,
    EVERYBODY,
    LATEST_START,
    GroupDestroyed,
    MediaEnded,
    MediaJoined,
    MediaPublished,
    OutsideReport,
    Sighting,
)
from liveroom.domain.rooms.model import CloseReason, Room, RoomStatus
from liveroom.domain.tenants.model import Tenant
from liveroom.domain.vendors.model import VendorFailure
from liveroom.ports import Clock, Database, HasGroup, Live
from liveroom.usecases.events.relay import OutboxRelay
from liveroom.usecases.media.participants import PublishPermissions
from liveroom.usecases.media.returning import Returning
from liveroom.usecases.moderation.labels import VendorLabels
from liveroom.usecases.presence.callback_notes import CallbackNotes
from liveroom.usecases.recordings.reports import RecordingReports
from liveroom.usecases.rooms.broadcasts import Broadcasts
from liveroom.usecases.tenants.registry import Tenancy

log = structlog.get_logger("liveroom.outside")

WORDS: Final = 1000
"""How many sightings of one report are used."""
_USERS: Final = 100
_MEMBERS: Final = 500
_ENDED: Final = 5000
"""How many members are looked at when media ends for everybody; the vendor also reports each one."""


@dataclass(frozen=True, slots=True)
class DestroyedGroups:
    """Closes rooms whose group at the vendor is gone. ``has_group`` asks the vendor, where we make groups and end them
    ourselves.
    """

    db: Database
    broadcasts: Broadcasts
    relay: OutboxRelay
    has_group: HasGroup | None = None

    async def close(self, group: GroupDestroyed, tenants: dict[TenantName, Tenant]) -> None:
        """Close the room whose group its owner has destroyed."""
        room = await self.db.rooms.get(group.room)
        if room is None or room.tenant not in tenants or not await self._is_over(group, room, tenants[room.tenant]):
            return
        committed = await self.broadcasts.close(room.id, CloseReason.DESTROYED, broadcast=room.broadcast)
        if committed is not None and committed.row is not None:
            log.info("outside.room_closed", room=room.id, broadcast=room.broadcast)
            await self.relay.deliver_later([committed.row])

    async def _is_over(self, group: GroupDestroyed, room: Room, tenant: Tenant) -> bool:
        """Say whether the group was the running broadcast's and is really gone.

        What we dissolve ourselves comes back like this too, perhaps when the host is live again with a new group.
        """
        is_ours = group.by_server and self.has_group is not None
        if room.state is not RoomStatus.LIVE or group.at < room.opened or is_ours:
            return False
        if group.owner is not None and group.owner not in (room.owner, room.holder):
            log.info("outside.group_of_another", room=room.id, owner=group.owner)
            return False
        if self.has_group is None:
            return True
        try:
            is_there = await self.has_group(tenant, room.id)
        except VendorFailure as failure:
            log.warning("outside.group_unconfirmed", room=room.id, cause=str(failure))
            return False
        if is_there:
            log.info("outside.group_is_there", room=room.id)
        return not is_there


class VendorRecords(NamedTuple):
    """What does not change who is where: findings of content moderation, what was said of rooms, and recordings."""

    labels: VendorLabels
    notes: CallbackNotes
    recordings: RecordingReports


class MediaEnforcement(NamedTuple):
    """What is done about users who are in media rooms, or send there, and may not."""

    publish_permissions: PublishPermissions
    returning: Returning


@dataclass(frozen=True, slots=True)
class Outside:
    """Takes reports up."""

    db: Database
    live: Live
    clock: Clock
    tenants: Tenancy
    enforcement: MediaEnforcement
    groups: DestroyedGroups
    records: VendorRecords

    async def receive(self, report: OutsideReport) -> None:
        """Use a vendor's report; using it twice changes nothing. Raises ``PermissionDenied`` for an unknown
        application."""
        tenants = self._of(report.sdk_app_id)
        if not tenants:
            raise PermissionDenied("the SDKAppID is no tenant's")
        words = await self._ours(report.sightings, tenants)
        if words:
            await self.live.outside.receive(words)
        await self._media(report, words, tenants)
        if report.group is not None:
            await self.groups.close(report.group, tenants)
        if report.recorder is not None:
            await self.records.recordings.receive(report.recorder, report.recordings, tenants)
        if report.labels:
            await self.records.labels.add(report.labels, tenants)
        self.records.notes.add(report._replace(sightings=words), frozenset(tenants))

    def _of(self, sdk_app_id: int | None) -> dict[TenantName, Tenant]:
        """Return the tenants that have the application."""
        return {
            tenant.name: tenant
            for tenant in self.tenants.all()
            if sdk_app_id is None or (sdk_app_id and tenant.sdk_app_id == sdk_app_id)
        }

    async def _ours(self, words: Sequence[Sighting], tenants: Iterable[TenantName]) -> Sequence[Sighting]:
        """Return the sightings of these tenants' users, without starts that are too old to be sure of.

        Applications also have accounts that are not our users: administrators, robots, recorders.
        """
        now = self.clock.now()
        timed = [self._timed(word, now) for word in words[:WORDS]]
        fresh = [word for word in timed if not word.present or word.at >= now - LATEST_START]
        known = await self._users({word.user for word in fresh}, frozenset(tenants))
        return [word for word in fresh if word.user in known]

    def _timed(self, word: Sighting, now: datetime) -> Sighting:
        """Return a sighting from the future as one of now, so that later ones can be newer."""
        return word._replace(at=now) if word.at > now + AHEAD else word

    async def _users(self, ids: set[UserId], tenants: frozenset[TenantName]) -> set[UserId]:
        asked, known = sorted(ids), set[UserId]()
        for some in parts(asked, _USERS):
            users = await self.db.users.list(some)
            known |= {user.id for user in users if user.tenant in tenants and user.deleted is None}
        return known

    # --- media rooms -----------------------------------------------------------------------------------------------

    async def _media(
        self, report: OutsideReport, words: Sequence[Sighting], tenants: Mapping[TenantName, Tenant]
    ) -> None:
        """Use what is said of media rooms."""
        for ended in (report.began, report.media):
            if ended is not None:
                await self._end_media(ended, tenants)
        if report.published is not None:
            await self._hold(report.published, tenants)
        if report.joined is not None and words:
            await self._match(report.joined, tenants)
        await self.enforcement.returning.see(words, tenants)

    async def _end_media(self, ended: MediaEnded, tenants: Iterable[TenantName]) -> None:
        """End the sightings of members in the room's media."""
        room = await self.live.room(ended.room)
        if room is None or room.tenant not in frozenset(tenants):
            return
        at = min(ended.at, self.clock.now())
        after = 0
        for _ in range(0, _ENDED, _MEMBERS):
            try:
                members = await self.live.members(room.tenant, room.id, after=after, offset=0, limit=_MEMBERS)
            except RoomNotFound:
                return
            await self.live.outside.receive([_gone(member, ended, at) for member in members])
            if len(members) < _MEMBERS:
                return
            after = members[-1].order
        log.warning("outside.too_many_members", room=room.id, members=room.members, looked_at=_ENDED)

    async def _hold(self, published: MediaPublished, tenants: Iterable[TenantName]) -> None:
        """Restrict a user who sends more than they may now: their token is from a time when they might."""
        room = await self.live.room(published.room)
        if room is None or room.tenant not in frozenset(tenants):
            return
        if not await self._users({published.user}, frozenset([room.tenant])):
            return
        member = await self.live.member(room.id, published.user)
        if not may_publish(member):
            await self.enforcement.publish_permissions.taken_off_seat(room.tenant, room.id, published.user)
        elif publishes(member) != ALL:
            await self.enforcement.publish_permissions.changed(room.tenant, room.id, published.user)

    async def _match(self, joined: MediaJoined, tenants: Iterable[TenantName]) -> None:
        """Give a user who joins by an old credential what they may send now, be it more or less."""
        member = await self.live.member(joined.room, joined.user)
        if joined.sends == (member is not None and publishes(member).anything):
            return
        room = await self.live.room(joined.room)
        if room is not None and room.tenant in frozenset(tenants):
            await self.enforcement.publish_permissions.changed(room.tenant, room.id, joined.user)


def _gone(member: Member, ended: MediaEnded, at: datetime) -> Sighting:
    return Sighting(member.user, ended.source, ended.room, EVERYBODY, at, present=False)
