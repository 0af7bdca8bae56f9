"""The accounts of `liveroom demo`: flagged, so that they can be told from people and removed at the end.

The flag is that they are own users of a reserved tag: users cannot give it to themselves, nor can an operator's server.
Whatever counts people (statistics, rankings) or moves money asks `is_demo`, or leaves out `own_users.of_tag`.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from liveroom.domain.accounts.own_users import DEMO_TAG
from liveroom.domain.accounts.users import Profile, User
from liveroom.domain.ids import UserId
from liveroom.domain.tenants.model import Tenant
from liveroom.ports import Clock, Database, Tx
from liveroom.usecases.accounts.own_users import OwnAccounts
from liveroom.usecases.accounts.sessions import NewSessions


@dataclass(frozen=True, slots=True)
class DemoUsers:
    """Makes and finds them; `Moderation` deletes them, like all users."""

    db: Database
    clock: Clock
    own_accounts: OwnAccounts
    sessions: NewSessions

    async def make(self, tenant: Tenant, username: str, name: str) -> str:
        """Make a flagged user with this display name, and return a token of theirs. Raises ``QuotaExceeded``."""

        async def work(tx: Tx) -> User:
            now = self.clock.now()
            user = await self.own_accounts.find_or_make(tx, tenant, DEMO_TAG, username, now)
            return await self.own_accounts.fill(tx, user, Profile(name), now)

        return await self.sessions.open_for(await self.db.transact(work))

    async def all(self, tenant: Tenant) -> Sequence[UserId]:
        """Return all flagged users of a tenant."""
        return await self.db.own_users.of_tag(tenant.name, DEMO_TAG)

    async def is_demo(self, user: UserId) -> bool:
        """Say whether a user is flagged."""
        return DEMO_TAG in await self.db.own_users.tags_of(user)
