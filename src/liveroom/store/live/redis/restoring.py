"""Lost buckets and their return: from the recovery store, one process a bucket, the others wait (LIVE.md 3).

A bucket whose server process is another than the one it was verified on is lost as well: after a failover it is what
the replica had. Records of users keep what they know of sessions; presence entries and members become what the
recovery store has.
"""

import asyncio
import secrets
from collections.abc import Callable, Coroutine, Sequence
from contextlib import suppress
from typing import Any, Final, TypeVar

import structlog

from liveroom import deadlines
from liveroom.domain.accounts.sessions import EndedSessions
from liveroom.domain.errors import LiveUnavailable, Unavailable
from liveroom.domain.ids import RoomId, SessionId, UserId
from liveroom.domain.moments import at, moment
from liveroom.domain.parts import parts, zip_parts
from liveroom.domain.presence.members import PresenceEntry, Stay
from liveroom.ports import RecoveryStore, RoomSnapshot
from liveroom.store.live.redis.calls import BucketLost
from liveroom.store.live.redis.core import RedisCore
from liveroom.store.live.redis.gifts import load_gifts
from liveroom.store.live.redis.journal import RedisJournal
from liveroom.store.live.redis.keys import ROOMS, USERS, KeySet, RoomKeys
from liveroom.store.live.redis.likes import drain_likes
from liveroom.store.live.redis.lost_stays import ended_as_lost
from liveroom.store.live.redis.records import UserRow, moment_or_never, pack, read_user, restored_stay
from liveroom.store.live.redis.room_rows import FixedRow, packed_options, room_access_row
from liveroom.store.live.redis.schema.arguments.buckets import ClaimArguments, FinishArguments
from liveroom.store.live.redis.schema.arguments.rooms import LoadRoomArguments
from liveroom.store.live.redis.schema.arguments.users import LoadUsersArguments
from liveroom.store.live.redis.schema.given import EndedRow, RestoredEntryRow, RestoredUserRow
from liveroom.store.live.redis.schema.hashes import FACTS
from liveroom.store.live.redis.servers import RUN_ID
from liveroom.store.live.redis.stage_rows import packed_seats
from liveroom.store.live.redis.wire import Word
from liveroom.store.live.reseating import reseated

log = structlog.get_logger("liveroom.redis")

WAIT: Final = 2.0
"""Seconds for which a call waits for a bucket."""
_AT_ONCE: Final = 16
_PART: Final = 500
_ROOMS_AT_ONCE: Final = 64
_USERS_PART: Final = 100
_POLL: Final = 0.02
_HOLD: Final = 2.0
_LONGEST: Final = 30.0
_YOUNG: Final = 15_000
"""How long before the last expiry a presence entry may have been taken that the recovery store may not know yet."""

T = TypeVar("T")


