"""What the operator does to users: naming admins, banning, deleting. Written to SQL; running services take it up."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from liveroom.domain.errors import UserNotFound
from liveroom.domain.ids import UserId
from liveroom.domain.outbox import OutboxRow, SessionsEnded
from liveroom.domain.sessions import SessionEnd
from liveroom.domain.users import User
from liveroom.ports import Clock, Database, Tx
from liveroom.usecases.accounts import Accounts


@dataclass(frozen=True, slots=True)
class Moderation:
    """The operator's hand. Rows that it writes are applied by the relay of a running service within a second."""

    db: Database
    clock: Clock
    accounts: Accounts

    async def name_admin(self, user_id: UserId, *, admin: bool) -> User:
        """Make a user an admin, or an ordinary user again. Raises ``UserNotFound``."""
        return await self._change(user_id, lambda user: replace(user, admin=admin))

    async def unban(self, user_id: UserId) -> User:
        """Let a user sign in again. Raises ``UserNotFound``."""
        return await self._change(user_id, lambda user: replace(user, banned_until=None, ban_reason=""))

    async def ban(self, user_id: UserId, until: datetime, reason: str) -> User:
        """Keep a user out until then, and end their sessions and places. Raises ``UserNotFound``."""

        async def work(tx: Tx) -> User:
            user = await _locked(tx, user_id)
            now = self.clock.now()
            banned = replace(user, banned_until=until, ban_reason=reason, ended=now, updated=now)
            sessions = tuple(await tx.sessions.open_of(user.id))
            await tx.sessions.end_all(user.id, now, SessionEnd.BANNED)
            await tx.users.put(banned)
            await self.accounts.desk.user_put_out(tx, banned, now)
            told = SessionsEnded(user.id, sessions, now, everything=True, why=SessionEnd.BANNED)
            await tx.outbox.add(user.tenant, told, now)
            return banned

        return await self.db.transact(work)

    async def delete(self, user_id: UserId) -> None:
        """Delete a user's account as they could themselves. Raises ``UserNotFound``."""

        async def work(tx: Tx) -> Sequence[OutboxRow]:
            return await self.accounts.delete_in(tx, await _locked(tx, user_id))

        await self.db.transact(work)

    async def _change(self, user_id: UserId, change: Callable[[User], User]) -> User:
        async def work(tx: Tx) -> User:
            user = change(await _locked(tx, user_id))
            user = replace(user, updated=self.clock.now())
            await tx.users.put(user)
            return user

        return await self.db.transact(work)


async def _locked(tx: Tx, user_id: UserId) -> User:
    user = await tx.users.lock(user_id)
    if user is None or user.deleted is not None:
        raise UserNotFound(f"no user {user_id}")
    return user
