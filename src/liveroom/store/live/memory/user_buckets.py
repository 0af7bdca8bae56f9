"""One user bucket in memory: its records, what has ended in it, and who is to be looked at when."""

from collections import deque
from dataclasses import dataclass, field
from heapq import heappush
from typing import Final

from liveroom.domain.accounts.sessions import ENDED_REMEMBERED, EndedSessions, is_original
from liveroom.domain.errors import TokenInvalid
from liveroom.domain.ids import SessionId, UserId
from liveroom.domain.moments import milliseconds, moment
from liveroom.domain.presence.entries import KeptEntry
from liveroom.domain.presence.members import PresenceEntry
from liveroom.ports import UserBucketSnapshot
from liveroom.store.live.memory.user_records import SessionRecord, UserRecord, Waits

REMEMBER: Final = milliseconds(ENDED_REMEMBERED)


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
    last_expiry: int = 0
    hold: int = 0

    def session(self, user: UserId, id: SessionId) -> SessionRecord | None:
        """Return the session if it was found valid."""
        record = self.users.get(user)
        session = None if record is None else record.sessions.get(id)
        return session if session is not None and session.sound else None

    def is_over(self, user: UserId, session: SessionId, issued: int) -> bool:
        """Say whether the session has ended; ``issued`` tells for those of the original."""
        ended = self.ended.get(user)
        if ended is None:
            return False
        return session in ended.sessions or (is_original(session) and issued < ended.original_before)

    def recognise(self, user: UserId, id: SessionId, issued: int, now: int) -> UserRecord:
        """Return the user's record with the session in it, found valid; raises ``TokenInvalid``."""
        if self.is_over(user, id, issued):
            raise TokenInvalid
        record = self.users.get(user)
        if record is None:
            record = self.users[user] = UserRecord()
        session = self.open_session(record, id, now)
        session.sound = True
        if is_original(id):
            session.issued = issued
        return record

    def open_session(self, record: UserRecord, id: SessionId, now: int) -> SessionRecord:
        """Return the session of the record, a new one if it has none of this id."""
        if not record.counts():
            record.since = now
            self.online += 1
        return record.sessions.setdefault(id, SessionRecord(now))

    def restore_entry(self, entry: PresenceEntry, snapshot: UserBucketSnapshot, now: int, waits: Waits) -> None:
        """Put a presence entry of the recovery store back, and give the session that holds it one lease.

        One of a session that has ended is told to go.
        """
        id, entered = entry.session, snapshot.entered.get(entry.id)
        record = self.users.setdefault(entry.user, UserRecord())
        since = now if entered is None else min(moment(entered), now)
        restored = KeptEntry(entry.id, id, entry.room, entry.host, since, restored=True)
        ended = self.ended.get(entry.user)
        if ended is not None and id in ended.sessions:
            record.entries.append(restored.goes_at_once(now))
            return
        record.entries.append(restored)
        session = self.open_session(record, id, now)
        session.keepalive = session.keepalive or id in snapshot.keepalive
        session.expires = max(session.expires, now + record.lease(id, waits))

    def tidy(self, user: UserId, record: UserRecord, *, had: bool) -> None:
        """Count a user for whom nothing vouches now as offline, if they ``had``; forget one of whom nothing is left."""
        if had and not record.counts():
            self.online -= 1
        if record.is_empty():
            self.users.pop(user, None)

    def arm(self, user: UserId, record: UserRecord, due: int) -> None:
        """Look at the user at this time at the latest."""
        if due < record.due:
            record.due = due
            heappush(self.due, (due, user))

    def remember(self, ended: EndedSessions) -> None:
        """Note what is over."""
        mark = self.ended.setdefault(ended.user, Ended())
        when = moment(ended.at)
        for session in ended.sessions:
            mark.sessions.add(session)
            self.marks.append((when, ended.user, session))
        if ended.original_before is not None:
            mark.original_before = max(mark.original_before, moment(ended.original_before))
            self.marks.append((when, ended.user, SessionId("")))

    def forget(self, before: int) -> None:
        """Forget ended sessions that no token can name any more."""
        while self.marks and self.marks[0][0] < before:
            _, user, session = self.marks.popleft()
            ended = self.ended.get(user)
            if ended is None:
                continue
            ended.sessions.discard(session)
            if not session and ended.original_before < before:
                ended.original_before = 0
            if not ended.sessions and not ended.original_before:
                del self.ended[user]
