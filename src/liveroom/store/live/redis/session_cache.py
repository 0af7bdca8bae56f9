"""Sessions that this process has found valid, until something is heard against them (LIVE.md 4).

Known are those that are heard of: who has been silent for five to ten minutes is asked for again, so that a process
holds what its present users take and not what all took who ever came.
"""

from collections import OrderedDict
from typing import Final

from liveroom.domain.accounts.sessions import EndedSessions, is_original
from liveroom.domain.ids import SessionId, UserId
from liveroom.domain.moments import moment
from liveroom.domain.presence.signs import Heartbeat

MOST: Final = 262_144
"""Sessions that are heard of until the others are forgotten: twice as many are known at most."""
SILENT: Final = 300.0
"""Seconds after which those are forgotten of whom nothing was heard for at least as long."""
_MOST_HEARD: Final = 16_384


class SessionCache:
    """Which sessions are known: those heard of lately, and those heard of in the time before that."""

    def __init__(self) -> None:
        self._known: dict[SessionId, UserId] = {}
        self._before: dict[SessionId, UserId] = {}
        self._until = 0.0
        self._original_ended: dict[UserId, int] = {}
        self._over: OrderedDict[SessionId, None] = OrderedDict()

    def good(self, user: UserId, session: SessionId) -> None:
        """Note that the store found the session valid; what has ended stays so, although the answer came later."""
        known = self._known
        if session not in known and session not in self._over:
            if len(known) >= MOST:
                self._forget_the_silent()
            self._before.pop(session, None)
            self._known[session] = user

    def pass_by(self, now: float) -> None:
        """Forget who has been silent, when it is time to. ``now``: seconds of any clock that goes on."""
        if now >= self._until:
            self._until = now + SILENT
            self._forget_the_silent()

    def _forget_the_silent(self) -> None:
        self._known, self._before = {}, self._known

    def over(self, user: UserId, sessions: "list[str] | tuple[SessionId, ...]", original_before: int | None) -> None:
        """Note that sessions have ended."""
        for session in map(SessionId, sessions):
            self._known.pop(session, None)
            self._before.pop(session, None)
            self._over[session] = None
            if len(self._over) > _MOST_HEARD:
                self._over.popitem(last=False)
        if original_before is not None:
            if len(self._original_ended) >= _MOST_HEARD:
                self.forget()
            self._original_ended[user] = max(original_before, self._original_ended.get(user, 0))

    def end(self, ended: EndedSessions) -> None:
        """Note what this process itself has ended."""
        before = None if ended.original_before is None else moment(ended.original_before)
        self.over(ended.user, ended.sessions, before)

    def knows(self, heartbeat: Heartbeat) -> bool:
        """Say whether the session was found valid and nothing was heard since."""
        user = self._known.get(heartbeat.session) or self._before.get(heartbeat.session)
        if user != heartbeat.user:
            return False
        if not is_original(heartbeat.session):
            return True
        before = self._original_ended.get(heartbeat.user)
        return before is None or moment(heartbeat.issued) >= before

    def forget(self) -> None:
        """Know nothing any more: every session is asked for again."""
        self._known.clear()
        self._before.clear()
        self._original_ended.clear()
