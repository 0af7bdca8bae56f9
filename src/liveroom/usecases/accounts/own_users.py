"""What the operator's own server does with users: it makes them, looks them up, gives them tokens, and signs logins.

The operator's own users sign in with a signature by the secret that belongs to the login's tag; the first login makes
the account. Logins under the tag that another secret has signed are treated as those of registered accounts, so that an
app with registered users keeps working when its operator adds a secret.

A user of another tenant is not found. ``Moderation`` bans, deletes and names admins; ``Profiles`` changes profiles.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from liveroom.domain.accounts.own_users import WINDOW, read_own_name, read_tag
from liveroom.domain.accounts.sessions import Session
from liveroom.domain.accounts.signatures import RETRY, LoginSignature
from liveroom.domain.accounts.users import Profile, User, present
from liveroom.domain.errors import SignatureRefused
from liveroom.domain.events import users as user_events
from liveroom.domain.events.users import SignupSource
from liveroom.domain.ids import SessionId, TenantName, UserId
from liveroom.domain.rooms.paging import cut
from liveroom.domain.tenants.model import Tenant
from liveroom.ports import Clock, Database, Tx
from liveroom.usecases.accounts.logins import Logins
from liveroom.usecases.accounts.profiles import ProfileChanges, ProfileWriter
from liveroom.usecases.accounts.registration import add_user, check_quota, fresh_id
from liveroom.usecases.accounts.sessions import Login, NewSessions
from liveroom.usecases.events.recorder import EventRecorder
from liveroom.usecases.messages.screening import Screening
from liveroom.usecases.tenants.keys import FixedSecrets

_USED: Final = "signature: already used"
TAG = "operator"
"""The tag of sessions that an operator's server opens for users."""


@dataclass(frozen=True, slots=True)
class OwnAccounts:
    """Accounts of the operator's own users."""

    recorder: EventRecorder
    profiles: ProfileWriter

    async def find_or_make(self, tx: Tx, tenant: Tenant, tag: str, username: str, now: datetime) -> User:
        """Return the operator's user of that name, locked; make the account if there is none.

        The caller checks whether the user is banned. Raises ``BadRequest`` for an invalid name, ``QuotaExceeded``.
        """
        name = read_own_name(username)
        found = await tx.users.lock_own(tenant.name, tag, name)
        if found is not None and found.deleted is None:
            return found
        await check_quota(tx, tenant)
        user = User(UserId(await fresh_id(tx, tenant, None)), tenant.name, now, now)
        holder = await tx.own_users.claim(tenant.name, tag, name, user.id, now)
        if holder != user.id:
            other = await tx.users.lock(holder)
            if other is not None and other.deleted is None:
                return other
            await tx.own_users.move(tenant.name, tag, name, user.id)
        await tx.users.add(user)
        await self.recorder.record_for_user(tx, user, user_events.registered(user, SignupSource.OWN, username=name))
        return user

    async def fill(self, tx: Tx, user: User, profile: Profile, now: datetime, *, tag2: str = "") -> User:
        """Fill what is empty in a locked user's profile, and return the user as they are then."""
        return await self.profiles.fill(tx, user, profile, now, tag2=tag2)


@dataclass(frozen=True, slots=True)
class OwnUsers:
    """Logins with a signature: those that a fixed secret has made here, all others in ``logins``."""

    db: Database
    clock: Clock
    secrets: FixedSecrets
    logins: Logins
    screening: Screening
    sessions: NewSessions
    own_accounts: OwnAccounts

    async def sign_in(
        self, tenant: Tenant, address: str, signature: LoginSignature, *, nickname: str = "", avatar: str = ""
    ) -> Login:
        """Open a session for whoever it was signed for.

        What the operator's secret has signed is no guess, and no limit of guesses holds it up.

        Raises what ``Logins.sign_in`` raises, and ``QuotaExceeded``.
        """
        signature.check_hash()
        # Both, always: how long it takes says nothing about which of them is in use.
        is_own = [signature.is_by(secret) for secret in self.secrets.of(tenant.name, signature.tag)]
        if not any(is_own):
            return await self.logins.sign_in(tenant, address, signature, nickname=nickname, avatar=avatar)
        now = self.clock.now()
        name = read_own_name(signature.username)
        _check_time(signature, now)
        signature.check_reading()
        if nickname and self.screening.looks_at(tenant.name):
            known = await self.db.users.own(tenant.name, signature.tag, name)
            stranger = User(UserId(""), tenant.name, now, now)
            nickname = await self.screening.nickname(known or stranger, nickname)
        fresh = self.sessions.make(UserId(""), tenant.name, signature.tag, address, now)
        user, session = await self._open(tenant, signature, fresh, Profile(nickname, avatar))
        return self.sessions.begin(tenant, user, session, now)

    async def _open(
        self, tenant: Tenant, signature: LoginSignature, fresh: Session, profile: Profile
    ) -> tuple[User, SessionId]:
        """Open a session for whoever has the name; ``fresh`` is nobody's yet."""
        now = fresh.created

        async def work(tx: Tx) -> tuple[User, SessionId]:
            session, first = await tx.sessions.use_signature(signature.digest(tenant.name), fresh.id, now)
            if session != fresh.id and abs(now - first) > RETRY:
                raise SignatureRefused(_USED)
            user = await self.own_accounts.find_or_make(tx, tenant, signature.tag, signature.username, now)
            user.check_ban(now)
            if session != fresh.id:
                await _check_same(tx, user, session)
            else:
                await self.sessions.add(tx, replace(fresh, user=user.id))
            return await self.own_accounts.fill(tx, user, profile, now), session

        return await self.db.transact(work)


