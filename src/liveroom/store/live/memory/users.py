"""User buckets: sessions, signs of life, places, and the sweep. The rules of silence are in `user_records`."""

import asyncio
from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from heapq import heappop, heappush
from typing import Final

from liveroom.domain.errors import LiveUnavailable, TokenInvalid
from liveroom.domain.ids import USER_BUCKETS, PlaceId, SessionId, UserId, user_bucket
from liveroom.domain.members import Place
from liveroom.domain.presence import Beat, Patience, Source
from liveroom.domain.sessions import EndedSessions, is_original
from liveroom.domain.users import Profile
from liveroom.ports import Clock, Ledger, Placed, Placing, UserSeed
from liveroom.store.live.memory.moments import NEVER, at, milliseconds, moment, read
from liveroom.store.live.memory.restoring import Restoring
from liveroom.store.live.memory.user_records import AGAIN, PlaceRecord, SessionRecord, UserRecord, Waits

SECOND: Final = 1000
REMEMBER: Final = milliseconds(timedelta(days=31))
"""How long an ended session is remembered: longer than any token lives."""
WORK: Final = 200
"""Users of a bucket from whom something is taken in one sweep."""
LOOKS: Final = 500
"""Users of a bucket at whom one sweep looks (3 µs each); most have renewed their lease since they were noted."""
TURN: Final = 4
"""Buckets that are swept before others get their turn."""
WAITING: Final = 262_144
"""Renewals that wait for their bucket."""


@dataclass(slots=True)
class Ended:
    """What is over of one user."""

    sessions: set[SessionId] = field(default_factory=set)
    original_before: int = 0


@dataclass(slots=True)
class UserBucket:
    """One bucket. ``due`` notes each user once, at the latest when something of theirs may be over."""

    users: dict[UserId, UserRecord] = field(default_factory=dict)
    due: list[tuple[int, UserId]] = field(default_factory=list)
    ended: dict[UserId, Ended] = field(default_factory=dict)
    marks: deque[tuple[int, UserId, SessionId]] = field(default_factory=deque)
    online: int = 0
    swept: int = 0
    hold: int = 0


