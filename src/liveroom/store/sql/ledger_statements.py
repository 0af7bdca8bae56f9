"""The statements of the ledger (``ledger_tables``), and of gifts that were sent."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from liveroom import ports
from liveroom.store.sql.gifts.sent import SqlSentGifts
from liveroom.store.sql.ledger.accounts import SqlAccounts
from liveroom.store.sql.ledger.approvals import SqlApprovals
from liveroom.store.sql.ledger.audit import SqlLedgerAudit
from liveroom.store.sql.ledger.dues import SqlDues
from liveroom.store.sql.ledger.findings import SqlCheckpoints, SqlDifferences, SqlSeals
from liveroom.store.sql.ledger.gift_audit import SqlGiftAudit
from liveroom.store.sql.ledger.journals import SqlJournals
from liveroom.store.sql.ledger.lots import SqlLots
from liveroom.store.sql.ledger.payouts import SqlPayouts
from liveroom.store.sql.runner import Runner

LEDGER_STATEMENTS: Final[Mapping[str, Callable[[Runner], Any]]] = {
    "ledger_accounts": SqlAccounts,
    "journals": SqlJournals,
    "dues": SqlDues,
    "lots": SqlLots,
    "approvals": SqlApprovals,
    "payouts": SqlPayouts,
    "sent_gifts": SqlSentGifts,
    "ledger_audit": SqlLedgerAudit,
    "gift_audit": SqlGiftAudit,
    "checkpoints": SqlCheckpoints,
    "differences": SqlDifferences,
    "seals": SqlSeals,
}


class LedgerStatements:
    """Those statements, all run by the same runner."""

    ledger_accounts: ports.AccountRows
    journals: ports.JournalRows
    dues: ports.DueRows
    lots: ports.LotRows
    approvals: ports.ApprovalRows
    payouts: ports.PayoutRows
    sent_gifts: ports.SentGiftRows
    ledger_audit: ports.LedgerAuditRows
    gift_audit: ports.GiftAuditRows
    checkpoints: ports.CheckpointRows
    differences: ports.DifferenceRows
    seals: ports.SealRows
