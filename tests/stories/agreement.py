"""The one judge of what is left behind: members, places, stays and counts have to tell the same story."""

import asyncio
import json
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from liveroom.app.assembly import Core
from liveroom.domain.ids import ROOM_BUCKETS, EntryId, RoomId, SessionId, TenantName, UserId
from liveroom.domain.presence.members import Member, Role, Stay
from liveroom.domain.rooms.model import LiveRoom, Room
from liveroom.domain.rooms.paging import RoomQuery
from tests.worlds import a_moment

_EVERYONE = 100_000
_PAGE = 1000

Held = tuple[RoomId, SessionId, EntryId]
_CAME_AS = {Role.MODERATOR: Role.AUDIENCE, Role.SPEAKER: Role.AUDIENCE}
"""As what a stay names those who are shown as more than they came as."""


@dataclass
class Picture:
    """What each store says of one tenant, taken once everything had its turn."""

    rooms: Mapping[RoomId, Room]
    live: Mapping[RoomId, LiveRoom]
    members: Mapping[RoomId, Sequence[Member]]
    stays: Sequence[Stay]
    past: Mapping[RoomId, set[UserId]]
    entries: Mapping[UserId, set[Held]]
    listed: Mapping[RoomId, Mapping[str, Any]]
    undelivered: int
    held: dict[UserId, set[Held]] = field(default_factory=lambda: defaultdict(set))

    def __post_init__(self) -> None:
        for stay in self.stays:
            self.held[stay.user] |= {(stay.room, session, entry) for session, entry in stay.entries}


async def settle(core: Core) -> None:
    """Do the background work until nothing is left to write."""
    while await core.jobs.relay.run() + await core.jobs.backlog.write_all():
        continue


async def assert_agreement(core: Core, *, within: float = 0, index_may_lag: bool = False) -> None:
    """Fail with every difference between the stores that is still there after so many seconds."""
    deadline = time.monotonic() + within
    while True:
        await settle(core)
        differences = list(differences_in(await picture_of(core), index_may_lag=index_may_lag))
        if not differences or time.monotonic() >= deadline:
            assert not differences, "\n".join(differences)
            return
        await a_moment(0.05)


async def picture_of(core: Core, tenant: TenantName = TenantName("")) -> Picture:
    """Ask every store."""
    rooms = {room.id: room for room in await _all_rooms(core, tenant)}
    live = {room.id: room for room in await core.live.rooms(list(rooms))}
    stays = [stay for bucket in range(ROOM_BUCKETS) for stay in await core.db.stays.open_in_room_bucket(bucket)]
    past = await core.db.stays.past_users([room.broadcast for room in rooms.values()])
    return Picture(
        rooms=rooms,
        live=live,
        members={room: await core.live.members(tenant, room, after=0, offset=0, limit=_EVERYONE) for room in live},
        stays=stays,
        past={room.id: set(past.get(room.broadcast, ())) for room in rooms.values()},
        entries=dict(await asyncio.gather(*(_entries(core, user) for user in await _all_users(core, tenant)))),
        listed=await _listed(core, tenant),
        undelivered=len(await core.db.outbox.due(core.clock.now() + timedelta(days=1), _PAGE)),
    )


def differences_in(picture: Picture, *, index_may_lag: bool = False) -> Iterator[str]:
    """Say each way in which the stores do not agree.

    The index may name places that nobody holds, for as long as their session lives (LIVE.md 1).
    """
    if picture.undelivered:
        yield f"{picture.undelivered} rows of the outbox are not delivered"
    for room in picture.rooms.keys() - picture.live.keys():
        yield f"room {room}: live in SQL, not in the live store"
    for room in picture.listed.keys() - picture.live.keys():
        yield f"room {room}: listed, not live"
    for live in picture.live.values():
        yield from _of_room(picture, live)
    for stay in picture.stays:
        yield from _of_stay(picture, stay)
    for user, entries in picture.entries.items():
        yield from _of_user(user, entries, picture.held[user], index_may_lag)


