"""Where every session begins, whichever way somebody signs in, and where it ends when they sign out."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from liveroom import faults
from liveroom.domain.accounts.sessions import Actor, Session, SessionEnd
from liveroom.domain.accounts.users import User
from liveroom.domain.errors import PermissionDenied, TokenExpired, TokenInvalid
from liveroom.domain.events.outbox import OutboxRow, SessionsEnded
from liveroom.domain.ids import SessionId, TenantName, UserId, new_id
from liveroom.domain.presence.signs import Heartbeat
from liveroom.domain.tenants.model import Tenant
from liveroom.ports import Clock, Database, Live, TokenIssuer, Tx, UserSigs
from liveroom.usecases.accounts.authentication import why_over
from liveroom.usecases.events.relay import OutboxRelay
from liveroom.usecases.moderation.address_bans import AddressBans
from liveroom.usecases.vendors.task_queue import VendorTaskQueue


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
