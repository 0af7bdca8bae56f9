"""Purchases in the stores of phones: whether Apple's root is Apple's, and whether Google lets us ask."""

from collections.abc import AsyncIterator, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA256

from liveroom.app.receipts import make_app_store, make_google_play
from liveroom.domain.errors import ProviderUnavailable
from liveroom.domain.findings import Finding, fail, ok, warn
from liveroom.ports import Clock
from liveroom.settings import Settings, SettingsError

_APPLE, _GOOGLE, _TESTS = "app store", "google play", "purchases"
_DOCS: Final = "docs/receipts.md"
_APPLES: Final = "63343abfb89a6a03ebb57e9b3f5fa7be7c4f5c756f3017b3a8c488c3653e9179"
"""SHA-256 of Apple Root CA - G3, at the end of every chain with which Apple signs purchases."""


async def look_at_receipts(settings: Settings, clock: Clock) -> AsyncIterator[Finding]:
    """Look at both stores, as far as they are set up."""
    for finding in _look_at_apple(settings, clock.now()):
        yield finding
    async for finding in _look_at_google(settings, clock):
        yield finding
    if settings.store_tests and (settings.app_store_bundle_id or settings.google_play_package):
        what = "purchases of tests, for which nothing is paid, bring coins"
        yield warn(_TESTS, what, "set LIVEROOM_STORE_TESTS=off where coins are worth something")


def _look_at_apple(settings: Settings, now: datetime) -> Iterator[Finding]:
    if not settings.app_store_bundle_id:
        return
    try:
        store = make_app_store(settings)
    except SettingsError as wrong:
        yield fail(_APPLE, " ".join(wrong.problems), _DOCS)
        return
    if store is None or settings.app_store_root is None:
        return
    from liveroom.providers.app_store import read_roots

    yield from judge_roots(read_roots(settings.app_store_root.read_bytes()), now)


def judge_roots(roots: Sequence[x509.Certificate], now: datetime) -> Iterator[Finding]:
    """Say of each root whether it is one of Apple's, and good for some time."""
    for root in roots:
        name, digest = root.subject.rfc4514_string(), root.fingerprint(SHA256()).hex()
        if digest != _APPLES:
            yield warn(
                _APPLE,
                f"the root {name} (SHA-256 {digest[:16]}…) is not Apple Root CA - G3: whoever "
                "has its key can make coins",
                f"compare it with Apple's page of certificate authorities ({_DOCS})",
            )
        elif root.not_valid_after_utc - now < timedelta(days=90):
            yield warn(_APPLE, f"{name} ends on {root.not_valid_after_utc:%Y-%m-%d}", "add its successor")
        else:
            yield ok(_APPLE, f"purchases are believed that {name} vouches for")


async def _look_at_google(settings: Settings, clock: Clock) -> AsyncIterator[Finding]:
    if not settings.google_play_package:
        return
    try:
        store = make_google_play(settings, clock)
    except SettingsError as wrong:
        yield fail(_GOOGLE, " ".join(wrong.problems), _DOCS)
        return
    if store is None:
        return
    try:
        refunds = await store.refunds(clock.now() - timedelta(days=1))
    except ProviderUnavailable as failure:
        hint = f"give the service account the permission to see orders, and wait for up to a day ({_DOCS})"
        yield fail(_GOOGLE, failure.detail, hint)
    else:
        yield ok(_GOOGLE, f"it lets us ask: {len(refunds)} purchases were refunded in the last day")
    finally:
        await store.close()
