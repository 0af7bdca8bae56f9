"""Wires gifts."""

from dataclasses import dataclass

from liveroom.app.charges import ChargeServices
from liveroom.app.envelopes import senders_of
from liveroom.app.groups import ServiceGroup
from liveroom.app.wiring import Wiring
from liveroom.domain.gifts.builtin import Defaults
from liveroom.domain.gifts.model import Shares
from liveroom.domain.gifts.ranking import DayOf
from liveroom.domain.protection.rules import ProtectionRules
from liveroom.usecases.charges.opening import ChargeOpening
from liveroom.usecases.charges.selling import ChargedSales
from liveroom.usecases.gifts.admin import AdminGifts
from liveroom.usecases.gifts.asking import GiftHooks
from liveroom.usecases.gifts.catalogues import GiftCatalogues
from liveroom.usecases.gifts.listing import SentGifts
from liveroom.usecases.gifts.paying import Payments
from liveroom.usecases.gifts.rank_counting import RankCounting
from liveroom.usecases.gifts.ranking import GiftRankings
from liveroom.usecases.gifts.refunding import Refunds
from liveroom.usecases.gifts.selling import GiftSales, GiftTurnover, Seller
from liveroom.usecases.gifts.sending import Gifts
from liveroom.usecases.gifts.showing import GiftTray
from liveroom.usecases.ledger.approving import Approvals
from liveroom.usecases.ledger.posting import Ledger
from liveroom.usecases.protection.giving import GiftProtection
from liveroom.usecases.rooms.ranks import Ranks
from liveroom.usecases.tenants.registry import Tenancy


@dataclass(frozen=True, slots=True)
class GiftServices(ServiceGroup):
    """The use cases."""

    catalogues: GiftCatalogues
    admin: AdminGifts
    tray: GiftTray
    sending: Gifts
    sold: GiftTurnover
    sent: SentGifts
    refunds: Refunds
    rankings: GiftRankings
    rank_counting: RankCounting


def make_gifts(
    wiring: Wiring, ledger: Ledger, approvals: Approvals, charges: ChargeServices, protection: GiftProtection
) -> GiftServices:
    """Build them."""
    settings = wiring.settings
    defaults = Defaults(settings.gift_points, Shares(*settings.gift_shares))
    catalogues = GiftCatalogues(wiring.db, defaults, settings.gifts == "test")
    ranks = Ranks(wiring.db, wiring.live)
    tray = GiftTray(catalogues, ranks, wiring.clock, senders_of(wiring))
    payments = Payments(wiring.db, wiring.clock, ledger, wiring.recorder)
    sales = GiftSales(payments, wiring.gift_publisher, wiring.relay, wiring.battle_scoring)
    seller, hooks = _seller(wiring, sales, charges), GiftHooks(wiring.hook_calls)
    sending = Gifts(wiring.live, wiring.clock, catalogues, seller, hooks, protection)
    return GiftServices(
        catalogues=catalogues,
        admin=AdminGifts(catalogues, wiring.clock),
        tray=tray,
        sending=sending,
        sold=sales.sold,
        sent=SentGifts(wiring.db, ranks),
        rankings=GiftRankings(wiring.db, wiring.live, wiring.clock, ranks, protection.rules),
        rank_counting=RankCounting(wiring.db, wiring.clock, wiring.tenants, _days(wiring.tenants, protection.rules)),
        refunds=Refunds(wiring.db, wiring.clock, ledger, approvals, wiring.recorder, wiring.battle_scoring),
    )


def _days(tenants: Tenancy, rules: ProtectionRules) -> DayOf:
    """Return what says which day a time is in, for a tenant."""
    return lambda name, when: rules.today(tenants.get(name) or tenants.default, when)


def _seller(wiring: Wiring, sales: GiftSales, charges: ChargeServices) -> Seller:
    """Return who is paid: the wallets here, or the operator's own."""
    if wiring.settings.wallet == "own" or charges.calls is None:
        return sales
    return ChargedSales(wiring.db, charges.calls, sales, charges.doubts, ChargeOpening(wiring.db, wiring.clock))
