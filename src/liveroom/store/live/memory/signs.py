"""Last signs of life in the recovery store: what they are there, and what a bucket that is filled again takes from
them.

A process whose memory is the live store may live for less than one lease, as a web function. The leases go on there
from where they were: what counts is when somebody was last heard, not when the process began. After an ordinary restart
they do so too, but nobody's ends before one lease is over in which they could show up.
"""

from collections.abc import Mapping, Sequence
from typing import Final

from liveroom.domain.accounts.sessions import is_original
from liveroom.domain.ids import SessionId, UserId
from liveroom.domain.presence.entries import KeptEntry
from liveroom.domain.presence.members import PresenceEntry
from liveroom.domain.presence.signs import BucketSigns, SignOfLife
from liveroom.store.live.memory.user_buckets import UserBucket
from liveroom.store.live.memory.user_records import UserRecord, Waits

EVERY: Final = 30_000
"""How often a bucket is written at most; with short leases, three times in one."""
MOST: Final = 5_000
"""Sessions in one write, which take 10 ms of the loop's time."""


def is_due(bucket: UserBucket, now: int, waits: Waits) -> bool:
    """Say whether the bucket is to be written: also when nobody was heard, because that is what it then says."""
    every = min(EVERY, waits.keepalive // 3)
    return (bool(bucket.users) or bucket.kept) and not 0 <= now - bucket.written < every


def read_off(number: int, bucket: UserBucket, now: int) -> BucketSigns:
    """Return the bucket's signs of life; an open socket is one that lasts."""
    sessions: list[SignOfLife] = []
    for user, record in bucket.users.items():
        for id, session in record.sessions.items():
            seen = now if session.sockets is not None and session.is_connected(now) else session.seen
            sessions.append(SignOfLife(user, id, session.since, seen, session.keepalive))
    return BucketSigns(number, now, bucket.hold, sessions)


class Refill:
    """Fills a bucket with the presence entries and the signs of life that the recovery store has of it."""

    def __init__(self, bucket: UserBucket, waits: Waits, signs: BucketSigns | None, now: int, *, goes_on: bool) -> None:
        """``goes_on``: leases end when they would have; else not before one lease from now, to show up in."""
        self._floor = 0 if goes_on else now + waits.keepalive
        self._bucket = bucket
        self._waits = waits
        self._signs: Sequence[SignOfLife] = () if signs is None else signs.sessions
        self._seen: Mapping[SessionId, SignOfLife] = {sign.session: sign for sign in self._signs}
        self._least = now if signs is None else min(signs.written, now)
        self._now = now
        bucket.last_expiry = self._least if goes_on else now
        if signs is not None:
            bucket.hold, bucket.written, bucket.kept = signs.held, signs.written, bool(signs.sessions)

    def entry(self, entry: PresenceEntry, entered: int | None, *, keepalive: bool) -> None:
        """Put a presence entry back, with the session that holds it; one that has ended tells it to go.

        Who has it and was not heard of when the signs were written is younger than these.
        """
        bucket, id = self._bucket, entry.session
        record = bucket.users.setdefault(entry.user, UserRecord())
        since = self._now if entered is None else min(entered, self._now)
        restored = KeptEntry(entry.id, id, entry.room, entry.host, since, restored=True)
        ended = bucket.ended.get(entry.user)
        is_over = ended is not None and id in ended.sessions
        record.entries.append(restored.goes_at_once(self._now) if is_over else restored)
        if is_over:
            return
        sign = self._seen.get(id)
        seen = max(self._least, entered or 0) if sign is None else sign.seen
        session = bucket.open_session(record, id, self._now if sign is None else sign.since)
        session.keepalive = session.keepalive or keepalive or (sign is not None and sign.keepalive)
        session.seen = max(session.seen, min(seen, self._now))
        session.expires = max(session.expires, session.seen + record.lease(id, self._waits), self._floor)

    def rest(self) -> None:
        """Put back who was heard of and has no presence entry, unless their time or their session is over."""
        bucket = self._bucket
        for user, id, since, seen, keepalive in self._signs:
            record = bucket.users.get(user)
            is_there = record is not None and id in record.sessions
            lease = self._waits.lease(keepalive=keepalive, hosts=False)
            if is_there or seen + lease <= (self._least if self._floor else self._now) or self._may_be_over(user, id):
                continue
            record = bucket.users.setdefault(user, UserRecord())
            session = bucket.open_session(record, id, since)
            session.keepalive, session.seen = keepalive, min(seen, self._now)
            session.expires = max(seen + lease, self._floor)

    def _may_be_over(self, user: UserId, id: SessionId) -> bool:
        """Say whether the session has ended; of one of the original it is not known when it began."""
        ended = self._bucket.ended.get(user)
        return ended is not None and (id in ended.sessions or (is_original(id) and ended.original_before > 0))
