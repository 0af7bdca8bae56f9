"""Whether a token's session is valid now (LIVE.md 4).

A signed token is valid unless its session has ended. Checking a session that this process knows costs nothing; for an
unknown one the live store is asked, or SQL while the live store is down. A keepalive is then accepted for its valid
signature alone, because a phone signs its user out on any other answer.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from liveroom import deadlines
from liveroom.domain.accounts.sessions import Claims, is_original
from liveroom.domain.accounts.users import User
from liveroom.domain.errors import DatabaseUnavailable, LiveUnavailable, SessionBanned, TokenInvalid
from liveroom.domain.presence.signs import Heartbeat
from liveroom.ports import Clock, Database, Live, TokenIssuer

_TIMEOUT: Final = 1.5
"""Seconds in which the live store has to answer: the rest of a request's three seconds is left for SQL."""


@dataclass(frozen=True, slots=True)
class Authentication:
    """Reads tokens and asks whether their sessions last."""

    tokens: TokenIssuer
    live: Live
    db: Database
    clock: Clock

    def read(self, token: str) -> Claims:
        """Return what a token says; raises ``TokenExpired`` or ``TokenInvalid``."""
        return self.tokens.read(token, self.clock.now())

    def renew(self, claims: Claims, *, keepalive: bool, by_socket: bool = False) -> bool:
        """Count the call as a sign of life of a known session; return False if its validity has to be checked.

        A call that came ``by_socket`` is not counted, only checked.
        """
        heartbeat = Heartbeat(claims.user, claims.session, claims.issued, keepalive, by_socket)
        if not self.live.knows(heartbeat):
            return False
        self.live.renew(heartbeat)
        return True

    async def check(self, claims: Claims, *, keepalive: bool, by_socket: bool = False) -> None:
        """Count the call as a sign of life; raises ``TokenInvalid`` when the session has ended, by a ban
        ``SessionBanned``.
        """
        try:
            with deadlines.at_most(_TIMEOUT):
                await self.live.touch(Heartbeat(claims.user, claims.session, claims.issued, keepalive, by_socket))
        except LiveUnavailable:
            await self._ask_sql(claims, keepalive=keepalive)
        except TokenInvalid:
            raise await self._why(claims) from None

    async def _ask_sql(self, claims: Claims, *, keepalive: bool) -> None:
        try:
            found = await self.db.users.with_session(claims.user, claims.session)
        except DatabaseUnavailable:
            if keepalive:
                return
            raise
        if found is None:
            raise TokenInvalid
        user, session = found
        is_over = session is not None and session.ended is not None
        if is_original(claims.session) and user.ended is not None:
            is_over = is_over or claims.issued <= user.ended
        if user.deleted is not None or is_over:
            raise why_over(user, self.clock.now())

    async def _why(self, claims: Claims) -> TokenInvalid:
        """Return the refusal of an ended session: with the details of a ban if SQL has them, else the plain one."""
        try:
            user = await self.db.users.get(claims.user)
        except DatabaseUnavailable:
            user = None
        return why_over(user, self.clock.now())


def why_over(user: User | None, now: datetime) -> TokenInvalid:
    """Return the refusal of a session that has ended, of a banned user with how long and why."""
    if user is None or not user.is_banned(now):
        return TokenInvalid()
    return SessionBanned().lasting(user.banned_until, user.ban_reason)
