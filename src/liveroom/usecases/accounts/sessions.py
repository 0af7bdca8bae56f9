"""Sessions: where each begins, whichever way somebody signs in, whether it is valid now, and where it ends.

A signed token is valid unless its session has ended (LIVE.md 4). Checking a session that this process knows costs
nothing; for an unknown one the live store is asked, or SQL while the live store is down. A keepalive is then accepted
for its valid signature alone, because a phone signs its user out on any other answer.

A server key acts for a user in a session like any other, with the key as its tag. There is one for each key and user,
as presence entries belong to sessions. Banning or deleting the user ends it everywhere, and silence ends its presence
entries; the next call opens another one, unless the user may not use the service any more.
"""

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from liveroom import deadlines, faults
from liveroom.domain.accounts.sessions import Actor, Claims, Session, SessionEnd, is_original
from liveroom.domain.accounts.users import User, present
from liveroom.domain.errors import (
    DatabaseUnavailable,
    LiveUnavailable,
    PermissionDenied,
    SessionBanned,
    TokenExpired,
    TokenInvalid,
)
from liveroom.domain.events.outbox import OutboxRow, SessionsEnded
from liveroom.domain.ids import SessionId, TenantName, UserId, new_id
from liveroom.domain.presence.signs import Heartbeat
from liveroom.domain.tenants.model import Tenant
from liveroom.domain.tenants.server_keys import ServerKey
from liveroom.ports import Clock, Database, Live, TokenIssuer, Tx, UserSigs
from liveroom.usecases.events.relay import OutboxRelay
from liveroom.usecases.moderation.address_bans import AddressBans
from liveroom.usecases.vendors.task_queue import VendorTaskQueue

_TIMEOUT: Final = 1.5
"""Seconds in which the live store has to answer: the rest of a request's three seconds is left for SQL."""
REMEMBERED: Final = 65_536
"""Sessions of server keys that one process has in mind."""


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
    return SessionBanned().lasting(user.banned_until, user.ban_reason, user.id)


@dataclass(frozen=True, slots=True)
class Login:
    """A user signed in: what a login reply is made of."""

    user: User
    tenant: Tenant
    token: str
    expires: datetime
    user_sig: str


@dataclass(frozen=True, slots=True)
class LoginTokens:
    """Makes tokens and user signatures for users who have signed in."""

    db: Database
    clock: Clock
    tokens: TokenIssuer
    user_sigs: UserSigs

    def issue(self, tenant: Tenant, user: User, session: SessionId, now: datetime) -> Login:
        """Return what a user signed in is answered, with a fresh token."""
        token, expires = self.tokens.issue(user.id, session, tenant.name, now)
        return Login(user, tenant, token, expires, self.user_sigs(tenant, user.id, now))

    async def renew(self, actor: Actor) -> Login:
        """Give a signed-in user a new token of the same session; older tokens stay good."""
        found = await self.db.users.with_session(actor.user, actor.session)
        if found is None or found[0].tenant != actor.tenant.name:
            raise TokenInvalid
        user, session = found
        now = self.clock.now()
        if user.deleted is not None or (session is not None and session.ended is not None):
            raise why_over(user, now)
        user.check_ban(now)
        return self.issue(actor.tenant, user, actor.session, now)

    def sign_for(self, actor: Actor, user_id: str) -> tuple[UserId, str]:
        """Return the user and a user signature: for the caller's own id and its ``_music`` twin only."""
        if user_id not in (actor.user, f"{actor.user}_music"):
            raise PermissionDenied
        user = UserId(user_id)
        return user, self.user_sigs(actor.tenant, user, self.clock.now())


@dataclass(frozen=True, slots=True)
class NewSessions:
    """Begins sessions: one is made, added within a transaction, and begun after the commit."""

    db: Database
    live: Live
    clock: Clock
    address_bans: AddressBans
    vendor_tasks: VendorTaskQueue
    login_tokens: LoginTokens

    def make(self, user: UserId, tenant: TenantName, tag: str, address: str, now: datetime) -> Session:
        """Return a new session, of which nothing is written yet; ``user`` "" is found out later."""
        return Session(SessionId(new_id(now)), user, tenant, now, tag, address=self.address_bans.stamp(address))

    async def add(self, tx: Tx, session: Session) -> None:
        """Write a new session within the caller's transaction."""
        await tx.sessions.add(session)
        await self.vendor_tasks.signed_in(tx, session.user, session.tenant, session.created)

    def begin(self, tenant: Tenant, user: User, session: SessionId, now: datetime) -> Login:
        """Return what the user is answered whose session is committed, which counts as a sign of life."""
        self.live.renew(Heartbeat(user.id, session, now, keepalive=False))
        return self.login_tokens.issue(tenant, user, session, now)

    async def open_for(self, user: User) -> str:
        """Open a session for a user on the operator's word, and return its token."""
        now = self.clock.now()
        session = SessionId(new_id(now))
        await self.db.sessions.add(Session(session, user.id, user.tenant, now, tag="operator"))
        return self.login_tokens.tokens.issue(user.id, session, user.tenant, now)[0]


