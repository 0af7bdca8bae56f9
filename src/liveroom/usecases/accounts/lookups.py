"""Looking up other users."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from liveroom.domain.accounts.contacts import Contact, ContactKind, read_phone
from liveroom.domain.accounts.sessions import Actor
from liveroom.domain.accounts.users import User, present
from liveroom.domain.errors import BadRequest, QueryLimited, SearchInvalid, UserNotFound
from liveroom.domain.ids import UserId
from liveroom.ports import Database, Live
from liveroom.usecases.accounts.contacts import carrier_of

QUERIES: Final = 60
_MINUTE: Final = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class UserLookups:
    """Finds users of a tenant, ``QUERIES`` times a minute for each who asks."""

    db: Database
    live: Live

    async def find(self, actor: Actor, user_id: str) -> User:
        """Return a user of the actor's tenant. Raises ``UserNotFound``, ``QueryLimited``."""
        await self._count(actor)
        return present(await self.db.users.get(UserId(user_id)), actor.tenant.name)

    async def find_by_phone(self, actor: Actor, phone: str) -> User:
        """Return the user with that phone number. Raises ``SearchInvalid`` for what is no number, ``UserNotFound``."""
        await self._count(actor)
        try:
            contact = Contact(ContactKind.PHONE, read_phone(phone))
        except BadRequest:
            raise SearchInvalid from None
        found = await carrier_of(self.db, actor.tenant.name, contact)
        if found is None:
            raise UserNotFound
        return found

    async def find_all(self, actor: Actor, user_ids: Sequence[str]) -> Sequence[User]:
        """Return those of the users that there are, in the order asked."""
        await self._count(actor)
        found = {user.id: user for user in await self.db.users.list([UserId(user_id) for user_id in user_ids])}
        users = (found.get(UserId(user_id)) for user_id in user_ids)
        return [user for user in users if user and user.deleted is None and user.tenant == actor.tenant.name]

    async def _count(self, actor: Actor) -> None:
        if not await self.live.hit(f"query:{actor.user}", limit=QUERIES, window=_MINUTE):
            raise QueryLimited
