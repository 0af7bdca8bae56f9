"""Computing statements from entries: for a settlement, and to compare with what one has written."""

from collections.abc import Sequence
from dataclasses import dataclass

from liveroom.domain.ids import UserId
from liveroom.domain.ledger.accounts import Account, AccountKind
from liveroom.domain.settlement.model import AccountStatement, Settlement, stated
from liveroom.ports import Tx


@dataclass(frozen=True, slots=True)
class ComputedPart:
    """Accounts that stand next to each other, and the statements of those in which something has moved."""

    last: str
    """The last of the accounts; "" where there are none."""
    number: int
    statements: Sequence[AccountStatement]


async def compute(rows: Tx, settlement: Settlement, after: str, limit: int) -> ComputedPart:
    """Compute the statements of the next accounts. What a period that can be settled has moved never changes: so it
    may be read at any time, in any process, without a transaction.
    """
    accounts = await rows.settlements.accounts(settlement.tenant, after, limit)
    moved = await rows.settlements.moved({account.id for account in accounts}, settlement.span)
    hosts = [account for account in accounts if account.id in moved and account.name.kind is AccountKind.EARNINGS]
    live = await rows.settlements.live({UserId(host.name.owner) for host in hosts}, settlement.span)

    def seconds(account: Account) -> int:
        is_host = account.name.kind is AccountKind.EARNINGS
        return live.get(UserId(account.name.owner), 0) if is_host else 0

    statements = [
        stated(settlement, account.id, account.name.kind, moved[account.id], seconds(account))
        for account in accounts
        if account.id in moved
    ]
    return ComputedPart(accounts[-1].id if accounts else "", len(accounts), statements)
