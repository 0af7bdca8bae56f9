"""What the operator does to users: naming admins, banning, signing out, deleting.

A command only writes to SQL, and running services pick it up; a server's call is applied at once. If ``tenant`` is
given, users of other tenants are not found.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from liveroom.domain.accounts.sessions import SessionEnd
from liveroom.domain.accounts.users import User
from liveroom.domain.errors import UserNotFound
from liveroom.domain.events import users as user_events
from liveroom.domain.events.outbox import OutboxRow, SessionsEnded
from liveroom.domain.ids import TenantName, UserId
from liveroom.ports import Clock, Database, Tx
from liveroom.usecases.events.recorder import EventRecorder
from liveroom.usecases.moderation.address_bans import AddressBans
from liveroom.usecases.privacy.erasures import AccountDeletion
from liveroom.usecases.vendors.task_queue import VendorTaskQueue

Also = Callable[[Tx, User], Awaitable[None]]
"""What belongs into the same transaction; it may refuse, and is asked before anything is written."""
HandOver = Callable[[Sequence[OutboxRow]], Awaitable[None]]
"""What is done with rows just committed."""


async def nothing_more(_: Tx, __: User) -> None:
    """Do nothing beside."""


async def leave_to_others(_: Sequence[OutboxRow]) -> None:
    """Leave rows to the relay of a running service, which applies them within a second."""


@dataclass(frozen=True, slots=True)
class Moderation:
    """What the operator does to users."""

    db: Database
    clock: Clock
    address_bans: AddressBans
    vendor_tasks: VendorTaskQueue
    recorder: EventRecorder
    deletion: AccountDeletion
    hand_over: HandOver = leave_to_others

    async def name_admin(self, user_id: UserId, *, admin: bool, tenant: TenantName | None = None) -> User:
        """Make a user an admin, or an ordinary user again. Raises ``UserNotFound``."""
        return await self._change(user_id, tenant, lambda user: replace(user, admin=admin))

    async def unban(self, user_id: UserId, *, tenant: TenantName | None = None, also: Also = nothing_more) -> User:
        """Let a user sign in again. Raises ``UserNotFound``."""

        def change(user: User) -> User:
            return replace(user, banned_until=None, ban_reason="")

        async def both(tx: Tx, user: User) -> None:
            await also(tx, user)
            await self.address_bans.uncover(tx, user)

        return await self._change(user_id, tenant, change, both)

    async def ban(
        self,
        user_id: UserId,
        until: datetime,
        reason: str,
        *,
        tenant: TenantName | None = None,
        also: Also = nothing_more,
        with_address: bool = False,
    ) -> User:
        """Ban a user until then, and end their sessions and presence entries. Raises ``UserNotFound``.

        ``with_address``: for at most a day, accounts made from now on are refused from the addresses where they signed
        in.
        """

        async def work(tx: Tx) -> tuple[User, OutboxRow]:
            user = await _locked(tx, user_id, tenant)
            await also(tx, user)
            now = self.clock.now()
            banned = replace(user, banned_until=until, ban_reason=reason, ended=now, updated=now)
            if with_address:
                await self.address_bans.cover(tx, user, now, until)
            row = await _end_sessions(tx, banned, now, SessionEnd.BANNED)
            await self.vendor_tasks.user_evicted(tx, banned, now)
            await self.recorder.record_for_user(tx, banned, *user_events.changes(user, banned))
            return banned, row

        banned, row = await self.db.transact(work)
        await self.hand_over([row])
        return banned

    async def accept_timeless(self, user_id: UserId, *, tenant: TenantName | None = None) -> bool:
        """Accept a user's login signatures without a time again, until one carries a time.

        Returns False if they are accepted already. Raises ``UserNotFound``.
        """

        async def work(tx: Tx) -> bool:
            user = await _locked(tx, user_id, tenant)
            return await tx.users.forget_timed(user.id) > 0

        return await self.db.transact(work)

    async def sign_out(self, user_id: UserId, *, tenant: TenantName | None = None) -> None:
        """End every session of a user, and the presence entries with them; they can sign in again. Raises
        ``UserNotFound``.
        """

        async def work(tx: Tx) -> OutboxRow:
            now = self.clock.now()
            user = replace(await _locked(tx, user_id, tenant), ended=now)
            return await _end_sessions(tx, user, now, SessionEnd.LOGOUT)

        await self.hand_over([await self.db.transact(work)])

    async def delete(self, user_id: UserId, *, tenant: TenantName | None = None) -> None:
        """Delete a user's account as they could themselves. Raises ``UserNotFound``."""

        async def work(tx: Tx) -> Sequence[OutboxRow]:
            return await self.deletion.delete_in(tx, await _locked(tx, user_id, tenant))

        await self.hand_over(await self.db.transact(work))

    async def _change(
        self,
        user_id: UserId,
        tenant: TenantName | None,
        change: Callable[[User], User],
        also: Also = nothing_more,
    ) -> User:
        async def work(tx: Tx) -> User:
            user = await _locked(tx, user_id, tenant)
            await also(tx, user)
            changed = replace(change(user), updated=self.clock.now())
            await tx.users.put(changed)
            await self.recorder.record_for_user(tx, changed, *user_events.changes(user, changed))
            return changed

        return await self.db.transact(work)


async def _locked(tx: Tx, user_id: UserId, tenant: TenantName | None) -> User:
    user = await tx.users.lock(user_id)
    if user is None or user.deleted is not None or tenant not in (None, user.tenant):
        raise UserNotFound(f"no user {user_id}")
    return user


async def _end_sessions(tx: Tx, user: User, now: datetime, why: SessionEnd) -> OutboxRow:
    """End all of the user's sessions, and write the changed user."""
    sessions = tuple(await tx.sessions.open_of(user.id))
    await tx.sessions.end_all(user.id, now, why)
    await tx.users.put(user)
    return await tx.outbox.add(user.tenant, SessionsEnded(user.id, sessions, now, everything=True, why=why), now)
