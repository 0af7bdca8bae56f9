"""What is checked about the operator's own wallet, beside each setting by itself."""

import re
from base64 import b64decode
from collections.abc import Iterator
from typing import Final

from liveroom.settings.declaring import variable
from liveroom.settings.settled import Settings

_PREFIX: Final = "whsec_"
_LEAST_BYTES: Final = 24
_BASE64: Final = re.compile(r"[A-Za-z0-9+/]+={0,2}")


def check_wallet(settings: Settings) -> Iterator[str]:
    """Yield what is wrong, and how it is put right."""
    url, secret = variable("wallet_url"), variable("wallet_secret")
    if bool(settings.wallet_url) is not (settings.wallet_secret is not None):
        given, missing = (url, secret) if settings.wallet_url else (secret, url)
        yield f"{given} is set and {missing} is not; set both, or neither."
    if settings.wallet == "operator" and not settings.wallet_url:
        yield f"{variable('wallet')} is operator; set {url} and {secret} to those of your own wallet."
    if settings.wallet == "operator" and settings.gifts == "off":
        yield f"{variable('wallet')} is operator, but {variable('gifts')} is off; set it to on, or remove the first."
    if settings.wallet_secret is not None and not _is_good(settings.wallet_secret.reveal()):
        yield f"{secret} is not one or two secrets; write each as {_PREFIX} and base64 of {_LEAST_BYTES} bytes or more."


def _is_good(text: str) -> bool:
    parts = text.split()
    return 1 <= len(parts) <= 2 and all(map(_is_secret, parts))


def _is_secret(text: str) -> bool:
    encoded = text.removeprefix(_PREFIX)
    if encoded == text or len(encoded) % 4 or not _BASE64.fullmatch(encoded):
        return False
    return len(b64decode(encoded)) >= _LEAST_BYTES
