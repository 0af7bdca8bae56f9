"""The seams of the console's sign-in: rows of sessions, hashes of passwords, codes of second factors."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from liveroom.domain.operators.account import OperatorSession
from liveroom.domain.operators.company import CompanyIdentity


class OperatorSessionRows(Protocol):
    """Rows of sessions that have not ended."""

    async def add(self, session: OperatorSession) -> None: ...
    async def get(self, digest: str) -> OperatorSession | None: ...
    async def of(self, operator: str) -> Sequence[OperatorSession]:
        """Return the sessions of an operator."""

    async def seen(self, digest: str, at: datetime) -> None:
        """Note that a session was used."""

    async def confirmed(self, digest: str, at: datetime) -> None:
        """Note that the password was given again."""

    async def end(self, digest: str) -> None: ...
    async def end_all(self, operator: str) -> int:
        """End every session of an operator; return how many."""

    async def purge(self, before: datetime, limit: int) -> int:
        """Drop sessions that expired before that time; return how many."""


class PasswordHashes(Protocol):
    """Slow hashes of passwords, made beside the loop."""

    async def hash(self, password: str) -> str: ...
    async def is_right(self, hashed: str, password: str) -> bool:
        """Say whether it is the password. ``hashed`` "": it is none, which takes as long to find out."""


class SecondFactors(Protocol):
    """Codes that change with time (TOTP, RFC 6238)."""

    def fresh_secret(self) -> str: ...
    def uri(self, secret: str, name: str) -> str:
        """Return what an app for such codes reads as a QR code."""

    def step_of(self, secret: str, code: str, now: datetime, after: int) -> int | None:
        """Return of which half minute behind ``after`` the code is; None for a wrong, used or old one."""


class CompanyProvider(Protocol):
    """The company's OpenID provider. Raises ``ProviderUnavailable`` and ``ProviderNonsense``."""

    async def address(self, state: str, nonce: str, verifier: str, *, fresh: bool) -> str:
        """Return where the browser is sent; ``fresh``: the password is asked for there, also of who is signed in."""

    async def identity(self, code: str, verifier: str, nonce: str, *, fresh: bool) -> CompanyIdentity:
        """Return who has come back with a code."""

    async def close(self) -> None: ...
