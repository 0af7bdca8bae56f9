"""User buckets: sessions, presence entries, presence, and expiry. The rules are in ``lua/modules/users.lua``."""

import asyncio
from collections.abc import Callable, Sequence
from typing import Final

from liveroom.domain.accounts.sessions import EndedSessions
from liveroom.domain.accounts.users import Profile
from liveroom.domain.errors import LiveUnavailable, TokenInvalid
from liveroom.domain.ids import USER_BUCKETS, RoomId, UserId, user_bucket
from liveroom.domain.moments import moment
from liveroom.domain.presence.members import PresenceEntry
from liveroom.domain.presence.signs import Source
from liveroom.ports import ClaimedPresence, PresenceClaim
from liveroom.store.live.redis.core import REMEMBERED, RedisCore
from liveroom.store.live.redis.joining import ScriptCall
from liveroom.store.live.redis.keys import USERS
from liveroom.store.live.redis.records import (
    UserRow,
    pack,
    read_blockers,
    read_going,
    read_taken,
    read_user,
    user_entries,
    write_blockers,
)
from liveroom.store.live.redis.renewals import Renewals, kind
from liveroom.store.live.redis.schema.arguments.users import (
    DropEntriesArguments,
    EndSessionsArguments,
    ExpireUsersArguments,
    PutProfileArguments,
    TakeEntryArguments,
)
from liveroom.store.live.redis.schema.given import NamedEntryRow
from liveroom.store.live.redis.servers import RUN_ID
from liveroom.store.live.redis.wire import Word

WORK: Final = 200
"""Places of a bucket that one expiry names, and that one call drops."""
LOOKS: Final = 2000
"""Users of a bucket at whom one expiry looks; most have renewed their lease since they were noted."""
_MOST_WAITING: Final = 65_536
"""Places that wait to be dropped while the store is down."""
_WAVE: Final = 32
"""The most buckets whose places are expired at once."""


