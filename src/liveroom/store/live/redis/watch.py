"""What waits in the room buckets: stays to write, list entries to put right, rooms without a host.

This process looks at the buckets that it changed at once, and at every bucket once a second.
"""

import asyncio
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

import msgspec

from liveroom.domain.errors import LiveUnavailable
from liveroom.domain.ids import BroadcastId, RoomId, TenantName, UserId, room_bucket
from liveroom.domain.messages.model import Message
from liveroom.domain.moments import milliseconds
from liveroom.domain.presence.members import Stay
from liveroom.domain.presence.signs import NAMED_AGAIN, OUTAGE, SOCKET
from liveroom.domain.rooms.hosting import HeirCandidate, heir_of
from liveroom.ports import Alarm, AlarmKind, Orphan
from liveroom.store.live.redis.core import RedisCore
from liveroom.store.live.redis.joining import ScriptCall
from liveroom.store.live.redis.journal import RedisJournal
from liveroom.store.live.redis.keys import ROOMS, RoomBucketKeys
from liveroom.store.live.redis.records import read_role
from liveroom.store.live.redis.schema.answers import HeirCandidateRow
from liveroom.store.live.redis.schema.arguments.rooms import (
    DirtyRoomsArguments,
    DueAlarmsArguments,
    SurveyRoomsArguments,
)
from liveroom.store.live.redis.servers import RUN_ID

FRESH: Final = timedelta(milliseconds=1500)
"""How old a look at every bucket may be for whoever needs one: ``orphans`` takes one every second anyway, and others
between these were a sixth of all scripts of an idle process."""
_WORK: Final = 200
_SPARED: Final = milliseconds(SOCKET)
"""How long subscriptions that lapsed in an outage are spared."""

_AGAIN: Final = milliseconds(NAMED_AGAIN)
_read_candidates: Final = msgspec.msgpack.Decoder(list[HeirCandidateRow]).decode
_ALARMS: Final = {"e": AlarmKind.END, "q": AlarmKind.REQUESTS}

Dirty = tuple[RoomId, int, TenantName]


