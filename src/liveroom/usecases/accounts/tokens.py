"""What somebody who has signed in is given: a token of their session, and a signature for Tencent's SDKs."""

from dataclasses import dataclass
from datetime import datetime

from liveroom.domain.accounts.sessions import Actor
from liveroom.domain.accounts.users import User
from liveroom.domain.errors import PermissionDenied, TokenInvalid
from liveroom.domain.ids import SessionId, UserId
from liveroom.domain.tenants.model import Tenant
from liveroom.ports import Clock, Database, TokenIssuer, UserSigs
from liveroom.usecases.accounts.authentication import why_over


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
