"""Making accounts: registering one, what bounds how many there are of every kind, and the ids that they get.

Users and rooms take fresh ids from one sequence, past whatever people have chosen for their rooms.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final, TypeVar

from liveroom.domain.accounts.users import LoginCredential, User, fold_username, read_username
from liveroom.domain.addresses import network_of
from liveroom.domain.errors import NameTaken, NotOffered, QuotaExceeded
from liveroom.domain.events import users as user_events
from liveroom.domain.events.users import SignupSource
from liveroom.domain.ids import RoomId, TenantName, UserId
from liveroom.domain.tenants.model import Tenant
from liveroom.ports import Clock, Database, Live, Tx, Vault
from liveroom.usecases.accounts.attempts import WINDOW
from liveroom.usecases.events.recorder import EventRecorder
from liveroom.usecases.messages.screening import Screening
from liveroom.usecases.moderation.address_bans import AddressBans
from liveroom.usecases.rates import check_rate
from liveroom.usecases.vendors.task_queue import VendorTaskQueue

_AHEAD: Final = 500

T = TypeVar("T")


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


async def add_user(tx: Tx, tenant: Tenant, make: Callable[[UserId], User]) -> User:
    """Add the user that is made for a fresh id."""

    async def take(id: str) -> User | None:
        user = make(UserId(id))
        return user if await _claim(tx, tenant, id, user.id) and await tx.users.add_new(user) else None

    return await _first(tx, tenant, take)


async def fresh_id(tx: Tx, tenant: Tenant, holder: UserId | None) -> str:
    """Return a fresh id that belongs to the holder, or to itself if it is for a new user."""

    async def take(id: str) -> str | None:
        mine = holder or UserId(id)
        claimed = await _claim(tx, tenant, id, mine)
        taken = await (tx.rooms.get(RoomId(id)) if holder else tx.users.get(mine))
        return id if claimed and taken is None else None

    return await _first(tx, tenant, take)


async def _first(tx: Tx, tenant: Tenant, take: Callable[[str], Awaitable[T | None]]) -> T:
    """Take the first free id of the sequence, and return what is made with it."""
    while True:
        number = await tx.ids.take(1)
        if (made := await take(tenant.write_id(number))) is not None:
            return made
        await _pass_claimed(tx, tenant, number + 1)


async def _claim(tx: Tx, tenant: Tenant, id: str, holder: UserId) -> bool:
    return await tx.ids.claim(id, tenant.name, holder) == (holder, tenant.name)


async def _pass_claimed(tx: Tx, tenant: Tenant, number: int) -> None:
    """Move the sequence past consecutive ids that people chose for rooms: many per query, and no free one is
    skipped."""
    row = [tenant.write_id(number + step) for step in range(_AHEAD)]
    claimed = await tx.ids.claimed(row)
    length = next((step for step, id in enumerate(row) if id not in claimed), _AHEAD)
    if length:
        await tx.ids.take(length)
