"""Wires gifts."""

from dataclasses import dataclass

from liveroom.app.groups import ServiceGroup
from liveroom.app.wiring import Wiring
from liveroom.domain.gifts.builtin import Defaults
from liveroom.domain.gifts.model import Shares
from liveroom.usecases.gifts.admin import AdminGifts
from liveroom.usecases.gifts.catalogues import GiftCatalogues
from liveroom.usecases.gifts.showing import GiftTray
from liveroom.usecases.rooms.ranks import Ranks


@dataclass(frozen=True, slots=True)
class GiftServices(ServiceGroup):
    """The use cases."""

    catalogues: GiftCatalogues
    admin: AdminGifts
    tray: GiftTray


def make_gifts(wiring: Wiring) -> GiftServices:
    """Build them."""
    settings = wiring.settings
    defaults = Defaults(settings.gift_points, Shares(*settings.gift_shares))
    catalogues = GiftCatalogues(wiring.db, defaults, settings.gifts == "test")
    tray = GiftTray(catalogues, Ranks(wiring.db, wiring.live), wiring.clock)
    return GiftServices(catalogues, AdminGifts(catalogues, wiring.clock), tray)
