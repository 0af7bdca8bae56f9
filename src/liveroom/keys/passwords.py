"""Hashes of operators' passwords, and codes of their second factors."""

import asyncio
import hmac
import secrets
from base64 import b32encode
from collections.abc import Callable
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING, Final, TypeVar

from liveroom import deadlines

if TYPE_CHECKING:
    from argon2 import PasswordHasher
    from pyotp import TOTP

T = TypeVar("T")
_AT_ONCE: Final = 2
"""Hashes that are made at the same time: each takes 19 MiB and a processor for some hundredths of a second."""
_WAITS: Final = 2.0
"""Seconds that a password waits for its turn: whoever sends more than can be checked keeps others waiting no longer."""
_SECONDS: Final = 30
_ISSUER: Final = "liveroom"


class Argon2Hashes:
    """``ports.PasswordHashes``: argon2id as OWASP advises it (19 MiB, two passes), in threads."""

    def __init__(self) -> None:
        self._turns: Final = asyncio.Semaphore(_AT_ONCE)
        self._nobodys = ""
        """The hash of a password that nobody has."""

    async def hash(self, password: str) -> str:
        """Return what of a password is kept."""
        return await self._beside(lambda: _hasher().hash(password))

    async def is_right(self, hashed: str, password: str) -> bool:
        """Say whether it is the password; of nobody's it takes as long."""
        return await self._beside(lambda: self._verify(hashed, password))

    def _verify(self, hashed: str, password: str) -> bool:
        from argon2.exceptions import InvalidHashError, VerificationError

        if not self._nobodys:
            self._nobodys = _hasher().hash("")
        try:
            _hasher().verify(hashed or self._nobodys, password)
        except (VerificationError, InvalidHashError):
            return False
        return bool(hashed)

    async def _beside(self, work: Callable[[], T]) -> T:
        try:
            async with deadlines.within(_WAITS):
                await self._turns.acquire()
        except TimeoutError as late:
            raise deadlines.Overdue("too many passwords are checked at once") from late
        try:
            return await asyncio.to_thread(work)
        finally:
            self._turns.release()


class TotpCodes:
    """``ports.SecondFactors``."""

    def fresh_secret(self) -> str:
        """Return a secret of 160 bits."""
        return b32encode(secrets.token_bytes(20)).decode()

    def uri(self, secret: str, name: str) -> str:
        """Return what an app reads as a QR code."""
        return _totp(secret).provisioning_uri(name=name, issuer_name=_ISSUER)

    def step_of(self, secret: str, code: str, now: datetime, after: int) -> int | None:
        """Return of which half minute the code is: of this one, or of those beside it, since clocks differ."""
        digits, totp, present = "".join(code.split()), _totp(secret), int(now.timestamp()) // _SECONDS
        for step in (present, present - 1, present + 1):
            if step > after and hmac.compare_digest(totp.generate_otp(step).encode(), digits.encode()):
                return step
        return None


@cache
def _hasher() -> "PasswordHasher":
    from argon2 import PasswordHasher

    return PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)


def _totp(secret: str) -> "TOTP":
    from pyotp import TOTP

    return TOTP(secret)