class RedisUsers:
    """All user buckets. ``renewals`` is told of signs of life that came along with something else."""

    def __init__(self, core: RedisCore, renewals: Renewals) -> None:
        self._core = core
        self._renewals = renewals
        self._turn = 0
        self._over: list[PresenceEntry] = []

    # --- sessions --------------------------------------------------------------------------------------------------

    async def end_sessions(self, ended: EndedSessions) -> None:
        args = EndSessionsArguments(
            user=ended.user,
            sessions=pack(list(ended.sessions)),
            at=moment(ended.at),
            original_before="" if ended.original_before is None else moment(ended.original_before),
            remembered=REMEMBERED,
        )
        await self._core.users("end_sessions", user_bucket(ended.user), *args)

    async def put_profile(
        self, user: UserId, profile: Profile, blockers: Sequence[UserId], *, first: bool
    ) -> Sequence[RoomId]:
        """Keep the profile with the record, if there is one; return the rooms that it names."""
        args = PutProfileArguments(
            user=user,
            name=profile.name,
            avatar=profile.avatar,
            blockers=write_blockers(blockers),
            first=int(first),
        )
        rooms = await self._core.users("put_profile", user_bucket(user), *args)
        return list(dict.fromkeys(RoomId(room.decode()) for room in rooms))

    # --- presence entries ---------------------------------------------------------------------------------------------

    async def claim_presence(self, presence_claim: PresenceClaim) -> ClaimedPresence:
        heartbeat = presence_claim.heartbeat
        args = TakeEntryArguments(
            user=heartbeat.user,
            session=heartbeat.session,
            kind=kind(heartbeat),
            issued=moment(heartbeat.issued),
            room=presence_claim.room,
            entry=presence_claim.entry,
            host=int(presence_claim.host),
        )
        answer = await self._core.users("take_entry", user_bucket(heartbeat.user), *args)
        if answer is None:
            raise TokenInvalid
        self._renewals.came_along(heartbeat)
        taken = read_taken(answer)
        avatar, blockers = taken.avatar if isinstance(taken.avatar, tuple) else (taken.avatar, "")
        profile = Profile(taken.name, avatar) if isinstance(taken.name, str) else None
        former = tuple(user_entries(taken.former))
        return ClaimedPresence(taken.id, profile, former, taken.keepalive == 1, read_blockers(blockers))

    async def drop_entries(self, entries: Sequence[PresenceEntry]) -> None:
        await self._call_for("drop_entries", entries, lambda rows: DropEntriesArguments(entries=pack(rows), refused=0))

    async def give_back(self, entry: PresenceEntry) -> None:
        await self._call_for("drop_entries", [entry], lambda rows: DropEntriesArguments(entries=pack(rows), refused=1))

    async def spare_entries(self, entries: Sequence[PresenceEntry]) -> None:
        """Let presence entries stay that were told to go."""
        await self._call_for("spare_entries", entries, lambda rows: (pack(rows),))

    async def _call_for(
        self,
        script: str,
        entries: Sequence[PresenceEntry],
        args: Callable[[Sequence[NamedEntryRow]], tuple[Word, ...]],
    ) -> None:
        """Call a script with the entries of each bucket, some at a time."""
        by_bucket: dict[int, list[NamedEntryRow]] = {}
        for entry in entries:
            by_bucket.setdefault(user_bucket(entry.user), []).append(NamedEntryRow(entry.user, entry.id))
        if len(entries) == 1:
            ((bucket, pairs),) = by_bucket.items()
            await self._core.users(script, bucket, *args(pairs))
            return
        await asyncio.gather(
            *(
                self._core.users(script, bucket, *args(pairs[first : first + WORK]))
                for bucket, pairs in by_bucket.items()
                for first in range(0, len(pairs), WORK)
            )
        )

    def drop_later(self, entries: Sequence[PresenceEntry]) -> None:
        self._over += entries

    async def drop_waiting(self) -> None:
        """Forget the presence entries that waited for this: one script carries all of a bucket."""
        over, self._over = self._over, []
        if not over:
            return
        try:
            await self.drop_entries(over)
        except LiveUnavailable:
            self._over = [*over, *self._over][:_MOST_WAITING]
            raise

    # --- reading ---------------------------------------------------------------------------------------------------

    async def records(self, users: Sequence[UserId]) -> dict[UserId, tuple[UserRow, int]]:
        """Return the records there are, each with the time of the store."""
        by_bucket: dict[int, list[UserId]] = {}
        for user in dict.fromkeys(users):
            by_bucket.setdefault(user_bucket(user), []).append(user)
        found: dict[UserId, tuple[UserRow, int]] = {}
        for now, rows in await asyncio.gather(*(self.read(bucket, part) for bucket, part in by_bucket.items())):
            found.update((user, (row, now)) for user, row in rows.items())
        return found

    async def read(self, bucket: int, users: Sequence[UserId]) -> tuple[int, dict[UserId, UserRow]]:
        """Return the time of the store, and the records that there are of users of one bucket."""
        keys = USERS[bucket]
        read = (keys.facts, keys.users)
        answer = await self._core.in_user_bucket("read_users", bucket, read, self._core.offset(), *users)
        now, *found = answer
        rows = {user: read_user(packed) for user, packed in zip(users, found, strict=True) if packed is not None}
        return int(now), rows

    async def entries(self, user: UserId) -> Sequence[PresenceEntry]:
        found = (await self.records([user])).get(user)
        return [] if found is None else found[0].named(user)

    async def sources(self, user: UserId) -> Sequence[Source]:
        found = (await self.records([user])).get(user)
        if found is None:
            return []
        row, now = found
        return row.sources(now)

    async def online(self) -> int:
        counts = await asyncio.gather(*(self._count(bucket) for bucket in range(USER_BUCKETS)))
        return sum(counts)

    async def _count(self, bucket: int) -> int:
        keys = USERS[bucket]
        read = (keys.facts, keys.users, keys.absent)
        count: int = await self._core.in_user_bucket("count_online", bucket, read, self._core.offset())
        return count

    # --- expiry ----------------------------------------------------------------------------------------------------

    async def expired(self, limit: int, gap: int) -> tuple[Sequence[PresenceEntry], Sequence[PresenceEntry]]:
        """Expire presence entries of buckets in waves until there are enough; the next call goes on where this stopped.

        The second are presence entries that a subscription to their room spares.
        """
        found: list[PresenceEntry] = []
        doubtful: list[PresenceEntry] = []
        down: LiveUnavailable | None = None
        visited = 0
        while visited < USER_BUCKETS and (left := limit - len(found) - len(doubtful)) > 0:
            work = min(WORK, left)
            wave = min(_WAVE, max(1, left // work), USER_BUCKETS - visited)
            buckets = [(self._turn + step) % USER_BUCKETS for step in range(wave)]
            self._turn, visited = (self._turn + wave) % USER_BUCKETS, visited + wave
            args = ExpireUsersArguments(looks=LOOKS, most=work, gap=gap, remembered=REMEMBERED)
            words = self._core.offset(), *self._core.waits.of_users, *args, RUN_ID
            asked = [ScriptCall(bucket, USERS[bucket].all, words) for bucket in buckets]
            for answer in await self._core.in_user_buckets("expire_users", asked):
                if isinstance(answer, LiveUnavailable):
                    down = answer
                elif answer is not None:
                    over, spared = read_going(answer)
                    found += over
                    doubtful += spared
        if down is not None and not found and not doubtful:
            raise down
        return found, doubtful
