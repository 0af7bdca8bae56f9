"""What is checked about purchases in the stores of phones, beside each setting by itself."""

from collections.abc import Iterator

from liveroom.settings.declaring import variable
from liveroom.settings.settled import Settings


def check_receipts(settings: Settings) -> Iterator[str]:
    """Yield what is wrong, and how it is put right."""
    apple = ("app_store_bundle_id", "app_store_app_id", "app_store_root")
    google = ("google_play_package", "google_play_credentials")
    for store, names in (("The App Store", apple), ("Google Play", google)):
        missing = [variable(name) for name in names if not getattr(settings, name)]
        if missing and len(missing) < len(names):
            yield f"{store} needs {' and '.join(missing)} too; set all of {', '.join(map(variable, names))}, or none."
    if not (settings.app_store_bundle_id or settings.google_play_package):
        return
    if settings.gifts == "off":
        yield f"Purchases in app stores bring coins, but {variable('gifts')} is off; set it to on."
    if settings.wallet == "operator":
        yield (
            f"Purchases in app stores bring coins of liveroom's wallets, but {variable('wallet')} is operator; check "
            "purchases on your own server, where the coins are."
        )
    if not settings.store_products:
        yield f"{variable('store_products')} is empty; say which product brings how many coins, as in coins_60=60."
