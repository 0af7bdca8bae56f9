"""Seams to what is neither SQL nor the live store: time, keys, tokens, signatures, and how rooms are written."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from liveroom.domain.accounts.sessions import Claims
from liveroom.domain.ids import SessionId, TenantName, UserId
from liveroom.domain.rooms.model import LiveRoom, Room
from liveroom.domain.tenants.model import Tenant


class Clock(Protocol):
    """Where the time comes from."""

    def now(self) -> datetime:
        """Return the time now, aware, in UTC."""

    @property
    def offset(self) -> timedelta:
        """How far this clock is ahead of the machine's: zero in production; the live store adds it to its own time."""


class Vault(Protocol):
    """Keeps salts and secrets unreadable in the database."""

    def seal(self, text: str, context: str) -> str:
        """Return the text encrypted, bound to its context (whose salt it is)."""

    def open(self, sealed: str, context: str) -> str:
        """Return the text; raises ``KeyMissing`` when the key that sealed it is not configured."""

    def is_current(self, sealed: str) -> bool:
        """Say whether the key in use sealed this."""


class TokenIssuer(Protocol):
    """Makes and reads login tokens."""

    def issue(self, user: UserId, session: SessionId, tenant: TenantName, now: datetime) -> tuple[str, datetime]:
        """Return a signed token and when it expires."""

    def read(self, token: str, now: datetime) -> Claims:
        """Return what a token says; raises ``TokenExpired`` or ``TokenInvalid``."""


UserSigs = Callable[[Tenant, UserId, datetime], str]
"""Signs a user in at the tenant's media and message provider; "" where there is none."""


@dataclass(frozen=True, slots=True)
class Cards:
    """Writes rooms for the wire; the stores keep and join what it wrote without looking into it."""

    start: Callable[[Room, Tenant], bytes]
    """The room's own fields; kept with the live room."""
    finish: Callable[[LiveRoom], bytes]
    """The whole object, with what only the live store knows."""
