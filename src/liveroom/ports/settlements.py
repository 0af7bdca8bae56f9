"""The SQL seam of settlements: what was settled, the statements of it, and the sums that they come from."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from liveroom.domain.ids import TenantName, UserId
from liveroom.domain.ledger.accounts import Account, AccountId
from liveroom.domain.settlement.bonuses import BonusRule
from liveroom.domain.settlement.model import AccountStatement, MovedPoints, Settlement, SettlementState
from liveroom.domain.settlement.periods import SettlementPeriod


class SettlementRows(Protocol):
    """Settlements and statements. Whoever changes one has locked the settlement."""

    async def add(self, settlement: Settlement) -> bool:
        """Write a new one; return False, and write nothing, where there is one of that period."""

    async def put(self, settlement: Settlement) -> None: ...
    async def get(self, tenant: TenantName, period: str) -> Settlement | None: ...
    async def lock(self, tenant: TenantName, period: str) -> Settlement | None: ...
    async def open(self, states: Collection[SettlementState], limit: int) -> Sequence[Settlement]:
        """Return settlements of all tenants that are not closed, the oldest first."""

    async def overlapping(self, tenant: TenantName, period: SettlementPeriod) -> Settlement | None:
        """Return one of another key that has some of the period's time."""

    async def page(self, tenant: TenantName, before: datetime | None, limit: int) -> Sequence[Settlement]:
        """Return settlements, the latest period first."""

    async def accounts(self, tenant: TenantName, after: str, limit: int) -> Sequence[Account]:
        """Return accounts that get statements, by their ids."""

    async def moved(self, accounts: Collection[AccountId], period: SettlementPeriod) -> Mapping[AccountId, MovedPoints]:
        """Return what has moved in accounts in a period; those in which nothing has are not in it."""

    async def live(self, hosts: Collection[UserId], period: SettlementPeriod) -> Mapping[UserId, int]:
        """Return for how many seconds of a period hosts were live."""

    async def put_statements(self, statements: Sequence[AccountStatement]) -> None: ...
    async def statements(self, tenant: TenantName, period: str, after: str, limit: int) -> Sequence[AccountStatement]:
        """Return the statements of a period, by their accounts."""

    async def statement(self, tenant: TenantName, period: str, account: AccountId) -> AccountStatement | None: ...
    async def of_account(self, account: AccountId, before: datetime | None, limit: int) -> Sequence[AccountStatement]:
        """Return the closed statements of an account, the latest period first."""

    async def rules(self, tenant: TenantName) -> tuple[BonusRule, ...]: ...
    async def put_rules(self, tenant: TenantName, rules: Sequence[BonusRule]) -> None: ...
