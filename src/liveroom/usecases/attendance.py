"""Who is online and where, and why the service thinks so."""

from collections.abc import Sequence
from dataclasses import dataclass

from liveroom.domain.errors import PermissionDenied, UserNotFound
from liveroom.domain.ids import UserId
from liveroom.domain.presence import Presence, Source
from liveroom.domain.sessions import Actor
from liveroom.ports import Database, Live


@dataclass(frozen=True, slots=True)
class Attendance:
    """Presence of a tenant's users."""

    db: Database
    live: Live

    async def query(self, actor: Actor, user_ids: Sequence[str]) -> Sequence[Presence]:
        """Return the presence of those of the users that belong to the actor's tenant, in the order asked."""
        users = await self.db.users.list([UserId(user_id) for user_id in user_ids])
        ours = {user.id for user in users if user.tenant == actor.tenant.name and user.deleted is None}
        return await self.live.presence([user for text in user_ids if (user := UserId(text)) in ours])

    async def explain(self, actor: Actor, user_id: str) -> Sequence[Source]:
        """Return what each source says of a user, for admins. Raises ``PermissionDenied``, ``UserNotFound``."""
        caller = await self.db.users.get(actor.user)
        if caller is None or not caller.admin:
            raise PermissionDenied
        user = await self.db.users.get(UserId(user_id))
        if user is None or user.tenant != actor.tenant.name:
            raise UserNotFound
        return await self.live.sources(user.id)
