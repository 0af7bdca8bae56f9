"""How many wrong guesses are allowed, without letting strangers lock anybody out (docs/decisions/0038).

A wrong guess counts twice: for the account together with the address, and for the address. If many addresses guess at
one account, all addresses that have never signed in to it share one try every few seconds, and are refused in between.
An address that has signed in to the account before is limited by its own failures alone.
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
"""Failures at one account: of one address until it is refused; of all strangers until they share their tries."""
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
    """Count a wrong guess. Above the limit it raises ``RateLimited``, as a right one does, which reveals nothing."""
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
        """Say whether the address has signed in to the account lately; False while the store cannot tell."""
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

    Its result is only given while the limits still allow it: guesses made at the same time all pass the first check,
    and a refused guess must not reveal whether it was right.
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
        """Raise ``RateLimited`` when no further guess is allowed, so that even a right one is not confirmed."""
        await self._judge()

    async def failed(self, *, at_account: bool = True) -> None:
        """Count a wrong guess. Raises ``RateLimited`` when its result must not be given.

        ``at_account``: False for a failure that says nothing about the account and must not put it under attack.
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
        """Say whether the address is known; True while the store cannot tell, so that only its own limit applies."""
        if self._is_known is None:
            try:
                self._is_known = await self._live.known_addresses.knows(self._pair)
            except LiveUnavailable:
                self._is_known = True
        return self._is_known