class Users:
    """All user buckets."""

    def __init__(self, ledger: Ledger, clock: Clock, patience: Patience) -> None:
        self._ledger = ledger
        self._clock = clock
        self._waits = Waits(patience)
        self._buckets = [UserBucket() for _ in range(USER_BUCKETS)]
        self._restoring = Restoring(USER_BUCKETS, self._load)
        self._lost = self._restoring.lost
        self._waiting: dict[tuple[UserId, SessionId], Beat] = {}
        self._turn = 0

    async def _ready(self, user: UserId) -> UserBucket:
        number = user_bucket(user)
        if self._lost[number]:
            await self._restoring.restore(number)
        return self._buckets[number]

    # --- signs of life ---------------------------------------------------------------------------------------------

    async def touch(self, beat: Beat) -> None:
        bucket = await self._ready(beat.user)
        self._beat(bucket, beat, read(self._clock))

    def renew(self, beat: Beat) -> None:
        number = user_bucket(beat.user)
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
        record = self._buckets[user_bucket(beat.user)].users.get(beat.user)
        if record is None:
            return False
        session = record.sessions.get(beat.session)
        return session is not None and session.sound

    def _beat(self, bucket: UserBucket, beat: Beat, now: int) -> UserRecord:
        record = bucket.users.get(beat.user)
        session = None if record is None else record.sessions.get(beat.session)
        if record is None or session is None or not session.sound:
            record = self._recognise(bucket, beat, now)
            session = record.sessions[beat.session]
        if beat.keepalive:
            session.keepalive = True
            session.expires = now + self._waits.keepalive
        else:
            session.expires = now + record.lease(beat.session, self._waits)
        if session.expires < record.due:
            _arm(bucket, beat.user, record, session.expires)
        return record

    def _recognise(self, bucket: UserBucket, beat: Beat, now: int) -> UserRecord:
        """Return the user's record with the session in it, found valid; raises ``TokenInvalid``."""
        ended = bucket.ended.get(beat.user)
        if ended is not None and _is_over(ended, beat):
            raise TokenInvalid
        record = bucket.users.get(beat.user)
        if record is None:
            record = bucket.users[beat.user] = UserRecord()
        session = self._open_session(bucket, record, beat.session, now)
        session.sound = True
        if is_original(beat.session):
            session.issued = moment(beat.issued)
        return record

    @staticmethod
    def _open_session(bucket: UserBucket, record: UserRecord, id: SessionId, now: int) -> SessionRecord:
        if not record.sessions:
            record.since = now
            bucket.online += 1
        return record.sessions.setdefault(id, SessionRecord(now))

    async def end_sessions(self, ended: EndedSessions) -> None:
        bucket = await self._ready(ended.user)
        _remember(bucket, ended)
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
        self._tidy(bucket, ended.user, record, had=had)
        _arm(bucket, ended.user, record, now)

    def _tidy(self, bucket: UserBucket, user: UserId, record: UserRecord, *, had: bool) -> None:
        """Count a user whose last session is gone as offline, and forget one of whom nothing is left."""
        if had and not record.sessions:
            bucket.online -= 1
        if record.is_empty():
            bucket.users.pop(user, None)

    # --- places ----------------------------------------------------------------------------------------------------

    async def take_place(self, placing: Placing) -> Placed:
        beat = placing.beat
        bucket = await self._ready(beat.user)
        now = read(self._clock)
        record = self._beat(bucket, beat, now)
        place = PlaceRecord(placing.place, beat.session, placing.room, placing.host, now)
        mine, former = record.take(place, now)
        session = record.sessions[beat.session]
        session.expires = now + record.lease(beat.session, self._waits)
        _arm(bucket, beat.user, record, record.next_look(self._waits, bucket.hold))
        return Placed(mine.id, record.profile, tuple(old.value(beat.user) for old in former), session.keepalive)

    async def drop_places(self, places: Iterable[Place]) -> None:
        for place in places:
            bucket = await self._ready(place.user)
            if record := bucket.users.get(place.user):
                record.drop(place.id)
                self._tidy(bucket, place.user, record, had=False)

    async def record(self, user: UserId) -> UserRecord | None:
        """Return what is known of the user, to be read before the next await."""
        return (await self._ready(user)).users.get(user)

    async def put_profile(self, user: UserId, profile: Profile) -> None:
        if record := await self.record(user):
            record.profile = profile

    async def sources(self, user: UserId) -> Sequence[Source]:
        record = await self.record(user)
        now = read(self._clock)
        return [
            Source(
                id,
                "keepalive" if session.keepalive else "calls",
                since=at(session.since),
                expires=at(session.expires),
                alive=session.expires > now,
            )
            for id, session in ({} if record is None else record.sessions).items()
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
            bucket.hold = max(bucket.hold, now + self._waits.keepalive)
        bucket.swept = now
        _forget(bucket, now - REMEMBER)
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
        going = record.judge(now, self._waits, held=now < bucket.hold)
        found += [place.value(user) for place in going]
        worked = bool(going) or len(record.sessions) < sessions
        record.due = NEVER
        self._tidy(bucket, user, record, had=sessions > 0)
        if not record.is_empty():
            _arm(bucket, user, record, record.next_look(self._waits, bucket.hold))
        return worked

    # --- rebuild ---------------------------------------------------------------------------------------------------

    async def _load(self, number: int) -> None:
        seed = await self._ledger.user_seed(number)
        self._fill(self._buckets[number], seed)

    def _fill(self, bucket: UserBucket, seed: UserSeed) -> None:
        now = read(self._clock)
        bucket.swept = now
        for ended in sorted(seed.ended, key=lambda ended: ended.at):
            _remember(bucket, ended)
        for place in seed.places:
            self._restore_place(bucket, place, now, keepalive=place.session in seed.keepalive)
        for user, record in bucket.users.items():
            _arm(bucket, user, record, record.next_look(self._waits, bucket.hold))

    def _restore_place(self, bucket: UserBucket, place: Place, now: int, *, keepalive: bool) -> None:
        """Put a place back, and give the session that holds it one lease; one that has ended tells it to go."""
        record = bucket.users.setdefault(place.user, UserRecord())
        restored = PlaceRecord(place.id, place.session, place.room, place.host, now)
        record.places.append(restored)
        ended = bucket.ended.get(place.user)
        if ended is not None and place.session in ended.sessions:
            restored.going = now - AGAIN
        else:
            session = self._open_session(bucket, record, place.session, now)
            session.keepalive = session.keepalive or keepalive
            session.expires = max(session.expires, now + record.lease(place.session, self._waits))


def _arm(bucket: UserBucket, user: UserId, record: UserRecord, due: int) -> None:
    """Look at the user at this time at the latest."""
    if due < record.due:
        record.due = due
        heappush(bucket.due, (due, user))


def _is_over(ended: Ended, beat: Beat) -> bool:
    if beat.session in ended.sessions:
        return True
    return is_original(beat.session) and moment(beat.issued) < ended.original_before


def _remember(bucket: UserBucket, ended: EndedSessions) -> None:
    mark = bucket.ended.setdefault(ended.user, Ended())
    when = moment(ended.at)
    for session in ended.sessions:
        mark.sessions.add(session)
        bucket.marks.append((when, ended.user, session))
    if ended.original_before is not None:
        mark.original_before = max(mark.original_before, moment(ended.original_before))
        bucket.marks.append((when, ended.user, SessionId("")))


def _forget(bucket: UserBucket, before: int) -> None:
    """Forget ended sessions that no token can name any more."""
    while bucket.marks and bucket.marks[0][0] < before:
        _, user, session = bucket.marks.popleft()
        ended = bucket.ended.get(user)
        if ended is None:
            continue
        ended.sessions.discard(session)
        if not session and ended.original_before < before:
            ended.original_before = 0
        if not ended.sessions and not ended.original_before:
            del bucket.ended[user]
