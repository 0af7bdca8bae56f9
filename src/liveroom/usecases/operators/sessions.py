"""Sessions of the console: opened by a sign-in, asked for by each call, ended everywhere within a second.

A process asks SQL for a session at most every ``FRESH``: so long may a session that was ended elsewhere, or a role that
was taken away, still count there.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from liveroom.domain.ids import DEFAULT_TENANT, digest_of, new_id
from liveroom.domain.moderation.audit import bounded
from liveroom.domain.operators.account import OperatorAccount, OperatorSession, is_token, new_token
from liveroom.domain.operators.failures import ConfirmationRequired, ConsoleSessionMissing
from liveroom.ports import Clock, Database, Tx
from liveroom.usecases.moderation.audit import Audit
from liveroom.usecases.operators.roles import OperatorRoles

FRESH: Final = timedelta(milliseconds=800)
CONFIRMED_FOR: Final = timedelta(minutes=5)
"""How long after giving the password dangerous calls need no new one."""
_BETWEEN_NOTES: Final = timedelta(minutes=1)
_KNOWN_MAX: Final = 4096
_DEVICE_MAX: Final = 255


class Browser(NamedTuple):
    """From where an operator calls."""

    address: str
    device: str
    """The browser's name of itself."""
    request: str = ""
    """The id of the request."""


class SignedIn(NamedTuple):
    """An operator in a session."""

    account: OperatorAccount
    """Without the secret of the second factor."""
    session: OperatorSession
    permissions: frozenset[str]


class Opened(NamedTuple):
    """A session that has just begun."""

    token: str
    """What the cookie holds."""
    signed_in: SignedIn


async def note_sign_in(trail: Audit, actor: str, action: str, browser: Browser, code: int = 0) -> None:
    """Write into the audit how somebody has signed in, or with which code they were refused."""
    noted = await trail.note(DEFAULT_TENANT, actor, action, address=browser.address, request=browser.request)
    trail.answered(noted, code)


@dataclass(slots=True)
class OperatorSessions:
    """Opens, finds and ends them."""

    db: Database
    clock: Clock
    roles: OperatorRoles
    idle: timedelta
    """How long a session lasts without a call."""
    lasts: timedelta
    """How long it lasts at most."""
    _known: dict[str, tuple[SignedIn, datetime]] = field(default_factory=dict)

    async def find(self, token: str) -> SignedIn:
        """Return who is signed in with a cookie. Raises ``ConsoleSessionMissing``."""
        if not is_token(token):
            raise ConsoleSessionMissing
        digest, now = digest_of(token), self.clock.now()
        known = self._known.get(digest)
        if known is not None and known[1] <= now < known[1] + FRESH:
            return known[0]
        self._known.pop(digest, None)
        session = await self.db.operator_sessions.get(digest)
        found = None if session is None else await self._signed_in(session, now)
        if found is None:
            raise ConsoleSessionMissing
        if now - found.session.seen >= _BETWEEN_NOTES:
            await self.db.operator_sessions.seen(digest, now)
        if len(self._known) >= _KNOWN_MAX:
            self._known.clear()
        self._known[digest] = found, now
        return found

    async def _signed_in(self, session: OperatorSession, now: datetime) -> SignedIn | None:
        """Return who is in a session; None where it is over, or its operator may not sign in any more."""
        stored = await self.db.operators.get(session.operator)
        if stored is None or stored.item.disabled is not None or not session.lasts(now, self.idle):
            return None
        book = await self.roles.book()
        return SignedIn(stored.item, session, book.of(stored.item.roles, stored.item.within))

    async def open(
        self, tx: Tx, account: OperatorAccount, browser: Browser, *, confirmed: datetime | None = None
    ) -> Opened:
        """Begin a session, in the transaction that has found the operator to be who they say.

        ``confirmed``: when they gave their password; None: just now.
        """
        token, now = new_token(), self.clock.now()
        session = OperatorSession(
            digest_of(token),
            new_id(now),
            account.id,
            created=now,
            seen=now,
            expires=now + self.lasts,
            address=bounded(browser.address),
            device=bounded(browser.device, _DEVICE_MAX),
            confirmed=now if confirmed is None else confirmed,
        )
        await tx.operator_sessions.add(session)
        book = await self.roles.book(tx)
        return Opened(token, SignedIn(account, session, book.of(account.roles, account.within)))

    def check_confirmed(self, signed_in: SignedIn) -> None:
        """Raise ``ConfirmationRequired`` where the password was given too long ago."""
        if self.clock.now() - signed_in.session.confirmed > CONFIRMED_FOR:
            raise ConfirmationRequired

    async def confirm(self, signed_in: SignedIn) -> None:
        """Note that the password was given again."""
        await self.db.operator_sessions.confirmed(signed_in.session.digest, self.clock.now())
        self.forget()

    async def list(self, operator: str) -> Sequence[OperatorSession]:
        """Return where an operator is signed in now, the oldest session first."""
        now = self.clock.now()
        return [one for one in await self.db.operator_sessions.of(operator) if one.lasts(now, self.idle)]

    async def end(self, operator: str, id: str) -> bool:
        """End a session of the operator by its id; say whether there was one."""
        ended = [one for one in await self.db.operator_sessions.of(operator) if one.id == id]
        for session in ended:
            await self.db.operator_sessions.end(session.digest)
        self.forget()
        return bool(ended)

    async def end_token(self, token: str) -> None:
        """End the session of a cookie, if there is one."""
        await self.db.operator_sessions.end(digest_of(token))
        self.forget()

    async def end_all(self, operator: str) -> int:
        """End every session of the operator; return how many."""
        ended = await self.db.operator_sessions.end_all(operator)
        self.forget()
        return ended

    async def lasting(self, operator: str, id: str) -> SignedIn | None:
        """Return who is in a session that lasts, for what goes on after the call that began it, such as a socket.

        That is no call: it does not make the session last longer.
        """
        found = [one for one in await self.list(operator) if one.id == id]
        return await self._signed_in(found[0], self.clock.now()) if found else None

    def forget(self) -> None:
        """Ask for every session anew: something has changed."""
        self._known.clear()
