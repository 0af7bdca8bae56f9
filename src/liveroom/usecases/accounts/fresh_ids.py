"""Fresh ids: one sequence for users and rooms, past whatever people have chosen for their rooms."""

from collections.abc import Awaitable, Callable
from typing import Final, TypeVar

from liveroom.domain.accounts.users import User
from liveroom.domain.ids import RoomId, UserId
from liveroom.domain.tenants.model import Tenant
from liveroom.ports import Tx

_AHEAD: Final = 500

T = TypeVar("T")


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
