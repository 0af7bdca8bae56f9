"""How often somebody may guess wrongly, without strangers locking anybody out (docs/decisions/0038).

Wrong guesses count for the account together with the address, and for the address. Where many addresses guess at one
account, those that have never signed in as it share one try every few seconds; in between they are refused. Whoever
has signed in from an address before is limited there by their own failures alone.
"""

import asyncio
from collections.abc import Awaitable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from liveroom.domain.addresses import network_of
from liveroom.domain.errors import LiveUnavailable
from liveroom.ports import Known, Live, Stamps
from liveroom.usecases.rates import check_rate, limited

WINDOW: Final = timedelta(minutes=10)
ACCOUNT_FAILURES: Final = 10
"""Failures at an account: of one address before it is refused, of all strangers before they take turns."""
ADDRESS_FAILURES: Final = 100
"""Carriers put thousands of people behind one address."""
TURN: Final = timedelta(seconds=3)
"""How long a stranger's try at an account under attack keeps other strangers waiting."""

Limit = tuple[str, int]
"""A key that is counted, and how many failures it may have in ``WINDOW``."""


def by_address(address: str) -> Limit:
    """Return the limit of an address, which all kinds of guesses share."""
    return (f"address:{network_of(address)}", ADDRESS_FAILURES)


async def check_attempts(live: Live, limits: Sequence[Limit]) -> None:
    """Raise ``RateLimited`` when one of the limits is used up."""
    for key, limit in limits:
        await check_rate(live, key, limit=limit, window=WINDOW, count=0)


async def count_failure(live: Live, limits: Sequence[Limit]) -> None:
    """Count a wrong guess; above the limit it is answered as a right one is, which tells nothing."""
    within = [await live.hit(key, limit=limit, window=WINDOW) for key, limit in limits]
    if not all(within):
        key = limits[within.index(False)][0]
        raise await limited(live, key, WINDOW)


@dataclass(frozen=True, slots=True)
class Guesses:
    """Counts wrong guesses at accounts."""

    live: Live
    stamps: Stamps

    async def begin(self, account: str, address: str) -> "Attempt":
        """Let somebody guess at an account. Raises ``RateLimited``."""
        attempt = Attempt(
            self.live, account, address, self.stamps.stamp(f"signed in\n{account}\n{network_of(address)}")
        )
        await attempt.begin()
        return attempt


class Attempt:
    """One guess at an account.

    Right or wrong is told only when the limits still allow it then: guesses made at the same time have passed the
    first check together, and one that is refused must not say whether it was right.
    """

    def __init__(self, live: Live, account: str, address: str, pair: str) -> None:
        self._live = live
        self._account = (account, ACCOUNT_FAILURES)
        self._here = (f"{account}:{network_of(address)}", ACCOUNT_FAILURES)
        self._address = by_address(address)
        self._pair = pair
        self._known = Known.NO
        self._has_turn = False

    async def begin(self) -> None:
        """Find out who comes; raises ``RateLimited`` when no further guess is allowed."""
        self._known, *within = await asyncio.gather(self._recall(), *self._uses())
        await self._judge(*within)

    async def check(self) -> None:
        """Raise ``RateLimited`` when a right guess must not be told any more."""
        await self._judge(*await asyncio.gather(*self._uses()))

    async def failed(self, *, at_account: bool = True) -> None:
        """Count a wrong guess; raises ``RateLimited`` when it must not be told.

        ``at_account``: False for what says nothing about the account, and must not put it under attack.
        """
        await self._judge(*await asyncio.gather(*self._uses(1, int(at_account and self._known is Known.NO))))

    async def remember(self) -> None:
        """Note that whoever has the account signs in from this address."""
        if self._known is not Known.LATELY:
            try:
                await self._live.known_addresses.note(self._pair)
            except LiveUnavailable:
                return

    def _uses(self, count: int = 0, at_account: int = 0) -> tuple[Awaitable[bool], Awaitable[bool], Awaitable[bool]]:
        return self._hit(self._here, count), self._hit(self._address, count), self._hit(self._account, at_account)

    async def _judge(self, here: bool, address: bool, calm: bool) -> None:
        if not here:
            raise await limited(self._live, self._here[0], WINDOW)
        if self._known is not Known.NO:
            return
        if not address:
            raise await limited(self._live, self._address[0], WINDOW)
        if not calm and not self._has_turn:
            await check_rate(self._live, f"turn:{self._account[0]}", limit=1, window=TURN)
            self._has_turn = True

    async def _recall(self) -> Known:
        """Say whether the address is known; while nobody can, each has its own limit and no more."""
        try:
            return await self._live.known_addresses.recall(self._pair)
        except LiveUnavailable:
            return Known.BEFORE

    async def _hit(self, limit: Limit, count: int) -> bool:
        key, most = limit
        return await self._live.hit(key, limit=most, window=WINDOW, count=count)
