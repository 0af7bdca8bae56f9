"""How often somebody may guess wrongly, without strangers locking anybody out (docs/decisions/0038).

Wrong guesses count for the account together with the address, and for the address. Where many addresses guess at one
account, those that have never signed in as it share one try every few seconds; in between they are refused. Whoever
has signed in from an address before is limited there by their own failures alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from liveroom.domain.addresses import network_of
from liveroom.domain.errors import LiveUnavailable
from liveroom.ports import Live, Stamps, Use
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

    async def knows(self, account: str, address: str) -> bool:
        """Say whether the address has signed in as the account lately; not while nobody can say so."""
        try:
            return await self.live.known_addresses.knows(self.pair(account, address))
        except LiveUnavailable:
            return False

    def pair(self, account: str, address: str) -> str:
        """Return what is kept of an account together with an address."""
        return self.stamps.stamp(f"signed in\n{account}\n{network_of(address)}")

    async def begin(self, account: str, address: str) -> "Attempt":
        """Let somebody guess at an account. Raises ``RateLimited``."""
        attempt = Attempt(self, account, address)
        await attempt.check()
        return attempt


class Attempt:
    """One guess at an account.

    Right or wrong is told only when the limits still allow it then: guesses made at the same time have passed the
    first check together, and one that is refused must not say whether it was right.
    """

    def __init__(self, guesses: Guesses, account: str, address: str) -> None:
        self._live = guesses.live
        self._account = (account, ACCOUNT_FAILURES)
        self._here = (f"{account}:{network_of(address)}", ACCOUNT_FAILURES)
        self._address = by_address(address)
        self._pair = guesses.pair(account, address)
        self._is_known: bool | None = None
        self._has_turn = False

    async def check(self) -> None:
        """Raise ``RateLimited`` when no further guess is allowed, or a right one must not be told."""
        await self._judge()

    async def failed(self, *, at_account: bool = True) -> None:
        """Count a wrong guess; raises ``RateLimited`` when it must not be told.

        ``at_account``: False for what says nothing about the account, and must not put it under attack.
        """
        await self._judge(1, int(at_account and not await self._knows()))

    def remember(self) -> None:
        """Note that whoever has the account signs in from this address."""
        self._live.known_addresses.note(self._pair)

    async def _judge(self, count: int = 0, at_account: int = 0) -> None:
        uses = (Use(*self._here, count), Use(*self._address, count), Use(*self._account, at_account))
        here, address, calm = await self._live.hit_each(uses, window=WINDOW)
        if not here:
            raise await limited(self._live, self._here[0], WINDOW)
        if (address and calm) or await self._knows():
            return
        if not address:
            raise await limited(self._live, self._address[0], WINDOW)
        if not self._has_turn:
            await check_rate(self._live, f"turn:{self._account[0]}", limit=1, window=TURN)
            self._has_turn = True

    async def _knows(self) -> bool:
        """Say whether the address is known; while nobody can, each has its own limit and no more."""
        if self._is_known is None:
            try:
                self._is_known = await self._live.known_addresses.knows(self._pair)
            except LiveUnavailable:
                self._is_known = True
        return self._is_known
