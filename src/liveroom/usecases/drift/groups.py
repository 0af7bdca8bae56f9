"""Groups at Tencent IM against rooms (``domain.drift.groups``)."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from liveroom.domain.drift.groups import GroupView, ListedMembers, compare_groups
from liveroom.domain.drift.media import SeenInMedia
from liveroom.domain.drift.model import Drift, DriftCase, DriftSource
from liveroom.domain.ids import ROOM_BUCKETS, RoomId, TenantName, UserId
from liveroom.domain.parts import parts
from liveroom.domain.presence.outside import OutsideSource, Sighting
from liveroom.domain.rooms.model import RoomStatus
from liveroom.domain.tenants.model import Tenant
from liveroom.domain.vendors.model import Key, Matter, Vendor
from liveroom.ports import Clock, Database, GroupLists, Live, LookResult, Rest
from liveroom.usecases.drift.reading import PAUSE, ROOMS, live_rooms, seen_by
from liveroom.usecases.tenants.served import ServedTenants


@dataclass(slots=True)
class GroupDrift:
    """``ports.Reconciled``."""

    db: Database
    live: Live
    clock: Clock
    served: ServedTenants
    lists: GroupLists
    source: DriftSource = DriftSource.IM
    _listed: datetime | None = None
    """When the last look began."""

    def is_there(self) -> bool:
        return bool(self.served.by(Vendor.IM))

    async def compare(self, rest: Rest) -> LookResult:
        """Look: SQL and what callbacks have said are read first, so that whoever comes meanwhile is in the lists."""
        tenants = {tenant.name: tenant for tenant in self.served.by(Vendor.IM)}
        live = await live_rooms(self.db, tenants, rest)
        seen = {one for one in await seen_by(self.live, OutsideSource.IM_GROUP, rest) if one.room in live}
        self._listed = self.clock.now()
        groups = set[RoomId]()
        for tenant in tenants.values():
            groups |= set(await self.lists.groups(tenant, rest))
        listed = dict[RoomId, ListedMembers]()
        for room in sorted(groups & set(live)):
            online = await self.lists.online_members(tenants[live[room]], room)
            if online is not None:
                listed[room] = online
            await rest(PAUSE)
        under_way = await self._under_way(rest)
        others = await self._others([room for room in groups if room not in live], tenants)
        members = await self._members(listed, seen, rest)
        people = {(room, user) for room, online in listed.items() for user in online.users} | {one[:2] for one in seen}
        view = GroupView(live, others, under_way, members, seen)
        items = len(set(live) | set(others)) + len(people)
        return LookResult(items, list(compare_groups(groups, listed, view)))

    async def _under_way(self, rest: Rest) -> Collection[RoomId]:
        found = set[RoomId]()
        for bucket in range(ROOM_BUCKETS):
            works = await self.db.vendor_work.of_rooms(bucket)
            found |= {RoomId(work.key.subject) for work in works if work.waits or work.failed is not None}
            await rest(0)
        return found

    async def _others(self, rooms: Sequence[RoomId], tenants: Collection[TenantName]) -> Mapping[RoomId, TenantName]:
        """Return those of the rooms that are ours, and have been live once."""
        found = dict[RoomId, TenantName]()
        for some in parts(rooms, ROOMS):
            for room in await self.db.rooms.some(some):
                if room.tenant in tenants and room.state is RoomStatus.CLOSED:
                    found[room.id] = room.tenant
        return found

    async def _members(
        self, listed: Mapping[RoomId, ListedMembers], seen: Collection[SeenInMedia], rest: Rest
    ) -> Mapping[RoomId, Collection[UserId]]:
        asked = {room: set(online.users) for room, online in listed.items() if online.users}
        for one in seen:
            asked.setdefault(one.room, set()).add(one.user)
        members = dict[RoomId, Collection[UserId]]()
        for room, users in asked.items():
            view = await self.live.seat_maps.read(room, sorted(users))
            members[room] = () if view is None else view.members
            await rest(0)
        return members

    async def repair(self, drift: Drift) -> None:
        tenant = self.served.tenants.get(drift.tenant)
        if tenant is None:
            return
        if drift.case in (DriftCase.GROUP_MEMBER_UNSEEN, DriftCase.GROUP_MEMBER_GONE):
            present, at = drift.case is DriftCase.GROUP_MEMBER_UNSEEN, self._listed or self.clock.now()
            sighting = Sighting(drift.user, OutsideSource.IM_GROUP, drift.room, "", at, present)
            await self.live.outside.receive([sighting])
        if drift.case in (DriftCase.GROUP_MISSING, DriftCase.GROUP_LEFT):
            await self._work_on(drift, tenant)

    async def _work_on(self, drift: Drift, tenant: Tenant) -> None:
        """Have a group made again or dissolved, as the room's own row says by then."""
        key, now = Key(Vendor.IM, Matter.ROOM, drift.room), self.clock.now()
        if drift.case is DriftCase.GROUP_MISSING:
            await self.db.vendor_work.forget_achieved(key)
        await self.db.vendor_work.want(key, tenant.name, now)
