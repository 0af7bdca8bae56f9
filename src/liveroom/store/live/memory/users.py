"""User buckets: sessions, signs of life, presence entries, and expiry. The rules of silence are in
`user_records`.
"""

import asyncio
from collections.abc import Iterable, Sequence
from heapq import heappop
from typing import Final

from liveroom.domain.accounts.sessions import EndedSessions, is_original
from liveroom.domain.errors import LiveUnavailable, TokenInvalid
from liveroom.domain.ids import USER_BUCKETS, SessionId, UserId, user_bucket
from liveroom.domain.moments import at, moment
from liveroom.domain.presence.entries import KeptEntry, dropped, only_newest
from liveroom.domain.presence.members import PresenceEntry
from liveroom.domain.presence.signs import Heartbeat, PresenceTimeouts, Source
from liveroom.ports import ClaimedPresence, Clock, PresenceClaim, RecoveryStore, SeenOutside, UserBucketSnapshot
from liveroom.store.live.memory.moments import NEVER, read
from liveroom.store.live.memory.restoring import MemoryRestoring
from liveroom.store.live.memory.user_buckets import REMEMBER, UserBucket
from liveroom.store.live.memory.user_records import UserRecord, Waits

SECOND: Final = 1000
WORK: Final = 200
"""Users of a bucket from whom something is taken in one expiry."""
LOOKS: Final = 500
"""Users of a bucket at whom one expiry looks (3 µs each); most have renewed their lease since they were noted."""
TURN: Final = 4
"""Buckets whose places expire before others get their turn."""
WAITING: Final = 262_144
"""Renewals that wait for their bucket."""


