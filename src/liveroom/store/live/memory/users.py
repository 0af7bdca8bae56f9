"""User buckets: sessions, signs of life, places, and the sweep. The rules of silence are in `user_records`."""

import asyncio
from collections.abc import Iterable, Sequence
from heapq import heappop
from typing import Final

from liveroom.domain.errors import LiveUnavailable, TokenInvalid
from liveroom.domain.ids import USER_BUCKETS, PlaceId, SessionId, UserId, user_bucket
from liveroom.domain.members import Place
from liveroom.domain.presence import Beat, Patience, Source
from liveroom.domain.sessions import EndedSessions, is_original
from liveroom.domain.users import Profile
from liveroom.ports import Clock, Ledger, Placed, Placing, UserSeed
from liveroom.store.live.memory.moments import NEVER, at, moment, read
from liveroom.store.live.memory.restoring import Restoring
from liveroom.store.live.memory.user_buckets import REMEMBER, UserBucket
from liveroom.store.live.memory.user_records import AGAIN, PlaceRecord, UserRecord, Waits

SECOND: Final = 1000
WORK: Final = 200
"""Users of a bucket from whom something is taken in one sweep."""
LOOKS: Final = 500
"""Users of a bucket at whom one sweep looks (3 µs each); most have renewed their lease since they were noted."""
TURN: Final = 4
"""Buckets that are swept before others get their turn."""
WAITING: Final = 262_144
"""Renewals that wait for their bucket."""


