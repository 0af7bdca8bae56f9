"""Coins for whoever tries an installation out: promotional ones that are worth nothing, some each hour."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from liveroom.domain.accounts.users import present
from liveroom.domain.errors import NotOffered
from liveroom.domain.ids import TenantName, UserId
from liveroom.domain.ledger.accounts import Currency
from liveroom.domain.ledger.journals import MoveKind
from liveroom.ports import Clock, Database, Tx
from liveroom.usecases.ledger.credits import Credit, Credits

COINS: Final = 1000
_HOUR: Final = timedelta(hours=1)


class GivenCoins(NamedTuple):
    """What came of asking for some."""

    added: int
    """0: they had those of this hour already."""
    next: datetime
    """When there are more."""


@dataclass(frozen=True, slots=True)
class CoinsForTests:
    """Gives users coins where the installation is there to try things out."""

    db: Database
    clock: Clock
    credits: Credits
    is_on: bool

    async def give(self, tenant: TenantName, id: UserId) -> GivenCoins:
        """Give a user their coins of this hour, once.

        Raises ``NotOffered`` unless this is for tests, ``UserNotFound``, ``AccountFrozen``.
        """
        if not self.is_on:
            raise NotOffered
        hour = self.clock.now().replace(minute=0, second=0, microsecond=0)
        credit = Credit(id, MoveKind.GRANT, Currency.COIN, COINS, f"test-{id}-{hour:%Y%m%d%H}")

        async def work(tx: Tx) -> int:
            done = await self.credits.credit_in(tx, present(await tx.users.get(id), tenant), credit, f"user:{id}")
            return 0 if done.is_repeated else COINS

        return GivenCoins(await self.db.transact(work), hour + _HOUR)
