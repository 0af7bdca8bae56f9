"""Wires purchases in the stores of phones. What is not set up is not imported: Apple's library is an extra."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from starlette.routing import BaseRoute

from liveroom.app.groups import ServiceGroup
from liveroom.app.wiring import Wiring
from liveroom.http.store_notices import app_store_route
from liveroom.ports import AppStore, Clock, GooglePlay
from liveroom.settings import Settings, SettingsError
from liveroom.settings.declaring import variable
from liveroom.usecases.ledger.credits import Credits
from liveroom.usecases.ledger.wallets import Wallets
from liveroom.usecases.receipts.polling import GoogleRefunds
from liveroom.usecases.receipts.redeeming import Redeeming, Stores
from liveroom.usecases.receipts.refunding import StoreRefunds

INSTALL: Final = "pip install 'liveroom[receipts]'"


@dataclass(frozen=True, slots=True)
class ReceiptServices(ServiceGroup):
    """The use cases."""

    redeeming: Redeeming
    store_refunds: StoreRefunds
    google_refunds: GoogleRefunds

    async def close(self) -> None:
        """Hang up."""
        for store in self.redeeming.stores:
            if store is not None:
                await store.close()


def make_receipts(wiring: Wiring, credits: Credits, wallets: Wallets) -> ReceiptServices:
    """Build them. Raises ``SettingsError`` for a store that cannot be used as it is set up."""
    db, settings = wiring.db, wiring.settings
    stores = Stores(make_app_store(settings), make_google_play(settings, wiring.clock))
    products = {one.product: one.coins for one in settings.store_products}
    refunds = StoreRefunds(db, credits, wallets)
    return ReceiptServices(
        Redeeming(db, credits, refunds, stores, products),
        refunds,
        GoogleRefunds(db, wiring.clock, stores.google_play, refunds),
    )


def make_app_store(settings: Settings) -> AppStore | None:
    """Return what reads what Apple has signed; None where it is not set up."""
    if not settings.app_store_bundle_id or settings.app_store_root is None:
        return None
    try:
        from liveroom.providers.app_store import AppleApp, AppleStore, der_of, read_roots
    except ModuleNotFoundError as missing:
        raise SettingsError([f"{variable('app_store_bundle_id')} needs a library that is not there; {INSTALL}"]) from (
            missing
        )
    roots = _read(settings.app_store_root, "app_store_root")
    try:
        certificates = der_of(read_roots(roots))
    except ValueError:
        raise SettingsError([f"{variable('app_store_root')} is no certificate; download Apple Root CA - G3"]) from None
    app = AppleApp(
        bundle_id=settings.app_store_bundle_id,
        app_id=settings.app_store_app_id,
        roots=certificates,
        takes_tests=settings.store_tests,
        asks_apple=settings.app_store_online,
    )
    return AppleStore(app)


def make_google_play(settings: Settings, clock: Clock) -> GooglePlay | None:
    """Return what asks Google; None where it is not set up."""
    if not settings.google_play_package or settings.google_play_credentials is None:
        return None
    from liveroom.providers.google_play import GooglePlayStore, read_service_account

    try:
        account = read_service_account(_read(settings.google_play_credentials, "google_play_credentials"))
    except ValueError as wrong:
        name = variable("google_play_credentials")
        raise SettingsError([f"{name} is no key file of a service account ({wrong}); download one"]) from None
    return GooglePlayStore(
        account,
        settings.google_play_package,
        settings.google_play_url,
        clock,
        takes_tests=settings.store_tests,
    )


def make_store_routes(receipts: ReceiptServices) -> list[BaseRoute]:
    """Return where Apple tells what it has refunded; nothing where its store is not set up."""
    app_store = receipts.redeeming.stores.app_store
    return [] if app_store is None else [app_store_route(app_store, receipts.store_refunds.note)]


def _read(path: Path, name: str) -> bytes:
    try:
        return path.read_bytes()
    except OSError as problem:
        raise SettingsError([f"{variable(name)} cannot be read: {problem}"]) from problem
