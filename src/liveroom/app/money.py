"""Wires gifts, wallets and the ledger behind them."""

from dataclasses import dataclass

from liveroom.app.gifts import GiftServices, make_gifts
from liveroom.app.groups import ServiceGroup
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


@dataclass(frozen=True, slots=True)
class MoneyServices(ServiceGroup):
    """The use cases."""

    ledger: Ledger
    wallets: Wallets
    credits: Credits
    coins_for_tests: CoinsForTests
    approvals: Approvals
    freezing: Freezing
    gifts: GiftServices
    payouts: Payouts
    findings: Findings


def make_money(wiring: Wiring, notifier: UserNotifier) -> MoneyServices:
    """Build them."""
    db, clock, settings = wiring.db, wiring.clock, wiring.settings
    ledger = Ledger(clock)
    approvals = Approvals(db, clock, ApprovalLimits(settings.approval_limit, settings.purchase_limit))
    credits = Credits(db, clock, ledger, approvals, wiring.recorder)
    return MoneyServices(
        ledger=ledger,
        wallets=Wallets(db, clock, notifier, settings.earnings_clear),
        credits=credits,
        coins_for_tests=CoinsForTests(db, clock, credits, settings.gifts == "test"),
        approvals=approvals,
        freezing=Freezing(db),
        findings=Findings(db, clock, wiring.recorder),
        payouts=Payouts(db, clock, ledger, approvals, wiring.recorder, settings.earnings_clear),
        gifts=make_gifts(wiring, ledger, approvals),
    )
