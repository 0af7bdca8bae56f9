"""The statements of the ledger (``ledger_tables``), of gifts that were sent, agencies and settlements."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from liveroom import ports
from liveroom.store.sql.agencies.rows import SqlAgencies
from liveroom.store.sql.envelopes.rows import SqlEnvelopes
from liveroom.store.sql.gifts.payment_reads import SqlPaymentReads
from liveroom.store.sql.gifts.ranks import SqlGiftRanks
from liveroom.store.sql.gifts.sent import SqlSentGifts
from liveroom.store.sql.ledger.accounts import SqlAccounts
from liveroom.store.sql.ledger.approvals import SqlApprovals
from liveroom.store.sql.ledger.audit import SqlLedgerAudit
from liveroom.store.sql.ledger.charges import SqlCharges
from liveroom.store.sql.ledger.dues import SqlDues
from liveroom.store.sql.ledger.findings import SqlCheckpoints, SqlDifferences, SqlSeals
from liveroom.store.sql.ledger.gift_audit import SqlGiftAudit
from liveroom.store.sql.ledger.journals import SqlJournals
from liveroom.store.sql.ledger.lots import SqlLots
from liveroom.store.sql.ledger.minor_refunds import SqlMinorRefunds
from liveroom.store.sql.ledger.payouts import SqlPayouts
from liveroom.store.sql.ledger.receipts import SqlReceipts
from liveroom.store.sql.runner import Runner
from liveroom.store.sql.settlement.rows import SqlSettlements

LEDGER_STATEMENTS: Final[Mapping[str, Callable[[Runner], Any]]] = {
    "ledger_accounts": SqlAccounts,
    "journals": SqlJournals,
    "dues": SqlDues,
    "lots": SqlLots,
    "approvals": SqlApprovals,
    "payouts": SqlPayouts,
    "minor_refunds": SqlMinorRefunds,
    "sent_gifts": SqlSentGifts,
    "payment_reads": SqlPaymentReads,
    "charges": SqlCharges,
    "receipts": SqlReceipts,
    "gift_ranks": SqlGiftRanks,
    "envelopes": SqlEnvelopes,
    "ledger_audit": SqlLedgerAudit,
    "gift_audit": SqlGiftAudit,
    "checkpoints": SqlCheckpoints,
    "differences": SqlDifferences,
    "seals": SqlSeals,
    "agencies": SqlAgencies,
    "settlements": SqlSettlements,
}


class LedgerStatements:
    """Those statements, all run by the same runner."""

    ledger_accounts: ports.AccountRows
    journals: ports.JournalRows
    dues: ports.DueRows
    lots: ports.LotRows
    approvals: ports.ApprovalRows
    payouts: ports.PayoutRows
    minor_refunds: ports.MinorRefundRows
    sent_gifts: ports.SentGiftRows
    payment_reads: ports.PaymentReads
    charges: ports.ChargeRows
    receipts: ports.ReceiptRows
    gift_ranks: ports.GiftRankRows
    envelopes: ports.EnvelopeRows
    ledger_audit: ports.LedgerAuditRows
    gift_audit: ports.GiftAuditRows
    checkpoints: ports.CheckpointRows
    differences: ports.DifferenceRows
    seals: ports.SealRows
    agencies: ports.AgencyRows
    settlements: ports.SettlementRows