class DirtyBuckets:
    """Which buckets have to be looked at."""

    def __init__(self, core: RedisCore, journal: RedisJournal[Stay], talk: RedisJournal[Message]) -> None:
        self._core = core
        self._journal = journal
        self._talk = talk
        self._dirty: set[int] = set()
        self.pending: set[int] = set()
        """Buckets in which something gathered is due."""
        self.lapsing: set[int] = set()
        """Buckets in which subscriptions have lapsed."""
        self.liked: set[int] = set()
        """Buckets whose likes the recovery store may not know."""
        self._ringing: set[int] = set()
        self._surveyed: datetime | None = None
        self.gap = milliseconds(OUTAGE)

    def changed(self, bucket: int) -> None:
        """Note that this process has changed rooms of a bucket."""
        self._dirty.add(bucket)
        self._journal.waiting.add(bucket)

    def talked(self, bucket: int) -> None:
        """Note that this process has let something be said in rooms of a bucket."""
        self._talk.waiting.add(bucket)

    async def look_around(self) -> None:
        """Look at every bucket, unless that was done a moment ago."""
        now = self._core.clock.now()
        if self._surveyed is None or not timedelta(0) <= now - self._surveyed < FRESH:
            await self._survey(0)

    async def _survey(self, orphans: int) -> Sequence[RoomId]:
        """Look at every bucket; return rooms whose grace is over."""
        self._surveyed = self._core.clock.now()
        args = SurveyRoomsArguments(grace=self._core.waits.keepalive, gap=self.gap, orphans=orphans, spared=_SPARED)
        words = self._core.offset(), *args, RUN_ID
        asked = [ScriptCall(number, _survey_keys(keys), words) for number, keys in enumerate(ROOMS)]
        try:
            answers = list(_reached(enumerate(await self._core.in_room_buckets("survey_rooms", asked))))
        except LiveUnavailable:
            self._surveyed = None
            raise
        marked = (
            self._journal.waiting, self._dirty, self.pending, self.lapsing, self._ringing, self._talk.waiting,
            self.liked,
        )  # fmt: skip
        rooms: list[RoomId] = []
        for bucket, found in answers:
            for buckets, count in zip(marked, found, strict=False):
                if count:
                    buckets.add(bucket)
            rooms += [RoomId(room.decode()) for room in found[len(marked) :]]
        return rooms

    # --- rooms without a host --------------------------------------------------------------------------------------

    async def orphans(self, limit: int) -> Sequence[Orphan]:
        due = await self._survey(max(1, min(limit, _WORK)))
        found = await asyncio.gather(*(self._orphan(room) for room in due))
        return [orphan for orphan in found if orphan is not None]

    async def _orphan(self, room: RoomId) -> Orphan | None:
        answer: list[Any] | None = await self._core.members("orphan", room)
        if answer is None:
            return None
        broadcast, owner, packed = answer
        candidates = [
            HeirCandidate(row.user, row.order, read_role(row.appointed) if row.appointed else None, row.hosts == 1)
            for row in _read_candidates(packed)
        ]
        return Orphan(room, BroadcastId(broadcast.decode()), heir_of(UserId(owner.decode()), candidates))

    # --- what is due in rooms --------------------------------------------------------------------------------------

    async def alarms(self, limit: int) -> Sequence[Alarm]:
        """Return what is due in rooms; it comes again until somebody sees to it."""
        await self.look_around()
        found = await asyncio.gather(*(self._alarms_in(bucket, limit) for bucket in list(self._ringing)))
        return [alarm for part in found for alarm in part]

    async def _alarms_in(self, bucket: int, limit: int) -> Sequence[Alarm]:
        keys = ROOMS[bucket]
        read, args = (keys.facts, keys.alarms), DueAlarmsArguments(most=limit, again=_AGAIN)
        try:
            due = await self._core.in_room_bucket("due_alarms", bucket, read, self._core.offset(), *args)
        except LiveUnavailable:
            return ()
        if len(due) < limit:
            self._ringing.discard(bucket)
        named = (name.decode().partition("|") for name in due)
        return [Alarm(RoomId(room), _ALARMS[kind]) for kind, _, room in named]

    # --- rooms whose list entry is behind --------------------------------------------------------------------------

    async def dirty(
        self, limit: int, shown: Sequence[tuple[RoomId, int]] = (), since: timedelta = timedelta(0)
    ) -> Sequence[Dirty]:
        """Strike rooms whose entries have reached these versions; return those that are behind and have not changed for
        ``since``, with the version that each has to reach.
        """
        await self.look_around()
        found = await self._strike({bucket: [] for bucket in self._dirty}, shown, limit, since)
        return found[:limit]

    async def listed(self, rooms: Sequence[tuple[RoomId, int]]) -> None:
        """Note that the list has reached these versions."""
        await self._strike({}, rooms)

    async def _strike(
        self,
        buckets: dict[int, list[str | int]],
        shown: Sequence[tuple[RoomId, int]],
        limit: int = 0,
        since: timedelta = timedelta(0),
    ) -> Sequence[Dirty]:
        for room, version in shown:
            buckets.setdefault(room_bucket(room), []).extend((room, version))
        words = self._core.offset(), *DirtyRoomsArguments(most=limit, unchanged=milliseconds(since))
        asked = [ScriptCall(bucket, _dirty_keys(bucket), (*words, *pairs)) for bucket, pairs in buckets.items()]
        # Before, not after: a change that comes in between marks its bucket anew.
        self._dirty.difference_update(buckets)
        answers = await self._core.in_room_buckets("dirty_rooms", asked)
        for bucket, answer in zip(buckets, answers, strict=True):
            if isinstance(answer, LiveUnavailable) or answer[0]:
                self._dirty.add(bucket)
        found: list[Dirty] = []
        for _, (_, *rooms) in _reached(zip(buckets, answers, strict=True)):
            found += [
                (RoomId(room.decode()), int(version), TenantName(tenant.decode()))
                for room, version, tenant in zip(rooms[::3], rooms[1::3], rooms[2::3], strict=True)
            ]
        return found


def _reached(answers: Iterable[tuple[int, Any]]) -> Iterator[tuple[int, Any]]:
    """Yield what buckets answered, those left out that are down; raises ``LiveUnavailable`` when all of them are."""
    down: LiveUnavailable | None = None
    any_is_up = False
    for bucket, answer in answers:
        if isinstance(answer, LiveUnavailable):
            down = answer
        else:
            any_is_up = True
            yield bucket, answer
    if down is not None and not any_is_up:
        raise down


def _survey_keys(keys: RoomBucketKeys) -> tuple[bytes, ...]:
    return (
        keys.facts, keys.due, keys.dirty, keys.journal, keys.pending, keys.lapses, keys.alarms, keys.talk, keys.liked,
    )  # fmt: skip


def _dirty_keys(bucket: int) -> tuple[bytes, ...]:
    keys = ROOMS[bucket]
    return keys.facts, keys.dirty, keys.tenants
