"""Who is online and where, and why the service thinks so."""

from collections.abc import Sequence
from dataclasses import dataclass

from liveroom.domain.accounts.sessions import Actor
from liveroom.domain.errors import PermissionDenied, UserNotFound
from liveroom.domain.ids import TenantName, UserId
from liveroom.domain.presence.signs import Presence, Source
from liveroom.ports import Database, Live
from liveroom.usecases.privacy.visibility import Privacy
from liveroom.usecases.rooms.ranks import is_admin


@dataclass(frozen=True, slots=True)
class Attendance:
    """Presence of a tenant's users."""

    db: Database
    live: Live
    privacy: Privacy

    async def query(self, actor: Actor, user_ids: Sequence[str]) -> Sequence[Presence]:
        """Return the presence of those users that belong to the actor's tenant, in the order asked.

        Rooms that conceal their members are left out, unless the actor is a member.
        """
        return await self.privacy.visible(actor, await self.of_users(actor.tenant.name, user_ids))

    async def of_users(self, tenant: TenantName, user_ids: Sequence[str]) -> Sequence[Presence]:
        """Return the presence of those of the users that belong to the tenant, in the order asked."""
        users = await self.db.users.list([UserId(user_id) for user_id in user_ids])
        ours = {user.id for user in users if user.tenant == tenant and user.deleted is None}
        return await self.live.presence([user for text in user_ids if (user := UserId(text)) in ours])

    async def explain(self, actor: Actor, user_id: str) -> Sequence[Source]:
        """Return what each source says of a user, for admins. Raises ``PermissionDenied``, ``UserNotFound``."""
        if not await is_admin(self.db, actor.user):
            raise PermissionDenied
        return await self.explain_of(actor.tenant.name, user_id)

    async def explain_of(self, tenant: TenantName, user_id: str) -> Sequence[Source]:
        """Return what each source says of a user, for the operator. Raises ``UserNotFound``."""
        user = await self.db.users.get(UserId(user_id))
        if user is None or user.tenant != tenant:
            raise UserNotFound
        return await self.live.sources(user.id)
