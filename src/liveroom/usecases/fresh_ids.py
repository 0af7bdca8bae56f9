"""Fresh ids: one sequence for users and rooms, past whatever people have chosen for their rooms."""

from collections.abc import Callable
from typing import Final

from liveroom.domain.ids import RoomId, UserId
from liveroom.domain.tenants import Tenant
from liveroom.domain.users import User
from liveroom.ports import Tx

_AHEAD: Final = 500


async def add_user(tx: Tx, tenant: Tenant, make: Callable[[UserId], User]) -> User:
    """Add the user that is made for a fresh id."""
    while True:
        number = await tx.ids.take(1)
        user = make(UserId(tenant.write_id(number)))
        if await tx.ids.claim(user.id, tenant.name, user.id) == (user.id, tenant.name) and await tx.users.add(user):
            return user
        await _pass_claimed(tx, tenant, number + 1)


async def fresh_id(tx: Tx, tenant: Tenant, holder: UserId | None) -> str:
    """Return a fresh id, given to the holder, or to itself when it is to be a user's."""
    while True:
        number = await tx.ids.take(1)
        text = tenant.write_id(number)
        mine = holder or UserId(text)
        claimed = await tx.ids.claim(text, tenant.name, mine)
        taken = await (tx.rooms.get(RoomId(text)) if holder else tx.users.get(mine))
        if claimed == (mine, tenant.name) and taken is None:
            return text
        await _pass_claimed(tx, tenant, number + 1)


async def _pass_claimed(tx: Tx, tenant: Tenant, number: int) -> None:
    """Move the sequence past a row of ids that people have chosen for rooms: many a query, and none that is free."""
    row = [tenant.write_id(number + step) for step in range(_AHEAD)]
    claimed = await tx.ids.claimed(row)
    length = next((step for step, id in enumerate(row) if id not in claimed), _AHEAD)
    if length:
        await tx.ids.take(length)