class RedisRestoring:
    """Fills lost buckets. ``user_lost`` is told whenever a user bucket was found lost."""

    def __init__(
        self, core: RedisCore, recovery: RecoveryStore, journal: RedisJournal[Stay], user_lost: Callable[[], None]
    ) -> None:
        self._core = core
        self._caller = core.caller
        self._recovery = recovery
        self._journal = journal
        self._user_lost = user_lost
        self._me = secrets.token_hex(8)
        self._turns = asyncio.Semaphore(_AT_ONCE)
        self._running: dict[bytes, asyncio.Task[None]] = {}

    async def user(self, bucket: int) -> None:
        """Return when a user bucket is there; raises ``LiveUnavailable`` when it does not come back in time."""
        keys = USERS[bucket]
        self._user_lost()
        await self._wait(keys.claim, lambda: self._restore(keys.facts, keys.claim, lambda: self._fill_users(bucket)))

    async def room(self, bucket: int) -> None:
        """Return when a room bucket is there; raises ``LiveUnavailable`` when it does not come back in time."""
        keys = ROOMS[bucket]
        await self._wait(keys.claim, lambda: self._restore(keys.facts, keys.claim, lambda: self._fill_rooms(bucket)))

    async def stop(self) -> None:
        """Give up what is running; another process takes it up."""
        running = list(self._running.values())
        for task in running:
            task.cancel()
        if running:
            await asyncio.wait(running)

    async def _wait(self, claim: bytes, work: Callable[[], Coroutine[Any, Any, None]]) -> None:
        task = self._running.get(claim)
        if task is None:
            task = self._running[claim] = deadlines.spawn(work())
            task.add_done_callback(lambda done: self._ended(claim, done))
        await asyncio.wait({task}, timeout=deadlines.time_left(WAIT))
        if not task.done():
            raise LiveUnavailable("the live store is being rebuilt")
        if error := task.exception():
            if isinstance(error, Unavailable | BucketLost):
                raise LiveUnavailable("the live store cannot be rebuilt now") from error
            raise error

    def _ended(self, claim: bytes, task: "asyncio.Task[None]") -> None:
        del self._running[claim]
        if not task.cancelled() and (error := task.exception()):
            log.warning("redis.not_rebuilt", bucket=claim.decode(), cause=repr(error))

    async def _restore(self, facts: bytes, claim: bytes, fill: Callable[[], Coroutine[Any, Any, None]]) -> None:
        loop = asyncio.get_running_loop()
        end = loop.time() + _LONGEST
        while loop.time() < end:
            async with self._turns:
                args = ClaimArguments(me=self._me, run_id=RUN_ID)
                outcome = await self._caller.run("claim", (facts, claim), *args)
                if outcome == 1:
                    await self._rebuild(facts, claim, fill)
                if outcome != 2:
                    return
            await asyncio.sleep(_POLL)
        raise LiveUnavailable("another process does not get a bucket rebuilt")

    async def _rebuild(self, facts: bytes, claim: bytes, fill: Callable[[], Coroutine[Any, Any, None]]) -> None:
        holding = deadlines.spawn(self._hold(claim))
        try:
            await fill()
            args = FinishArguments(epoch=secrets.token_hex(8), lease=self._core.waits.keepalive)
            await self._load("finish", (facts, claim), *args)
            self._core.has_restored = True
        except BaseException:
            await self._give_up(claim)
            raise
        finally:
            holding.cancel()

    async def _hold(self, claim: bytes) -> None:
        """Keep the claim while the recovery store is read and turned into what the scripts take: of a crowd that takes
        long.
        """
        with suppress(BucketLost, LiveUnavailable):
            while True:
                await asyncio.sleep(_HOLD)
                await self._caller.run("hold", (claim,), self._me, RUN_ID)

    async def _give_up(self, claim: bytes) -> None:
        try:
            await self._caller.run("release", (claim,), self._me)
        except LiveUnavailable:
            log.debug("redis.claim_kept", bucket=claim.decode())

    async def _load(self, name: str, keys: tuple[bytes, ...], *args: bytes | str | int) -> None:
        await self._caller.run(name, keys, self._core.offset(), *args, self._me, RUN_ID)

    # --- users -----------------------------------------------------------------------------------------------------

    async def _fill_users(self, bucket: int) -> None:
        await self._journal.drain_all()
        snapshot = await self._recovery.user_bucket_snapshot(bucket)
        known = {(entry.user, entry.id) for entry in snapshot.entries}
        drops = [pair for pair in await self._doubtful(bucket) if pair not in known]
        by_user: dict[UserId, list[PresenceEntry]] = {}
        for entry in snapshot.entries:
            by_user.setdefault(entry.user, []).append(entry)
        adds = [RestoredUserRow(user, _entries(entries, snapshot.keepalive)) for user, entries in by_user.items()]
        ended = [_ended_row(row) for row in snapshot.ended]
        keys = (*USERS[bucket].all, USERS[bucket].claim)
        for over, gone, there in zip_parts(ended, drops, adds, size=_USERS_PART):
            args = LoadUsersArguments(users=pack(there), dropped=pack(gone), ended=pack(over))
            await self._load("load_users", keys, *self._core.waits.of_users, *args)

    async def _doubtful(self, bucket: int) -> list[tuple[UserId, str]]:
        """Return the presence entries that records name and that the recovery store would know by now, if they were
        any.
        """
        keys = USERS[bucket]
        last_expiry = int(await self._caller.command(keys.facts, "HGET", keys.facts, FACTS["swept"]) or 0)
        found: list[tuple[UserId, str]] = []
        cursor: bytes = b"0"
        while True:
            cursor, pairs = await self._caller.command(keys.users, "HSCAN", keys.users, cursor, "COUNT", _PART)
            for user, packed in zip(pairs[::2], pairs[1::2], strict=True):
                row: UserRow = read_user(packed)
                id = UserId(user.decode())
                found += [(id, entry.id) for entry in row.entries if entry.entered * 1000 < last_expiry - _YOUNG]
            if cursor == b"0":
                return found

    async def _load_in_room(self, name: str, keys: RoomKeys, *args: Word) -> None:
        words = (self._core.offset(), keys.id, *args, self._me, RUN_ID)
        await self._caller.call_in_room(name, keys, KeySet.REBUILT, words)

    # --- rooms -----------------------------------------------------------------------------------------------------

    async def _fill_rooms(self, bucket: int) -> None:
        await self._journal.drain(bucket)
        await drain_likes(self._caller, self._recovery, bucket)
        snapshots = await self._recovery.room_snapshots(bucket)
        keys = ROOMS[bucket]
        live = {snapshot.room.id for snapshot in snapshots}
        for name in await self._caller.command(keys.rooms, "SMEMBERS", keys.rooms):
            room = RoomId(name.decode())
            if room not in live:
                await self._load_in_room("forget_room", RoomKeys(room))
        await self._end_doubles(snapshots)
        for some in parts(snapshots, _ROOMS_AT_ONCE):
            await asyncio.gather(*(self._fill_room(snapshot) for snapshot in some))

    async def _fill_room(self, snapshot: RoomSnapshot) -> None:
        keys = RoomKeys(snapshot.room.id)
        seat_map, seated, wrong = reseated(_newest(snapshot), snapshot.room.options)
        corrected = await self._correct(wrong)
        stays = list(seated.values())
        version = max((stay.version + 1 for stay in (*snapshot.stays, *corrected)), default=0)
        fixed = pack(FixedRow.of(snapshot.room, snapshot.policy))
        options = snapshot.room.options
        seats = packed_seats(seat_map.seated)
        room_access, nobody = pack([room_access_row(access) for access in snapshot.room_access]), pack([])
        past = list(snapshot.past)
        last = max(len(stays), len(past), 1) - 1
        for begin in range(0, last + 1, _PART):
            part = slice(begin, begin + _PART)
            args = LoadRoomArguments(
                is_first=int(begin == 0),
                is_last=int(begin + _PART > last),
                fixed=fixed,
                card=snapshot.card,
                stays=pack([restored_stay(stay) for stay in stays[part]]),
                gone=pack(past[part]),
                version=version,
                grace=self._core.waits.grace,
                options=packed_options(options),
                ends=moment_or_never(options.ends),
                access=nobody if begin else room_access,
                likes=snapshot.likes,
                seats=seats,
            )
            await self._load_in_room("load_room", keys, *args)
            if begin == 0 and snapshot.gifts is not None:
                await load_gifts(lambda name, *args: self._load_in_room(name, keys, *args), snapshot.gifts)

    async def _correct(self, stays: Sequence[Stay]) -> Sequence[Stay]:
        """Write that these have no seat any more; return them as written: their rooms' versions go on from there."""
        now = moment(self._core.clock.now())
        corrected = [stay._replace(version=max(now, stay.version + 1)) for stay in stays]
        if corrected:
            await self._recovery.save(corrected)
        return corrected

    async def _end_doubles(self, snapshots: Sequence[RoomSnapshot]) -> None:
        """End stays whose end the journal did not get to say: the user has a newer one."""
        now = self._core.clock.now()
        over: list[Stay] = []
        for snapshot in snapshots:
            newest = _newest(snapshot)
            over += [stay for stay in snapshot.stays if newest.get(stay.user) is not stay]
        if over:
            version = moment(now)
            await self._recovery.save(
                [ended_as_lost(stay, at(version), max(version, stay.version + 1)) for stay in over]
            )


def _newest(snapshot: RoomSnapshot) -> dict[UserId, Stay]:
    """Return the stay of each member that is restored, in the order of joining."""
    found: dict[UserId, Stay] = {}
    for stay in sorted(snapshot.stays, key=lambda stay: stay.version):
        if stay.broadcast == snapshot.room.broadcast:
            found[stay.user] = stay
    return dict(sorted(found.items(), key=lambda item: item[1].order))


def _entries(entries: Sequence[PresenceEntry], keepalive: frozenset[SessionId]) -> list[RestoredEntryRow]:
    return [
        RestoredEntryRow(entry.id, entry.session, entry.room, int(entry.host), int(entry.session in keepalive))
        for entry in entries
    ]


def _ended_row(ended: EndedSessions) -> EndedRow:
    before = False if ended.original_before is None else moment(ended.original_before)
    return EndedRow(ended.user, list(ended.sessions), moment(ended.at), before)