class MemoryUsers:
    """All user buckets."""

    def __init__(self, recovery: RecoveryStore, clock: Clock, timeouts: PresenceTimeouts) -> None:
        self._recovery = recovery
        self._clock = clock
        self.waits = Waits(timeouts)
        self._buckets = [UserBucket() for _ in range(USER_BUCKETS)]
        self.restoring = MemoryRestoring(USER_BUCKETS, self._load)
        self._lost = self.restoring.lost
        self._waiting: dict[tuple[UserId, SessionId], Heartbeat] = {}
        self._turn = 0

    async def ready(self, user: UserId) -> UserBucket:
        """Return the user's bucket, restored, to be worked on before the next await."""
        number = user_bucket(user)
        if self._lost[number]:
            await self.restoring.restore(number)
        return self._buckets[number]

    # --- signs of life ---------------------------------------------------------------------------------------------

    async def touch(self, heartbeat: Heartbeat) -> None:
        bucket = await self.ready(heartbeat.user)
        if not heartbeat.by_socket:
            self._heartbeat(bucket, heartbeat, read(self._clock))
        elif bucket.is_over(heartbeat.user, heartbeat.session, moment(heartbeat.issued)):
            raise TokenInvalid

    def renew(self, heartbeat: Heartbeat) -> None:
        number = user_bucket(heartbeat.user)
        if heartbeat.by_socket:
            return
        if self._lost[number]:
            self._keep_waiting(heartbeat)
            return
        try:
            self._heartbeat(self._buckets[number], heartbeat, read(self._clock))
        except TokenInvalid:
            return

    def _keep_waiting(self, heartbeat: Heartbeat) -> None:
        key = (heartbeat.user, heartbeat.session)
        former = self._waiting.get(key)
        if former is None and len(self._waiting) >= WAITING:
            return
        if former is None or not former.keepalive:
            self._waiting[key] = heartbeat

    async def renew_waiting(self) -> None:
        """Renew what waited for its bucket; what still has to wait goes on waiting."""
        for key, heartbeat in list(self._waiting.items()):
            try:
                await self.restoring.restore(user_bucket(heartbeat.user))
            except LiveUnavailable:
                continue
            self.renew(self._waiting.pop(key, heartbeat))

    def knows(self, heartbeat: Heartbeat) -> bool:
        return self._buckets[user_bucket(heartbeat.user)].session(heartbeat.user, heartbeat.session) is not None

    def _heartbeat(self, bucket: UserBucket, heartbeat: Heartbeat, now: int) -> UserRecord:
        record = bucket.users.get(heartbeat.user)
        session = None if record is None else record.sessions.get(heartbeat.session)
        if record is None or session is None or not session.sound:
            record = bucket.recognise(heartbeat.user, heartbeat.session, moment(heartbeat.issued), now)
            session = record.sessions[heartbeat.session]
        if heartbeat.keepalive:
            session.keepalive = True
            session.expires = now + self.waits.keepalive
        else:
            session.expires = now + record.lease(heartbeat.session, self.waits)
        if session.expires < record.due:
            bucket.arm(heartbeat.user, record, session.expires)
        return record

    async def end_sessions(self, ended: EndedSessions) -> None:
        bucket = await self.ready(ended.user)
        bucket.remember(ended)
        record = bucket.users.get(ended.user)
        if record is None:
            return
        over = set(ended.sessions)
        if ended.original_before is not None:
            before = moment(ended.original_before)
            over |= {id for id, session in record.sessions.items() if is_original(id) and session.issued < before}
        now = read(self._clock)
        had = record.counts()
        record.end(over, now)
        bucket.tidy(ended.user, record, had=had)
        bucket.arm(ended.user, record, now)

    # --- presence entries ---------------------------------------------------------------------------------------------

    async def claim_presence(self, presence_claim: PresenceClaim) -> ClaimedPresence:
        heartbeat = presence_claim.heartbeat
        bucket = await self.ready(heartbeat.user)
        now = read(self._clock)
        record = self._arrive(bucket, heartbeat, now)
        entry = KeptEntry(presence_claim.entry, heartbeat.session, presence_claim.room, presence_claim.host, now)
        _, mine, former = record.claim(entry, now)
        session = record.sessions[heartbeat.session]
        if not heartbeat.by_socket:
            session.expires = now + record.lease(heartbeat.session, self.waits)
        bucket.arm(heartbeat.user, record, record.next_look(self.waits, bucket.hold))
        return ClaimedPresence(
            mine.id,
            record.profile,
            tuple(old.value(heartbeat.user) for old in former),
            session.keepalive,
            record.blockers,
        )

    def _arrive(self, bucket: UserBucket, heartbeat: Heartbeat, now: int) -> UserRecord:
        """Count the heartbeat; a session whose socket's lease was lost is given one lease until that is renewed."""
        if not heartbeat.by_socket:
            return self._heartbeat(bucket, heartbeat, now)
        if bucket.session(heartbeat.user, heartbeat.session) is None:
            bucket.recognise(heartbeat.user, heartbeat.session, moment(heartbeat.issued), now)
        record = bucket.users[heartbeat.user]
        session = record.sessions[heartbeat.session]
        if session.until() <= now:
            session.keepalive, session.expires = True, now + self.waits.keepalive
        return record

    async def drop_entries(self, entries: Iterable[PresenceEntry], *, refused: bool = False) -> None:
        """Forget presence entries; ``refused``: their enters were."""
        for entry in entries:
            bucket = await self.ready(entry.user)
            if record := bucket.users.get(entry.user):
                record.entries = dropped(record.entries, entry.id, read(self._clock), refused=refused)
                bucket.tidy(entry.user, record, had=False)
                bucket.arm(entry.user, record, record.next_look(self.waits, bucket.hold))

    async def spare(self, entry: PresenceEntry) -> None:
        """Let a presence entry stay that was told to go: a subscription to its room vouches."""
        bucket = await self.ready(entry.user)
        record = bucket.users.get(entry.user)
        if record is not None and any(known.id == entry.id and known.going for known in record.entries):
            now = read(self._clock)
            record.entries = [
                known._replace(going=0, entered=now) if known.id == entry.id else known for known in record.entries
            ]
            bucket.arm(entry.user, record, record.next_look(self.waits, bucket.hold))

    async def record(self, user: UserId) -> UserRecord | None:
        """Return what is known of the user, to be read before the next await."""
        return (await self.ready(user)).users.get(user)

    async def sources(self, user: UserId) -> Sequence[Source]:
        record = await self.record(user)
        now = read(self._clock)
        if record is None:
            return []
        found = [
            Source(id, source, since=at(since), expires=at(expires), alive=expires > now)
            for id, session in record.sessions.items()
            for source, since, expires in session.sources()
        ]
        return found + [one.value(now) for one in record.outside if one.started]

    async def known_entries(self, user: UserId) -> Sequence[KeptEntry]:
        """Return the presence entries that the user's record names."""
        record = await self.record(user)
        return () if record is None else record.entries

    async def walk(self, number: int) -> Sequence[PresenceEntry]:
        """Return the presence entries of a bucket that are to stay, as they are now."""
        await self.restoring.restore(number)
        return [
            entry.value(user)
            for user, record in self._buckets[number].users.items()
            for entry in record.entries
            if entry.replaced_by is None and not entry.going
        ]

    async def seen(self, number: int) -> Sequence[SeenOutside]:
        """Return who of a bucket is seen in a room by an outside source."""
        await self.restoring.restore(number)
        return [
            SeenOutside(one.source, user, one.room, one.who)
            for user, record in self._buckets[number].users.items()
            for one in record.outside
            if one.room is not None and one.vouches and one.is_there()
        ]

    async def online(self) -> int:
        return sum(bucket.online for bucket in self._buckets)

    # --- expiry ----------------------------------------------------------------------------------------------------

    async def expired(self, limit: int, gap: int) -> tuple[Sequence[PresenceEntry], Sequence[PresenceEntry]]:
        """Return presence entries that are to go, and those that are to unless a subscription to their room vouches."""
        found: list[PresenceEntry] = []
        doubtful: list[PresenceEntry] = []
        for step in range(USER_BUCKETS):
            number = (self._turn + step) % USER_BUCKETS
            if len(found) + len(doubtful) >= limit:
                self._turn = number
                break
            try:
                await self.restoring.restore(number)
            except LiveUnavailable:
                continue
            going, unseen = self._expire(self._buckets[number], limit - len(found) - len(doubtful), gap)
            found += going
            doubtful += unseen
            if step % TURN == 0:
                await asyncio.sleep(0)
        return found, doubtful

    def _expire(
        self, bucket: UserBucket, limit: int, gap: int
    ) -> tuple[Sequence[PresenceEntry], Sequence[PresenceEntry]]:
        now = read(self._clock)
        if now - bucket.last_expiry < SECOND:
            return (), ()
        if now - bucket.last_expiry > gap:
            bucket.hold = max(bucket.hold, now + self.waits.keepalive)
        bucket.last_expiry = now
        bucket.forget(now - REMEMBER)
        found: list[PresenceEntry] = []
        doubtful: list[PresenceEntry] = []
        looked = worked = 0
        while (
            bucket.due and bucket.due[0][0] <= now and looked < LOOKS and worked < WORK
            and len(found) + len(doubtful) < limit
        ):  # fmt: skip
            due, user = heappop(bucket.due)
            record = bucket.users.get(user)
            if record is not None and record.due == due:
                looked += 1
                going, unseen, did = self._look(bucket, user, record, now)
                found += [entry.value(user) for entry in going]
                doubtful += [entry.value(user) for entry in unseen]
                worked += did
        return found, doubtful

    def _look(
        self, bucket: UserBucket, user: UserId, record: UserRecord, now: int
    ) -> tuple[list[KeptEntry], list[KeptEntry], bool]:
        """Take from a user what is over and note when to look again; return what goes, and whether anything was."""
        sessions, had = len(record.sessions), record.counts()
        ended = bucket.ended.get(user)
        over = ended.sessions if ended is not None else ()
        going, unseen = record.judge(now, self.waits, over, held=now < bucket.hold)
        worked = bool(going or unseen) or len(record.sessions) < sessions
        record.due = NEVER
        bucket.tidy(user, record, had=had)
        if not record.is_empty():
            bucket.arm(user, record, record.next_look(self.waits, bucket.hold))
        return going, unseen, worked

    # --- rebuild ---------------------------------------------------------------------------------------------------

    async def _load(self, number: int) -> None:
        self._fill(self._buckets[number], await self._recovery.user_bucket_snapshot(number))

    def _fill(self, bucket: UserBucket, snapshot: UserBucketSnapshot) -> None:
        now = bucket.last_expiry = read(self._clock)
        for ended in sorted(snapshot.ended, key=lambda ended: ended.at):
            bucket.remember(ended)
        for entry in snapshot.entries:
            bucket.restore_entry(entry, snapshot, now, self.waits)
        for user, record in bucket.users.items():
            record.entries = only_newest(record.entries, now)
            bucket.arm(user, record, record.next_look(self.waits, bucket.hold))