class Users:
    """All user buckets."""

    def __init__(self, ledger: Ledger, clock: Clock, patience: Patience) -> None:
        self._ledger = ledger
        self._clock = clock
        self.waits = Waits(patience)
        self._buckets = [UserBucket() for _ in range(USER_BUCKETS)]
        self._restoring = Restoring(USER_BUCKETS, self._load)
        self._lost = self._restoring.lost
        self._waiting: dict[tuple[UserId, SessionId], Beat] = {}
        self._turn = 0

    async def ready(self, user: UserId) -> UserBucket:
        """Return the user's bucket, restored, to be worked on before the next await."""
        number = user_bucket(user)
        if self._lost[number]:
            await self._restoring.restore(number)
        return self._buckets[number]

    # --- signs of life ---------------------------------------------------------------------------------------------

    async def touch(self, beat: Beat) -> None:
        bucket = await self.ready(beat.user)
        if not beat.by_socket:
            self._beat(bucket, beat, read(self._clock))
        elif bucket.is_over(beat.user, beat.session, moment(beat.issued)):
            raise TokenInvalid

    def renew(self, beat: Beat) -> None:
        number = user_bucket(beat.user)
        if beat.by_socket:
            return
        if self._lost[number]:
            self._keep_waiting(beat)
            return
        try:
            self._beat(self._buckets[number], beat, read(self._clock))
        except TokenInvalid:
            return

    def _keep_waiting(self, beat: Beat) -> None:
        key = (beat.user, beat.session)
        former = self._waiting.get(key)
        if former is None and len(self._waiting) >= WAITING:
            return
        if former is None or not former.keepalive:
            self._waiting[key] = beat

    async def renew_waiting(self) -> None:
        """Renew what waited for its bucket; what still has to wait goes on waiting."""
        for key, beat in list(self._waiting.items()):
            try:
                await self._restoring.restore(user_bucket(beat.user))
            except LiveUnavailable:
                continue
            self.renew(self._waiting.pop(key, beat))

    def knows(self, beat: Beat) -> bool:
        return self._buckets[user_bucket(beat.user)].session(beat.user, beat.session) is not None

    def _beat(self, bucket: UserBucket, beat: Beat, now: int) -> UserRecord:
        record = bucket.users.get(beat.user)
        session = None if record is None else record.sessions.get(beat.session)
        if record is None or session is None or not session.sound:
            record = bucket.recognise(beat.user, beat.session, moment(beat.issued), now)
            session = record.sessions[beat.session]
        if beat.keepalive:
            session.keepalive = True
            session.expires = now + self.waits.keepalive
        else:
            session.expires = now + record.lease(beat.session, self.waits)
        if session.expires < record.due:
            bucket.arm(beat.user, record, session.expires)
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
        had = bool(record.sessions)
        record.end(over, now)
        bucket.tidy(ended.user, record, had=had)
        bucket.arm(ended.user, record, now)

    # --- places ----------------------------------------------------------------------------------------------------

    async def take_place(self, placing: Placing) -> Placed:
        beat = placing.beat
        bucket = await self.ready(beat.user)
        now = read(self._clock)
        record = self._arrive(bucket, beat, now)
        place = PlaceRecord(placing.place, beat.session, placing.room, placing.host, now)
        mine, former = record.take(place, now)
        session = record.sessions[beat.session]
        if not beat.by_socket:
            session.expires = now + record.lease(beat.session, self.waits)
        bucket.arm(beat.user, record, record.next_look(self.waits, bucket.hold))
        return Placed(mine.id, record.profile, tuple(old.value(beat.user) for old in former), session.keepalive)

    def _arrive(self, bucket: UserBucket, beat: Beat, now: int) -> UserRecord:
        """Count the beat; a session whose socket's lease was lost is given one lease until that is renewed."""
        if not beat.by_socket:
            return self._beat(bucket, beat, now)
        if bucket.session(beat.user, beat.session) is None:
            bucket.recognise(beat.user, beat.session, moment(beat.issued), now)
        record = bucket.users[beat.user]
        session = record.sessions[beat.session]
        if session.until() <= now:
            session.keepalive, session.expires = True, now + self.waits.keepalive
        return record

    async def drop_places(self, places: Iterable[Place]) -> None:
        for place in places:
            bucket = await self.ready(place.user)
            if record := bucket.users.get(place.user):
                record.drop(place.id)
                bucket.tidy(place.user, record, had=False)

    async def record(self, user: UserId) -> UserRecord | None:
        """Return what is known of the user, to be read before the next await."""
        return (await self.ready(user)).users.get(user)

    async def put_profile(self, user: UserId, profile: Profile) -> None:
        if record := await self.record(user):
            record.profile = profile

    async def sources(self, user: UserId) -> Sequence[Source]:
        record = await self.record(user)
        now = read(self._clock)
        return [
            Source(id, source, since=at(since), expires=at(expires), alive=expires > now)
            for id, session in ({} if record is None else record.sessions).items()
            for source, since, expires in session.sources()
        ]

    async def names(self, user: UserId, place: PlaceId) -> bool:
        """Say whether the user's record names the place."""
        record = await self.record(user)
        return record is not None and any(known.id == place for known in record.places)

    async def online(self) -> int:
        return sum(bucket.online for bucket in self._buckets)

    # --- sweep -----------------------------------------------------------------------------------------------------

    async def expired(self, limit: int, gap: int) -> Sequence[Place]:
        found: list[Place] = []
        for step in range(USER_BUCKETS):
            number = (self._turn + step) % USER_BUCKETS
            if len(found) >= limit:
                self._turn = number
                break
            try:
                await self._restoring.restore(number)
            except LiveUnavailable:
                continue
            found += self._sweep(self._buckets[number], limit - len(found), gap)
            if step % TURN == 0:
                await asyncio.sleep(0)
        return found

    def _sweep(self, bucket: UserBucket, limit: int, gap: int) -> Sequence[Place]:
        now = read(self._clock)
        if now - bucket.swept < SECOND:
            return ()
        if now - bucket.swept > gap:
            bucket.hold = max(bucket.hold, now + self.waits.keepalive)
        bucket.swept = now
        bucket.forget(now - REMEMBER)
        found: list[Place] = []
        looked = worked = 0
        while bucket.due and bucket.due[0][0] <= now and looked < LOOKS and worked < WORK and len(found) < limit:
            due, user = heappop(bucket.due)
            record = bucket.users.get(user)
            if record is not None and record.due == due:
                looked += 1
                worked += self._look(bucket, user, record, now, found)
        return found

    def _look(self, bucket: UserBucket, user: UserId, record: UserRecord, now: int, found: list[Place]) -> bool:
        """Take from a user what is over and note when to look again; say whether anything was."""
        sessions = len(record.sessions)
        going = record.judge(now, self.waits, held=now < bucket.hold)
        found += [place.value(user) for place in going]
        worked = bool(going) or len(record.sessions) < sessions
        record.due = NEVER
        bucket.tidy(user, record, had=sessions > 0)
        if not record.is_empty():
            bucket.arm(user, record, record.next_look(self.waits, bucket.hold))
        return worked

    # --- rebuild ---------------------------------------------------------------------------------------------------

    async def _load(self, number: int) -> None:
        seed = await self._ledger.user_seed(number)
        self._fill(self._buckets[number], seed)

    def _fill(self, bucket: UserBucket, seed: UserSeed) -> None:
        now = read(self._clock)
        bucket.swept = now
        for ended in sorted(seed.ended, key=lambda ended: ended.at):
            bucket.remember(ended)
        for place in seed.places:
            self._restore_place(bucket, place, now, keepalive=place.session in seed.keepalive)
        for user, record in bucket.users.items():
            bucket.arm(user, record, record.next_look(self.waits, bucket.hold))

    def _restore_place(self, bucket: UserBucket, place: Place, now: int, *, keepalive: bool) -> None:
        """Put a place back, and give the session that holds it one lease; one that has ended tells it to go."""
        record = bucket.users.setdefault(place.user, UserRecord())
        restored = PlaceRecord(place.id, place.session, place.room, place.host, now)
        record.places.append(restored)
        ended = bucket.ended.get(place.user)
        if ended is not None and place.session in ended.sessions:
            restored.going = now - AGAIN
        else:
            session = bucket.open_session(record, place.session, now)
            session.keepalive = session.keepalive or keepalive
            session.expires = max(session.expires, now + record.lease(place.session, self.waits))
