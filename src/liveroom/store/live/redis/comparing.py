"""Compares the index with members, a bucket at a time: what a loss or an outage has left apart."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from typing import Final, NamedTuple, TypeVar

from liveroom.domain.ids import ROOM_BUCKETS, RoomId, UserId
from liveroom.domain.moments import milliseconds
from liveroom.domain.parts import parts
from liveroom.domain.presence.members import PresenceEntry
from liveroom.ports import Difference, Repair, SeenOutside
from liveroom.ports.comparing import COMPARING
from liveroom.store.live.judging import Named, judged
from liveroom.store.live.redis.core import RedisCore
from liveroom.store.live.redis.keys import COMPARED, ROOMS, USERS, RoomKeys
from liveroom.store.live.redis.records import UserRow, read_member, read_user
from liveroom.store.live.redis.schema.arguments.buckets import ClaimComparingArguments, WalkArguments
from liveroom.store.live.redis.schema.hashes import FACTS
from liveroom.store.live.redis.users import RedisUsers

_PART: Final = 500
_ROOMS_AT_ONCE: Final = 50
"""Rooms whose members one script reads."""
_ENTRIES_AT_ONCE: Final = 2000
"""Places that are compared at once: so many share the reads of their users' records."""


T = TypeVar("T")


class HeldEntries(NamedTuple):
    """A presence entry of a member, and when they joined, in the store's time."""

    entry: PresenceEntry
    joined: int


class RedisComparing:
    """See ``ports.Comparing``."""

    def __init__(self, core: RedisCore, users: RedisUsers) -> None:
        self._core = core
        self._users = users
        self._reconnections = core.caller.reconnections

    async def claim(self, who: str) -> str | None:
        connections = self._core.caller.reconnections
        doubtful = self._core.has_restored or connections != self._reconnections
        args = ClaimComparingArguments(who=who, lease=milliseconds(COMPARING), doubtful=int(doubtful))
        self._core.has_restored = False
        try:
            offset = self._core.offset()
            doubt: bytes | None = await self._core.caller.run("claim_comparing", (COMPARED,), offset, *args)
        except BaseException:
            self._core.has_restored = doubtful
            raise
        self._reconnections = connections
        return None if doubt is None else doubt.decode()

    async def differences(self, part: int) -> Sequence[Difference]:
        if part < ROOM_BUCKETS:
            return await _by_parts(self._members(part), self._compare_members)
        return await _by_parts(self._entries(part - ROOM_BUCKETS), self._compare_entries)

    async def rooms(self, bucket: int) -> Sequence[RoomId]:
        return [RoomId(name.decode()) async for page in self._names(bucket) for name in page]

    async def seen(self, bucket: int) -> Sequence[SeenOutside]:
        return [
            SeenOutside(one.source, user, one.room, one.who)
            async for page in self._records(bucket)
            for user, row in page
            for one in [kept.value() for kept in row.outside]
            if one.room is not None and one.vouches and one.is_there()
        ]

    async def _names(self, bucket: int) -> AsyncIterator[Sequence[bytes]]:
        """Yield the live rooms of a bucket; one may come twice."""
        keys, cursor = ROOMS[bucket], b""
        while cursor != b"0":
            read, walk = (keys.facts, keys.rooms), WalkArguments(cursor=cursor or b"0", most=_PART)
            cursor, names = await self._core.in_room_bucket("walk_rooms", bucket, read, *walk)
            yield names

    async def _records(self, bucket: int) -> AsyncIterator[Sequence[tuple[UserId, UserRow]]]:
        """Yield the users of a bucket with their records; one may come twice."""
        keys, cursor = USERS[bucket], b""
        while cursor != b"0":
            read, walk = (keys.facts, keys.users), WalkArguments(cursor=cursor or b"0", most=_PART)
            cursor, pairs = await self._core.in_user_bucket("walk_members", bucket, read, *walk)
            users = zip(pairs[::2], pairs[1::2], strict=True)
            yield [(UserId(user.decode()), read_user(packed)) for user, packed in users]

    # --- from the members to the index -----------------------------------------------------------------------------

    async def _members(self, bucket: int) -> AsyncIterator[Sequence[HeldEntries]]:
        """Yield the presence entries of all members of a bucket."""
        keys = ROOMS[bucket]
        async for names in self._names(bucket):
            for some in parts(names, _ROOMS_AT_ONCE):
                rooms = [RoomKeys(RoomId(name.decode())) for name in some]
                members = [room.members for room in rooms]
                pages = await self._core.in_room_bucket(
                    "walk_many", bucket, (keys.facts,), *members, _PART, more=len(rooms)
                )
                for name, room, (after, pairs) in zip(some, rooms, pages, strict=True):
                    id = RoomId(name.decode())
                    yield _held(id, pairs)
                    async for page in self._rest(room, after):
                        yield _held(id, page)

    async def _rest(self, room: RoomKeys, after: bytes) -> AsyncIterator[Sequence[bytes]]:
        """Yield the members of a crowd, from where its first page ended."""
        read = (room.facts, room.members)
        while after != b"0":
            walk = WalkArguments(cursor=after, most=_PART)
            after, pairs = await self._core.in_room_bucket("walk_members", room.number, read, *walk)
            yield pairs

    async def _compare_members(self, held: Sequence[HeldEntries]) -> Sequence[Difference]:
        """Return what the records say otherwise; they are read later than the members."""
        records = await self._users.records([entry.user for entry, _ in held])
        found: list[Difference] = []
        for entry, joined in held:
            row, now = records.get(entry.user, (_NOBODY, 0))
            if _is_fine(entry, row):
                continue
            is_named = any(known.id == entry.id for known in row.entries)
            reloaded = not is_named and await self._is_reloaded(entry.room, joined, now)
            vouched = any(one.alive and one.vouches_for(entry.session, entry.room) for one in row.sources(now))
            repair, heir = judged(entry, _index(entry.user, row), reloaded=reloaded, vouched=vouched)
            if repair is not None and (heir is None or await self._holds(heir)):
                found.append(Difference(entry, repair))
        return found

    async def _is_reloaded(self, room: RoomId, joined: int, now: int) -> bool:
        """Say whether the room's bucket was filled again a while ago, with somebody who had joined before."""
        facts = RoomKeys(room).facts
        held = int(await self._core.caller.command(facts, "HGET", facts, FACTS["held_until"]) or 0)
        return now < held and joined < held - self._core.waits.keepalive

    async def _holds(self, entry: PresenceEntry) -> bool:
        member = await self._core.member(entry.room, entry.user)
        return member is not None and entry.id in member.entries

    # --- from the index to the members -----------------------------------------------------------------------------

    async def _entries(self, bucket: int) -> AsyncIterator[Sequence[PresenceEntry]]:
        """Yield the presence entries that the records of a bucket name and that are to stay."""
        async for users in self._records(bucket):
            page: list[PresenceEntry] = []
            for user, row in users:
                if row.entries:
                    page += [one.entry for one in _index(user, row) if not one.heir and not one.going]
            yield page

    async def _compare_entries(self, entries: Sequence[PresenceEntry]) -> Sequence[Difference]:
        by_bucket: dict[int, list[tuple[RoomKeys, PresenceEntry]]] = {}
        for entry in entries:
            keys = RoomKeys(entry.room)
            by_bucket.setdefault(keys.number, []).append((keys, entry))
        found = await asyncio.gather(*(self._unheld(bucket, asked) for bucket, asked in by_bucket.items()))
        return [Difference(entry, Repair.DROP) for part in found for entry in part]

    async def _unheld(self, bucket: int, asked: Sequence[tuple[RoomKeys, PresenceEntry]]) -> Sequence[PresenceEntry]:
        keys = [key for room, _ in asked for key in (room.room, room.members)]
        read = (ROOMS[bucket].facts,)
        users = [entry.user for _, entry in asked]
        answer = await self._core.in_room_bucket("read_held", bucket, read, *keys, *users, more=len(keys))
        found: list[PresenceEntry] = []
        for (_, entry), is_live, packed in zip(asked, answer[::2], answer[1::2], strict=True):
            held = packed is not None and entry.id in read_member(packed).entries
            if not held and is_live:
                found.append(entry)
        return found