async def _check_same(tx: Tx, user: User, session: SessionId) -> None:
    """Refuse a retry whose first try signed in an account that is gone meanwhile."""
    found = await tx.users.with_session(user.id, session)
    if found is None or found[1] is None:
        raise SignatureRefused(_USED)


def _check_time(signature: LoginSignature, now: datetime) -> None:
    """Refuse a signature without a time, or outside the window of the operator's server."""
    signed = signature.signed_at()
    if signed is None:
        raise SignatureRefused("ts: required with a secret of this tag")
    if abs(now - signed) > WINDOW:
        raise SignatureRefused("ts: must be milliseconds since 1970, within 5 minutes of the server's clock")


@dataclass(frozen=True, slots=True)
class AdminUsers:
    """What an operator's server does with users."""

    db: Database
    clock: Clock
    recorder: EventRecorder
    own_accounts: OwnAccounts
    sessions: NewSessions

    async def get(self, tenant: TenantName, user_id: UserId) -> User:
        """Return a user who is not deleted. Raises ``UserNotFound``."""
        return present(await self.db.users.get(user_id), tenant)

    async def page(self, tenant: TenantName, *, cursor: str, limit: int) -> tuple[Sequence[User], str]:
        """Return users in the order of their ids, and the next page's cursor. Deleted ones count and are left out."""
        found = await self.db.users.page(tenant, UserId(cursor), limit + 1)
        page, following = cut(found, limit, lambda user: user.id)
        return [user for user in page if user.deleted is None], following

    async def create(self, tenant: Tenant, profile: ProfileChanges) -> User:
        """Make a user who has no login of their own yet. Raises ``QuotaExceeded``."""

        async def work(tx: Tx) -> User:
            await check_quota(tx, tenant)
            now = self.clock.now()
            user = await add_user(tx, tenant, lambda id: profile.apply(User(id, tenant.name, now, now)))
            await self.recorder.record_for_user(tx, user, user_events.registered(user, SignupSource.OPERATOR))
            return user

        return await self.db.transact(work)

    async def create_own(self, tenant: Tenant, tag: str, username: str, profile: Profile, tag2: str) -> User:
        """Make the operator's user of that name, or fill what is empty in the profile of the one who exists.

        Raises ``BadRequest`` for an invalid tag or name, ``QuotaExceeded``.
        """
        read_tag(tag)

        async def work(tx: Tx) -> User:
            now = self.clock.now()
            user = await self.own_accounts.find_or_make(tx, tenant, tag, username, now)
            return await self.own_accounts.fill(tx, user, profile, now, tag2=tag2)

        return await self.db.transact(work)

    async def issue(self, tenant: Tenant, user_id: UserId) -> Login:
        """Open a separate session for a user. Raises ``UserNotFound``, ``UserBanned``."""

        async def find(tx: Tx) -> User:
            return present(await tx.users.lock(user_id), tenant.name)

        return await self._open(tenant, find)

    async def issue_own(self, tenant: Tenant, tag: str, username: str) -> Login:
        """Do the same for the operator's user of that name, and make the user if there is none.

        Raises ``BadRequest`` for an invalid tag or name, ``UserBanned``, ``QuotaExceeded``.
        """
        read_tag(tag)
        return await self._open(
            tenant, lambda tx: self.own_accounts.find_or_make(tx, tenant, tag, username, self.clock.now())
        )

    async def _open(self, tenant: Tenant, find: Callable[[Tx], Awaitable[User]]) -> Login:
        async def work(tx: Tx) -> tuple[User, Session]:
            user, now = await find(tx), self.clock.now()
            user.check_ban(now)
            session = self.sessions.make(user.id, tenant.name, TAG, "", now)
            await self.sessions.add(tx, session)
            return user, session

        user, session = await self.db.transact(work)
        return self.sessions.begin(tenant, user, session.id, self.clock.now())
