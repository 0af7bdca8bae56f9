"""Looking rooms up for the operator: by state, by host, by words, and their past broadcasts. Nothing is changed."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, NamedTuple

from liveroom.domain.errors import BadRequest
from liveroom.domain.ids import RoomId, TenantName, UserId
from liveroom.domain.rooms.model import Broadcast, Room, RoomStatus
from liveroom.domain.rooms.paging import cursor_number, cut
from liveroom.domain.rooms.search import LOOKED_AT, UNLISTED, words_of
from liveroom.ports import Database, Live
from liveroom.usecases.accounts.searching import UserSearch
from liveroom.usecases.rooms.admin import AdminRooms, Overseen
from liveroom.usecases.rooms.searching import with_all

_HOSTS: Final = 20
"""Hosts of a name whose rooms are looked at."""
_ROOMS: Final = 50
"""Rooms of one host that are looked at."""
_PART: Final = 500
_PARTS: Final = 10
"""Parts of the live rooms that one call looks through for hidden ones."""


class RoomFilter(StrEnum):
    """Which rooms are looked for."""

    ANY = ""
    LIVE = "live"
    CLOSED = "closed"
    RESERVED = "reserved"
    HIDDEN = "hidden"
    """Live, and on no list at the moment: its hosts are away, or the operator hides it for this broadcast."""
    BARRED = "barred"
    """On no list, in whatever broadcast."""


class RoomSought(NamedTuple):
    """What rooms are looked for by; "" leaves it open."""

    text: str = ""
    """An id, or words of title, host's name and category."""
    host: str = ""
    """The id of the user who owns or holds it."""
    category: str = ""
    state: RoomFilter = RoomFilter.ANY


@dataclass(frozen=True, slots=True)
class RoomOversight:
    """Finds rooms and broadcasts of a tenant."""

    db: Database
    live: Live
    rooms: AdminRooms
    users: UserSearch

    async def search(
        self, tenant: TenantName, sought: RoomSought, *, cursor: str, limit: int
    ) -> tuple[Sequence[Overseen], str]:
        """Return rooms and the next page's cursor: with a text or a host, those found by it; else all of the state, by
        their ids. A page may be short before the last one.

        By words, at most ``LOOKED_AT`` rooms are found: of closed ones those that have been live since the index has
        such. Raises ``BadRequest``.
        """
        if not sought.text and not sought.host:
            return await self._all(tenant, sought, cursor, limit)
        offset = _offset(cursor)
        found = await self._named(tenant, sought) if sought.text else await self._hosted(UserId(sought.host))
        fitting = await self._fitting([room for room in found if room.tenant == tenant], sought)
        page = await self.rooms.seen(fitting[offset : offset + limit])
        return page, str(offset + limit) if offset + limit < len(fitting) else ""

    async def broadcasts(
        self, tenant: TenantName, *, room: RoomId | None, owner: UserId | None, cursor: str, limit: int
    ) -> tuple[Sequence[Broadcast], str]:
        """Return broadcasts of a room, else those that a user opened, the newest first, and the next page's cursor."""
        if room is not None:
            found = await self.db.broadcasts.of_room(room, cursor, limit + 1)
        else:
            found = await self.db.broadcasts.of_owner(owner or UserId(""), cursor, limit + 1)
        ours = [one for one in found if one.tenant == tenant]
        return cut(ours, limit, lambda one: one.id)

    async def of_user(
        self, tenant: TenantName, user: UserId, *, cursor: str, limit: int
    ) -> tuple[Sequence[Overseen], str]:
        """Return the rooms that a user owns or may open, by their ids, and the next page's cursor."""
        ids = await self.db.personal_data.rooms(user, RoomId(cursor), limit + 1)
        page, following = cut(ids, limit, str)
        rooms = [room for room in await self.db.rooms.some(page) if room.tenant == tenant]
        return await self.rooms.seen(sorted(rooms, key=lambda room: room.id)), following

    async def _all(
        self, tenant: TenantName, sought: RoomSought, cursor: str, limit: int
    ) -> tuple[Sequence[Overseen], str]:
        """Look through the rooms of a state until a page is full, or long enough."""
        found: list[Room] = []
        part = limit + 1 if not sought.category and sought.state is not RoomFilter.HIDDEN else _PART
        for _ in range(_PARTS):
            rooms = await self._part(tenant, sought.state, RoomId(cursor), part)
            fitting = {room.id for room in await self._fitting(rooms, sought)}
            for room in rooms:
                if len(found) == limit:
                    return await self.rooms.seen(found), cursor
                cursor = room.id
                if room.id in fitting:
                    found.append(room)
            if len(rooms) < part:
                return await self.rooms.seen(found), ""
        return await self.rooms.seen(found), cursor

    async def _fitting(self, rooms: Sequence[Room], sought: RoomSought) -> Sequence[Room]:
        """Return those that are looked for, in the same order; the live store is asked only which are hidden."""
        fitting = [room for room in rooms if _fits(room, sought)]
        if sought.state is not RoomFilter.HIDDEN:
            return fitting
        seen = await self.rooms.seen(fitting)
        return [room for room, live, _ in seen if room.aside or (live is not None and live.hidden)]

    async def _part(self, tenant: TenantName, state: RoomFilter, after: RoomId, limit: int) -> Sequence[Room]:
        if state is RoomFilter.BARRED:
            return await self.db.rooms.barred(tenant, after, limit)
        status = {RoomFilter.CLOSED: RoomStatus.CLOSED, RoomFilter.RESERVED: RoomStatus.RESERVED}
        return await self.db.rooms.of_state(tenant, status.get(state, RoomStatus.LIVE), after, limit)

    async def _named(self, tenant: TenantName, sought: RoomSought) -> Sequence[Room]:
        """Return rooms that a text names: by their id, by words, then by their host's id or name."""
        words = words_of(sought.text)
        if not words:
            raise BadRequest("text: needs a letter or a digit")
        ids = [RoomId(sought.text.strip())]
        for mark in ("", UNLISTED):
            ids += (await with_all(self.db.room_terms, tenant, [mark + word for word in words]))[:LOOKED_AT]
        hosts, _ = await self.users.find(tenant, sought.text, offset=0, limit=_HOSTS)
        for host in hosts:
            ids += await self.db.personal_data.rooms(host.id, RoomId(""), _ROOMS)
        wanted = list(dict.fromkeys(ids))[: 2 * LOOKED_AT]
        rooms = {room.id: room for room in await self.db.rooms.some(wanted)}
        return [rooms[id] for id in wanted if id in rooms]

    async def _hosted(self, host: UserId) -> Sequence[Room]:
        ids = await self.db.personal_data.rooms(host, RoomId(""), 2 * LOOKED_AT)
        return sorted(await self.db.rooms.some(ids), key=lambda room: room.id)


def _fits(room: Room, sought: RoomSought) -> bool:
    """Say whether a room is of the host, category and stored state that are looked for."""
    if sought.host and sought.host not in (room.owner, room.holder):
        return False
    if sought.category and room.category != sought.category:
        return False
    if sought.state is RoomFilter.HIDDEN:
        return room.state is RoomStatus.LIVE
    if sought.state is RoomFilter.BARRED:
        return room.delisted
    return sought.state is RoomFilter.ANY or room.state.value == sought.state.value


def _offset(cursor: str) -> int:
    return cursor_number(cursor, 4) if cursor else 0
