"""Passwords of rooms: how they are kept, and how often somebody may try one.

A password is kept as a keyed digest that is bound to its room, so that the database alone does not reveal it, nor that
two rooms have the same one. An enter carries digests under every key of the installation, so that a password set before
a change of keys still works.
"""

import unicodedata
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from liveroom.domain.accounts.sessions import Actor
from liveroom.domain.addresses import network_of
from liveroom.domain.errors import Failure, PasswordWrong
from liveroom.domain.ids import RoomId
from liveroom.ports import Live, Stamps
from liveroom.usecases.accounts.attempts import (
    ACCOUNT_FAILURES,
    ADDRESS_FAILURES,
    WINDOW,
    check_attempts,
    count_failure,
)
from liveroom.usecases.rates import check_rate


@dataclass(frozen=True, slots=True)
class Passwords:
    """Makes digests, and counts guesses."""

    live: Live
    stamps: Stamps

    def kept(self, room: RoomId, password: str) -> str:
        """Return what is stored of a password; "" for none."""
        return self.stamps.stamp(_named(room, password)) if password else ""

    @asynccontextmanager
    async def guess(self, actor: Actor, room: RoomId | None, password: str) -> AsyncIterator[str]:
        """Run the block with the digests of the password that a user gave, and count a try.

        Unless the block ends with ``PasswordWrong``, the try is taken back. It is counted first, so that simultaneous
        tries are limited like successive ones. Wrong ones count for the address too, which accounts made in a row
        share, but apart from those of logins: users who mistype a room's password can still sign in. Raises
        ``RateLimited``.
        """
        if room is None:
            yield ""
            return
        limits = ((f"password:{network_of(actor.address)}", ADDRESS_FAILURES),) if actor.address else ()
        await check_attempts(self.live, limits)
        key = f"password:{room}:{actor.user}"
        await check_rate(self.live, key, limit=ACCOUNT_FAILURES, window=WINDOW)
        try:
            yield " ".join(self.stamps.stamps(_named(room, password)))
        except PasswordWrong:
            await count_failure(self.live, limits)
            raise
        except Failure:
            await self.live.hit(key, limit=ACCOUNT_FAILURES, window=WINDOW, count=-1)
            raise
        await self.live.hit(key, limit=ACCOUNT_FAILURES, window=WINDOW, count=-1)


def _named(room: RoomId, password: str) -> str:
    return f"password of a room\n{room}\n{unicodedata.normalize('NFC', password)}"