def _held(room: RoomId, pairs: Sequence[bytes]) -> Sequence[HeldEntries]:
    found: list[HeldEntries] = []
    for user, packed in zip(pairs[::2], pairs[1::2], strict=True):
        member = read_member(packed)
        found += [HeldEntries(entry, member.joined) for entry in member.named(UserId(user.decode()), room)]
    return found


async def _by_parts(
    pages: AsyncIterator[Sequence[T]], compare: Callable[[Sequence[T]], Awaitable[Sequence[Difference]]]
) -> Sequence[Difference]:
    found: list[Difference] = []
    waiting: list[T] = []
    async for page in pages:
        waiting += page
        while len(waiting) >= _ENTRIES_AT_ONCE:
            found += await compare(waiting[:_ENTRIES_AT_ONCE])
            del waiting[:_ENTRIES_AT_ONCE]
    return [*found, *await compare(waiting)]


_NOBODY: Final = UserRow(False, "", 0, [], [])


def _is_fine(entry: PresenceEntry, row: UserRow) -> bool:
    """Say whether a record with nothing but this presence entry names it: nearly all do."""
    if len(row.entries) != 1:
        return False
    only = row.entries[0]
    return only.id == entry.id and not only.going and not only.replaced_by


def _index(user: UserId, row: UserRow) -> list[Named]:
    return [
        Named(entry, str(known.replaced_by) if known.replaced_by else None, known.going > 0)
        for entry, known in zip(row.named(user), row.entries, strict=True)
    ]
