"""Sessions that this process has found valid, until something is heard against them (LIVE.md 4)."""

from itertools import islice
from typing import Final

from liveroom.domain.ids import SessionId, UserId
from liveroom.domain.presence import Beat
from liveroom.domain.sessions import EndedSessions, is_original
from liveroom.store.live.redis.records import moment

MOST: Final = 262_144
_MOST_HEARD: Final = 16_384
_AT_ONCE: Final = 4_096
"""So many make room at once: to the oldest entry of a dict leads a way past all that were taken out before it."""


class Verdicts:
    """Which sessions are known, bounded: those that have been known longest make room."""

    def __init__(self) -> None:
        self._known: dict[SessionId, UserId] = {}
        self._barred: dict[UserId, int] = {}
        self._over: dict[SessionId, None] = {}

    def good(self, user: UserId, session: SessionId) -> None:
        """Note that the store found the session valid; what has ended stays so, although the answer came later."""
        known = self._known
        if session not in known and session not in self._over:
            if len(known) >= MOST:
                for oldest in list(islice(known, _AT_ONCE)):
                    del known[oldest]
            known[session] = user

    def over(self, user: UserId, sessions: "list[str] | tuple[SessionId, ...]", original_before: int | None) -> None:
        """Note that sessions have ended."""
        for session in map(SessionId, sessions):
            self._known.pop(session, None)
            self._over[session] = None
            if len(self._over) > _MOST_HEARD:
                del self._over[next(iter(self._over))]
        if original_before is not None:
            if len(self._barred) >= _MOST_HEARD:
                self.forget()
            self._barred[user] = max(original_before, self._barred.get(user, 0))

    def end(self, ended: EndedSessions) -> None:
        """Note what this process itself has ended."""
        before = None if ended.original_before is None else moment(ended.original_before)
        self.over(ended.user, ended.sessions, before)

    def knows(self, beat: Beat) -> bool:
        """Say whether the session was found valid and nothing was heard since."""
        if self._known.get(beat.session) != beat.user:
            return False
        if not is_original(beat.session):
            return True
        before = self._barred.get(beat.user)
        return before is None or moment(beat.issued) >= before

    def forget(self) -> None:
        """Know nothing any more: every session is asked for again."""
        self._known.clear()
        self._barred.clear()
