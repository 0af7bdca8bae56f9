"""Registering an account, and what bounds how many there are of every kind; and deleting one."""

from collections.abc import Sequence
from dataclasses import dataclass

from liveroom import faults
from liveroom.domain.accounts.sessions import Actor, SessionEnd
from liveroom.domain.accounts.users import LoginCredential, User, fold_username, read_username
from liveroom.domain.addresses import network_of
from liveroom.domain.errors import NameTaken, NotOffered, QuotaExceeded
from liveroom.domain.events import users as user_events
from liveroom.domain.events.outbox import OutboxRow, SessionsEnded
from liveroom.domain.events.users import SignupSource
from liveroom.domain.ids import TenantName
from liveroom.domain.privacy.erasures import erasure_of
from liveroom.domain.rooms.model import CloseReason, RoomStatus
from liveroom.domain.tenants.model import Tenant
from liveroom.ports import Clock, Database, Live, Tx, Vault
from liveroom.usecases.accounts.attempts import WINDOW
from liveroom.usecases.accounts.authentication import why_over
from liveroom.usecases.accounts.fresh_ids import add_user
from liveroom.usecases.events.recorder import EventRecorder
from liveroom.usecases.events.relay import OutboxRelay
from liveroom.usecases.importing.accounts import forget_user
from liveroom.usecases.messages.screening import Screening
from liveroom.usecases.moderation.address_bans import AddressBans
from liveroom.usecases.rates import check_rate
from liveroom.usecases.rooms.broadcasts import Broadcasts
from liveroom.usecases.vendors.task_queue import VendorTaskQueue


@dataclass(frozen=True, slots=True)
class SignupLimits:
    """Bounds how many accounts come from one address."""

    live: Live
    address_bans: AddressBans

    async def check(self, kind: str, tenant: TenantName, address: str, most: int) -> None:
        """Count an account that is about to be made; ``most`` of the kind within ``WINDOW``, 0 for any number.

        Raises ``AddressBanned``, ``RateLimited``.
        """
        self.address_bans.check(tenant, address)
        if most:
            await check_rate(self.live, f"{kind}:{network_of(address)}", limit=most, window=WINDOW)


@dataclass(frozen=True, slots=True)
class Registration:
    """Makes accounts with a username."""

    db: Database
    clock: Clock
    vault: Vault
    limits: SignupLimits
    screening: Screening
    vendor_tasks: VendorTaskQueue
    recorder: EventRecorder
    is_open: bool = True
    limit: int = 0
    """Accounts that one address may register within ``attempts.WINDOW``; 0 for any number."""

    async def register(self, tenant: Tenant, address: str, username: str, salt: str) -> User:
        """Make an account. Raises ``NameTaken`` (also for the same salt, and for a name that looks like another's),
        ``NotOffered`` when registration is closed, ``RateLimited``, ``QuotaExceeded``, ``ContentRefused``,
        ``BadRequest``.
        """
        if not self.is_open:
            raise NotOffered
        name = read_username(username)
        # A taken name counts too: else names could be tried without end.
        await self.limits.check("register", tenant.name, address, self.limit)
        await self.screening.username(tenant.name, name)
        folded = fold_username(name)
        sealed = self.vault.seal(salt, salt_context(tenant, folded))
        if await self.db.users.looks_taken(tenant.name, folded):
            raise NameTaken

        async def work(tx: Tx) -> User:
            await check_quota(tx, tenant)
            now = self.clock.now()
            user = await add_user(tx, tenant, lambda id: User(id, tenant.name, now, now))
            if not await tx.users.add_credential(LoginCredential(tenant.name, name, user.id, sealed), folded):
                raise NameTaken
            await self.vendor_tasks.signed_in(tx, user.id, tenant.name, now)
            await self.recorder.record_for_user(
                tx, user, user_events.registered(user, SignupSource.REGISTER, username=name)
            )
            return user

        return await self.db.transact_in_group(work)


def salt_context(tenant: Tenant, folded: str) -> str:
    """Return what a salt is bound to when it is sealed: whose it is."""
    return f"salt:{tenant.name}:{folded}"


async def check_quota(tx: Tx, tenant: Tenant) -> None:
    """Raise ``QuotaExceeded`` when the tenant has as many users as it may."""
    most = tenant.quotas.users
    if most and await tx.users.count(tenant.name) >= most:
        raise QuotaExceeded(f"at most {most} users")


@dataclass(frozen=True, slots=True)
class AccountDeletion:
    """Deletes accounts at once; what is left of their users elsewhere is erased by ``DeletedUsers``."""

    db: Database
    clock: Clock
    broadcasts: Broadcasts
    relay: OutboxRelay
    vendor_tasks: VendorTaskQueue
    recorder: EventRecorder

    async def delete(self, actor: Actor) -> None:
        """Delete the account: sessions, presence entries and owned rooms end; name, number and mailbox are free, the
        id is not.

        Deleting again changes nothing. The actor's session is not checked before: raises ``TokenInvalid`` when it was
        ended by anything but the deletion.
        """

        async def work(tx: Tx) -> Sequence[OutboxRow]:
            user = await tx.users.lock(actor.user)
            if user is None or user.deleted is not None:
                return ()
            found = await tx.users.with_session(actor.user, actor.session)
            session = found[1] if found is not None else None
            # One of the original has no row that a ban could end.
            now = self.clock.now()
            if user.is_banned(now) if session is None else session.ended is not None:
                raise why_over(user, now)
            return await self.delete_in(tx, user)

        rows = await self.db.transact(work)
        faults.point("delete.committed")
        await self.relay.deliver_later(rows)

    async def delete_in(self, tx: Tx, user: User) -> Sequence[OutboxRow]:
        """Delete a locked user within the caller's transaction; return what it tells."""
        now = self.clock.now()
        rows = []
        for room_id in (*await tx.rooms.owned_live(user.id), *await tx.schedules.of(user.id)):
            room = await tx.rooms.lock(room_id)
            if room is not None and room.state is not RoomStatus.CLOSED and room.owner == user.id:
                closed = await self.broadcasts.close_in(tx, room, by=user.id, reason=CloseReason.OWNER_DELETED)
                rows += [closed.row] if closed.row is not None else []
        sessions = tuple(await tx.sessions.open_of(user.id))
        await tx.sessions.end_all(user.id, now, SessionEnd.DELETED)
        await tx.users.remove_credentials(user.id)
        await forget_user(tx, user)
        await tx.contacts.release(user.id)
        await tx.own_users.remove(user.id)
        deleted = User(user.id, user.tenant, user.created, now, ended=now, deleted=now)
        await tx.users.put(deleted)
        await tx.erasures.add(erasure_of(user.id, user.tenant, now))
        await self.vendor_tasks.user_evicted(tx, deleted, now)
        await self.recorder.record_for_user(tx, deleted, user_events.deleted(deleted))
        message = SessionsEnded(user.id, sessions, now, everything=True, why=SessionEnd.DELETED)
        rows.append(await tx.outbox.add(user.tenant, message, now))
        return rows
