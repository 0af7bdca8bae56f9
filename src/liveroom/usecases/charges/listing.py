"""What operators see of charges: lists by how far they have come, and whether their own books say the same."""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, NamedTuple

from liveroom.domain.gifts.charges import Charge, ChargeState
from liveroom.domain.ids import TenantName, UserId, first_id
from liveroom.domain.rooms.paging import cut
from liveroom.ports import Database

_AT_ONCE: Final = 500
_WAITING: Final = frozenset({ChargeState.ASKED, ChargeState.UNKNOWN, ChargeState.RETURNING})


class ShownCharge(NamedTuple):
    """A charge, and whose it is."""

    charge: Charge
    user: UserId
    """A pseudonym once the user is erased."""


class ChargeDifference(NamedTuple):
    """What one side has and the other has not."""

    id: str
    ours: int
    """Coins that it took; below 0: gave back."""
    theirs: int
    state: str
    """Of the charge here; "": there is none."""


@dataclass(frozen=True, slots=True)
class AdminCharges:
    """Lists charges, and compares them."""

    db: Database

    async def page(
        self, tenant: TenantName, state: ChargeState, *, cursor: str, limit: int
    ) -> tuple[Sequence[ShownCharge], str]:
        """Return charges of a state, newest first, and the next page's cursor."""
        found, after = cut(await self.db.charges.page(tenant, state, cursor, limit + 1), limit, lambda one: one.id)
        names = await self.db.ledger_accounts.names({charge.sender for charge in found})
        return [ShownCharge(one, UserId(names[one.sender].owner)) for one in found], after

    async def compare(
        self, tenant: TenantName, theirs: Mapping[str, int], begin: datetime, end: datetime
    ) -> AsyncIterator[ChargeDifference]:
        """Yield what differs between the charges of some days and what the operator's wallet has taken, by their ids.

        What waits to be reversed or given back is left out: nobody can know yet.
        """
        left, after, until = dict(theirs), first_id(begin), first_id(end)
        while found := await self.db.charges.between(tenant, after, until, _AT_ONCE):
            after = found[-1].id + "!"
            for charge in found:
                ours, their = _taken(charge), left.pop(charge.id, 0)
                if ours != their and charge.state not in _WAITING:
                    yield ChargeDifference(charge.id, ours, their, charge.state.value)
        for id, their in sorted(left.items()):
            if their:
                yield ChargeDifference(id, 0, their, "")


def _taken(charge: Charge) -> int:
    if charge.state is ChargeState.CHARGED:
        return charge.coins
    return -charge.coins if charge.state is ChargeState.RETURNED else 0
