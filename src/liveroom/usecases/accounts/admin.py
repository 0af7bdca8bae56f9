"""What the operator's own server does with a tenant's users: make them, look them up, give them tokens.

A user of another tenant is not found. ``Moderation`` bans, deletes and names admins; ``Profiles`` changes profiles.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from liveroom.domain.accounts.own_users import read_tag
from liveroom.domain.accounts.sessions import Session
from liveroom.domain.accounts.users import Profile, User, present
from liveroom.domain.events import users as user_events
from liveroom.domain.events.users import SignupSource
from liveroom.domain.ids import TenantName, UserId
from liveroom.domain.rooms.paging import cut
from liveroom.domain.tenants.model import Tenant
from liveroom.ports import Clock, Database, Tx
from liveroom.usecases.accounts.fresh_ids import add_user
from liveroom.usecases.accounts.own_users import OwnAccounts
from liveroom.usecases.accounts.profiles import ProfileChanges
from liveroom.usecases.accounts.registration import check_quota
from liveroom.usecases.accounts.sessions import Login, NewSessions
from liveroom.usecases.events.recorder import EventRecorder

TAG = "operator"
"""The tag of sessions that an operator's server opens for users."""


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
