"""Wires gifts."""

from dataclasses import dataclass

from liveroom.app.groups import ServiceGroup
from liveroom.app.wiring import Wiring
from liveroom.domain.gifts.builtin import Defaults
from liveroom.domain.gifts.model import Shares
from liveroom.usecases.gifts.admin import AdminGifts
from liveroom.usecases.gifts.catalogues import GiftCatalogues
from liveroom.usecases.gifts.listing import SentGifts
from liveroom.usecases.gifts.paying import Payments
from liveroom.usecases.gifts.refunding import Refunds
from liveroom.usecases.gifts.selling import GiftSales
from liveroom.usecases.gifts.sending import Gifts
from liveroom.usecases.gifts.showing import GiftTray
from liveroom.usecases.ledger.approving import Approvals
from liveroom.usecases.ledger.posting import Ledger
from liveroom.usecases.rooms.ranks import Ranks


@dataclass(frozen=True, slots=True)
class GiftServices(ServiceGroup):
    """The use cases."""

    catalogues: GiftCatalogues
    admin: AdminGifts
    tray: GiftTray
    sending: Gifts
    sent: SentGifts
    refunds: Refunds


def make_gifts(wiring: Wiring, ledger: Ledger, approvals: Approvals) -> GiftServices:
    """Build them."""
    settings = wiring.settings
    defaults = Defaults(settings.gift_points, Shares(*settings.gift_shares))
    catalogues = GiftCatalogues(wiring.db, defaults, settings.gifts == "test")
    ranks = Ranks(wiring.db, wiring.live)
    tray = GiftTray(catalogues, ranks, wiring.clock)
    payments = Payments(wiring.db, wiring.clock, ledger, wiring.recorder)
    sales = GiftSales(payments, wiring.gift_publisher, wiring.relay)
    sending = Gifts(wiring.live, wiring.clock, catalogues, sales)
    return GiftServices(
        catalogues=catalogues,
        admin=AdminGifts(catalogues, wiring.clock),
        tray=tray,
        sending=sending,
        sent=SentGifts(wiring.db, ranks),
        refunds=Refunds(wiring.db, wiring.clock, ledger, approvals, wiring.recorder),
    )