def _of_user(user: UserId, entries: set[Held], held: set[Held], index_may_lag: bool) -> Iterator[str]:
    if missing := held - entries:
        yield f"user {user}: stay without index {sorted(missing)}"
    if (extra := entries - held) and not index_may_lag:
        yield f"user {user}: index without stay {sorted(extra)}"


def _of_room(picture: Picture, live: LiveRoom) -> Iterator[str]:
    row, members = picture.rooms[live.id], picture.members[live.id]
    open_now = {stay.user for stay in picture.stays if stay.room == live.id and stay.broadcast == live.broadcast}
    named = {member.user for member in members}
    if (live.owner, live.broadcast) != (row.owner, row.broadcast):
        yield f"room {live.id}: owner and broadcast {live.owner}, {live.broadcast}; in SQL {row.owner}, {row.broadcast}"
    if named != open_now:
        yield f"room {live.id}: members without stay {named - open_now}, stays without member {open_now - named}"
    if live.members != len(members) or len(named) != len(members):
        yield f"room {live.id}: nnUsers {live.members}, but {len(members)} members, {len(named)} of them different"
    if live.joined != len(open_now | picture.past[live.id]):
        yield f"room {live.id}: totalJoined {live.joined}, attendance {len(open_now | picture.past[live.id])}"
    if [member.order for member in members] != sorted({member.order for member in members}):
        yield f"room {live.id}: members are not in the order of joining"
    yield from _of_list(picture, live)


def _of_list(picture: Picture, live: LiveRoom) -> Iterator[str]:
    card = picture.listed.get(live.id)
    if (card is None) is not live.hidden:
        yield f"room {live.id}: hidden {live.hidden}, listed {card is not None}"
    if card is not None and (card["nnUsers"], card["totalJoined"]) != (live.members, live.joined):
        yield f"room {live.id}: listed with {card['nnUsers']}, {card['totalJoined']}; has {live.members}, {live.joined}"


def _of_stay(picture: Picture, stay: Stay) -> Iterator[str]:
    room = picture.rooms.get(stay.room)
    if room is None or room.broadcast != stay.broadcast:
        yield f"stay {stay.id} of {stay.user} in {stay.room} is open, its broadcast is over"
        return
    if not stay.entries:
        yield f"stay {stay.id} of {stay.user} in {stay.room} is open without a place"
    roles = {member.user: _CAME_AS.get(member.role, member.role) for member in picture.members.get(stay.room, ())}
    if roles.get(stay.user, Role.AUDIENCE) != stay.role:
        yield f"stay {stay.id} of {stay.user} in {stay.room}: {stay.role}, as a member {roles.get(stay.user)}"


async def _all_rooms(core: Core, tenant: TenantName) -> list[Room]:
    found: list[Room] = []
    while page := await core.db.rooms.live(tenant, found[-1].id if found else RoomId(""), _PAGE):
        found += page
    return found


async def _all_users(core: Core, tenant: TenantName) -> list[UserId]:
    found: list[UserId] = []
    while page := await core.db.users.page(tenant, found[-1] if found else UserId(""), _PAGE):
        found += [user.id for user in page]
    return found


async def _entries(core: Core, user: UserId) -> tuple[UserId, set[Held]]:
    return user, {(entry.room, entry.session, entry.id) for entry in await core.live.entries(user)}


async def _listed(core: Core, tenant: TenantName) -> dict[RoomId, Mapping[str, Any]]:
    found: dict[RoomId, Mapping[str, Any]] = {}
    cursor = ""
    while True:
        page = await core.services.listings.rooms(RoomQuery(tenant, cursor=cursor))
        found |= {RoomId(card["roomId"]): card for card in json.loads(b"[" + page.cards + b"]")}
        cursor = page.cursor
        if not cursor:
            return found
