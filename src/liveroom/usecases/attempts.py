"""How often somebody may guess wrongly before nothing they say is listened to (DESIGN.md 7)."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from liveroom.domain.errors import RateLimited
from liveroom.ports import Live
from liveroom.usecases.rates import check_rate

WINDOW: Final = timedelta(minutes=10)
ACCOUNT_FAILURES: Final = 10
ADDRESS_FAILURES: Final = 100
"""Carriers put thousands of people behind one address."""

Limit = tuple[str, int]
"""A key that is counted, and how many failures it may have in ``WINDOW``."""


def by_address(address: str) -> Limit:
    """Return the limit of an address, which all kinds of guesses share."""
    return (f"address:{address}", ADDRESS_FAILURES)


async def check_attempts(live: Live, limits: Sequence[Limit]) -> None:
    """Raise ``RateLimited`` when one of the limits is used up."""
    for key, limit in limits:
        await check_rate(live, key, limit=limit, window=WINDOW, count=0)


async def count_failure(live: Live, limits: Sequence[Limit]) -> None:
    """Count a wrong guess; above the limit it is answered as a right one is, which tells nothing."""
    within = [await live.hit(key, limit=limit, window=WINDOW) for key, limit in limits]
    if not all(within):
        raise RateLimited(retry_after=WINDOW)
