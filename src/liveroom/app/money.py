"""Wires gifts, wallets and the ledger behind them."""

from dataclasses import dataclass

from liveroom.app.charges import ChargeServices, make_charges
from liveroom.app.envelopes import EnvelopeServices, make_envelopes
from liveroom.app.gifts import GiftServices, make_gifts
from liveroom.app.groups import ServiceGroup
from liveroom.app.protection import ProtectionServices, make_protection
from liveroom.app.receipts import ReceiptServices, make_receipts
from liveroom.app.settlement import SettlementServices, make_settlement
from liveroom.app.wiring import Wiring
from liveroom.domain.ledger.approvals import ApprovalLimits
from liveroom.usecases.events.announcing import UserNotifier
from liveroom.usecases.ledger.approving import Approvals
from liveroom.usecases.ledger.auditing import Findings
from liveroom.usecases.ledger.coins_for_tests import CoinsForTests
from liveroom.usecases.ledger.credits import Credits
from liveroom.usecases.ledger.freezing import Freezing
from liveroom.usecases.ledger.payouts import Payouts
from liveroom.usecases.ledger.posting import Ledger
from liveroom.usecases.ledger.wallets import Wallets
from liveroom.usecases.protection.minor_refunds import MinorRefunds


@dataclass(frozen=True, slots=True)
class MoneyServices(ServiceGroup):
    """The use cases."""

    ledger: Ledger
    wallets: Wallets
    credits: Credits
    receipts: ReceiptServices
    coins_for_tests: CoinsForTests
    approvals: Approvals
    freezing: Freezing
    gifts: GiftServices
    envelopes: EnvelopeServices
    payouts: Payouts
    findings: Findings
    charges: ChargeServices
    protection: ProtectionServices
    minor_refunds: MinorRefunds
    settlement: SettlementServices


def make_money(wiring: Wiring, notifier: UserNotifier) -> MoneyServices:
    """Build them."""
    db, clock, settings = wiring.db, wiring.clock, wiring.settings
    ledger = Ledger(clock)
    charges, keeps = make_charges(wiring), settings.wallet == "own"
    approvals = Approvals(db, clock, ApprovalLimits(settings.approval_limit, settings.purchase_limit))
    credits = Credits(db, clock, ledger, approvals, wiring.recorder, keeps)
    wallets = Wallets(db, clock, notifier, settings.earnings_clear, is_external=not keeps)
    protection = make_protection(wiring)
    gifts = make_gifts(wiring, ledger, approvals, charges, protection.giving)
    return MoneyServices(
        ledger=ledger,
        wallets=wallets,
        credits=credits,
        receipts=make_receipts(wiring, credits, wallets),
        coins_for_tests=CoinsForTests(db, clock, credits, keeps and settings.gifts == "test"),
        approvals=approvals,
        freezing=Freezing(db),
        findings=Findings(db, clock, wiring.recorder),
        payouts=Payouts(db, clock, ledger, approvals, wiring.recorder, protection.adults, settings.earnings_clear),
        charges=charges,
        gifts=gifts,
        envelopes=make_envelopes(wiring, ledger, approvals, protection.adults),
        protection=protection,
        minor_refunds=MinorRefunds(db, clock, approvals, gifts.refunds, credits, wiring.recorder),
        settlement=make_settlement(wiring, ledger, approvals, protection.rules),
    )
