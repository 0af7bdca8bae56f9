"""The settings of purchases in the stores of phones: like those of ``declared``, behind them."""

# ruff: noqa: RUF009 - `setting` makes a dataclass field

from dataclasses import dataclass
from pathlib import Path

from liveroom.settings import values
from liveroom.settings.declared_protection import DeclaredProtection
from liveroom.settings.declaring import setting
from liveroom.settings.values import ProductCoins


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class DeclaredReceipts(DeclaredProtection):
    """What the operator may decide about them."""

    store_products: tuple[ProductCoins, ...] = setting(
        (),
        "Which products bring how many coins, in both stores: a list product=coins, such as coins_60=60,coins_300=300.",
        parse=values.parse_products,
        starts="Purchases in app stores",
    )
    store_tests: bool = setting(
        False,
        "Whether purchases of tests, for which nothing is paid, bring coins too: of Apple's sandbox and TestFlight, "
        "and of Google's licence testers.",
    )
    app_store_bundle_id: str = setting(
        "", "The app's bundle id in Apple's App Store. Set, its purchases bring coins.", parse=values.parse_text
    )
    app_store_app_id: int = setting(0, "The app's number in the App Store (Apple ID in App Store Connect).")
    app_store_root: Path | None = setting(
        None,
        "File of Apple's root certificate (Apple Root CA - G3, from Apple's page of certificate authorities), DER or "
        "PEM.",
        parse=values.parse_path,
    )
    app_store_online: bool = setting(
        True,
        "Whether Apple is asked if the certificates of a purchase are still good (OCSP, kept for 15 minutes). Off, "
        "they count as they were when they signed.",
    )
    google_play_package: str = setting(
        "", "The app's package name at Google Play. Set, its purchases bring coins.", parse=values.parse_text
    )
    google_play_credentials: Path | None = setting(
        None,
        "JSON file of the service account that may see the app's orders at Google Play.",
        parse=values.parse_path,
    )
    google_play_url: str = setting(
        "https://androidpublisher.googleapis.com", "Address of Google's API.", parse=values.parse_text, hidden=True
    )