@dataclass(frozen=True, slots=True)
class Logouts:
    """Ends sessions: at their users' wish, or because another device takes their place."""

    db: Database
    clock: Clock
    tokens: TokenIssuer
    relay: OutboxRelay

    async def sign_out(self, token: str, user_id: str) -> None:
        """End the token's session everywhere; rubbish ends nothing."""
        try:
            claims = self.tokens.read(token, self.clock.now())
        except (TokenInvalid, TokenExpired):
            return
        if user_id and user_id != claims.user:
            return

        async def work(tx: Tx) -> OutboxRow | None:
            found = await tx.users.with_session(claims.user, claims.session)
            if found is None or (found[1] is not None and found[1].ended is not None):
                return None
            user, session = found
            now = self.clock.now()
            session = session or Session(claims.session, user.id, user.tenant, claims.issued)
            await tx.sessions.end(session, now, SessionEnd.LOGOUT)
            return await tx.outbox.add(user.tenant, SessionsEnded(user.id, (session.id,), now), now)

        row = await self.db.transact(work)
        faults.point("logout.committed")
        if row is not None:
            await self.relay.deliver_later([row])

    async def end_replaced(self, user_id: UserId, sessions: Sequence[SessionId]) -> None:
        """End sessions of a user who has connected with another device; those that are over stay as they are."""

        async def work(tx: Tx) -> OutboxRow | None:
            now = self.clock.now()
            over = []
            for session_id in sessions:
                found = await tx.users.with_session(user_id, session_id)
                if found is None or (found[1] is not None and found[1].ended is not None):
                    continue
                user, session = found
                await tx.sessions.end(
                    session or Session(session_id, user.id, user.tenant, now), now, SessionEnd.REPLACED
                )
                over.append(session_id)
            if not over:
                return None
            message = SessionsEnded(user_id, tuple(over), now, why=SessionEnd.REPLACED)
            return await tx.outbox.add(user.tenant, message, now)

        row = await self.db.transact(work)
        if row is not None:
            await self.relay.deliver_later([row])


@dataclass(slots=True)
class ActingSessions:
    """The sessions of server keys. Which one a key has for a user is cached; whether it is valid is checked each
    time."""

    db: Database
    clock: Clock
    sessions: Authentication
    _known: "OrderedDict[tuple[str, UserId], Claims]" = field(default_factory=OrderedDict)

    async def of(self, key: ServerKey, user: UserId, *, keepalive: bool) -> SessionId:
        """Return the key's session for a user, with this call as its sign of life.

        Raises ``UserNotFound`` (another tenant's, deleted and unknown users alike) and ``UserBanned``.
        """
        known = self._known.get((key.id, user))
        if known is not None:
            self._known.move_to_end((key.id, user))
            if self.sessions.renew(known, keepalive=keepalive):
                return known.session
            try:
                await self.sessions.check(known, keepalive=keepalive)
            except TokenInvalid:
                self._known.pop((key.id, user), None)
            else:
                return known.session
        opened = await self._open(key, user)
        await self.sessions.check(opened, keepalive=keepalive)
        self._known[(key.id, user)] = opened
        if len(self._known) > REMEMBERED:
            self._known.popitem(last=False)
        return opened.session

    async def _open(self, key: ServerKey, user_id: UserId) -> Claims:
        """Return the session that is open in SQL, or open one. Two at once take turns at the user's row."""
        now = self.clock.now()
        fresh = SessionId(new_id(now))

        async def work(tx: Tx) -> SessionId:
            user = present(await tx.users.lock(user_id), key.tenant)
            user.check_ban(now)
            session = await tx.sessions.open_with(user.id, key.actor)
            if session is not None:
                return session
            await tx.sessions.add(Session(fresh, user.id, user.tenant, now, key.actor))
            return fresh

        return Claims(user_id, await self.db.transact(work), key.tenant, now, now)
