"""Operators: people of their own, apart from users, who sign in to the console. Their sessions and their links."""

import re
import secrets
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from liveroom.domain.errors import BadRequest
from liveroom.domain.ids import DEFAULT_TENANT, TenantName, digest_of
from liveroom.domain.operators.roles import BuiltIn
from liveroom.domain.tenants.model import DEFAULT_WORD

ALL_TENANTS: Final = "*"
LINK_LASTS: Final = timedelta(hours=24)
PASSWORD_MIN: Final = 10
PASSWORD_MAX: Final = 200
CODES: Final = 10
"""Recovery codes of one operator."""
_NAME: Final = re.compile(r"[a-z0-9][a-z0-9._@+-]{0,63}")
DISPLAYED_MAX: Final = 100
_TOKEN: Final = re.compile(r"[A-Za-z0-9_-]{43}")
_TOKEN_BYTES: Final = 32
_DIGITS: Final = "abcdefghjkmnpqrstuvwxyz23456789"
"""Of recovery codes: none that is taken for another."""


@dataclass(frozen=True, slots=True)
class OperatorAccount:
    """An operator."""

    id: str
    name: str
    """With which they sign in: small letters."""
    display_name: str
    roles: frozenset[str]
    tenants: frozenset[str]
    """In which they act; ``*`` for all, "" for the default one."""
    language: str
    """``zh``, ``en``, or "" for that of their browser."""
    created: datetime
    password: str = ""
    """Its argon2id hash; "" for none: a link sets one, or the company signs them in."""
    totp: str = ""
    """The secret of the second factor; kept sealed."""
    totp_since: datetime | None = None
    """Since when the second factor is asked for; None: it is not."""
    totp_step: int = 0
    """The half minute of the newest code that was used: no older one counts any more."""
    recovery: frozenset[str] = frozenset()
    """Digests of codes that stand in once each for the second factor."""
    subject: str = ""
    """Who they are for the company's sign-in: issuer and subject; "" for none."""
    disabled: datetime | None = None
    link: str = ""
    """The digest of the link's token with which they set password and second factor; "" for none."""
    link_until: datetime | None = None
    signed_in: datetime | None = None

    @property
    def actor(self) -> str:
        """Return how the audit calls them."""
        return f"operator:{self.id}"

    @property
    def within(self) -> frozenset[str] | None:
        """Return the tenants in which they act; None for all."""
        return None if ALL_TENANTS in self.tenants else self.tenants

    @property
    def has_totp(self) -> bool:
        return self.totp_since is not None

    @property
    def is_administrator(self) -> bool:
        """Say whether they can do everything, everywhere, and can sign in."""
        can_sign_in = bool(self.password or self.subject) and self.disabled is None
        return can_sign_in and BuiltIn.ADMINISTRATOR in self.roles and self.within is None

    def may_enter(self, tenant: TenantName) -> bool:
        """Say whether they act in a tenant."""
        return self.within is None or tenant in self.tenants

    def is_known_to(self, within: frozenset[str] | None) -> bool:
        """Say whether somebody who acts in these tenants (None: all) is told of them."""
        return within is None or self.within is None or bool(self.within & within)

    def has_link(self, now: datetime) -> bool:
        """Say whether a link that was made for them still works."""
        return bool(self.link) and self.link_until is not None and now < self.link_until

    def linked(self, token: str, totp: str, now: datetime) -> "OperatorAccount":
        """Return them with a link, and without what it sets: no password or second factor counts until it is used."""
        return replace(
            self,
            password="",
            totp=totp,
            totp_since=None,
            recovery=frozenset(),
            link=digest_of(token),
            link_until=now + LINK_LASTS,
        )


@dataclass(frozen=True, slots=True)
class OperatorSession:
    """One browser in which an operator is signed in. It ends when nothing was called for a while, and in any case."""

    digest: str
    id: str
    operator: str
    created: datetime
    seen: datetime
    """When it was last used, to the minute."""
    expires: datetime
    address: str
    device: str
    confirmed: datetime
    """When the password was last given."""

    def lasts(self, now: datetime, idle: timedelta) -> bool:
        """Say whether it is still good."""
        return now < self.expires and now < self.seen + idle


def new_token() -> str:
    """Return a fresh secret of 256 random bits, for a cookie or a link: it needs no slow hash."""
    return secrets.token_urlsafe(_TOKEN_BYTES)


def is_token(text: str) -> bool:
    """Say whether a text can be such a secret."""
    return _TOKEN.fullmatch(text) is not None


def new_recovery_codes() -> list[str]:
    """Return codes to write down: each stands in once for the second factor."""
    return ["-".join(_word() for _ in range(2)) for _ in range(CODES)]


def _word() -> str:
    return "".join(secrets.choice(_DIGITS) for _ in range(6))


def recovery_digest(code: str) -> str:
    """Return what of a recovery code is kept, however it is typed."""
    return digest_of(re.sub(r"[\s-]", "", code).lower())


def read_operator_name(text: str) -> str:
    """Return a name as it is kept. Raises ``BadRequest``."""
    name = fold_name(text)
    if not _NAME.fullmatch(name):
        raise BadRequest("an operator's name is 1 to 64 of a-z, 0-9, and . _ @ + - within it, such as a mail address")
    return name


def fold_name(text: str) -> str:
    """Return the name that somebody means who signs in."""
    return text.strip().lower()


def read_displayed(text: str) -> str:
    """Return how an operator is shown to others. Raises ``BadRequest``."""
    shown = text.strip()
    if len(shown) > DISPLAYED_MAX or not shown.isprintable():
        raise BadRequest(f"displayName: at most {DISPLAYED_MAX} characters that can be printed")
    return shown


def read_password(text: str, name: str) -> str:
    """Return a new password as it is hashed. Raises ``BadRequest`` for one that is easily guessed."""
    password = unicodedata.normalize("NFC", text)
    if not PASSWORD_MIN <= len(password) <= PASSWORD_MAX:
        raise BadRequest(f"password: {PASSWORD_MIN} to {PASSWORD_MAX} characters")
    if len(set(password)) < 5 or (name in password.lower() and len(password) < len(name) + 8):
        raise BadRequest("password: easily guessed; take several words that have nothing to do with each other")
    return password


def read_tenants(named: Iterable[str], known: Iterable[str]) -> frozenset[str]:
    """Return the tenants of an operator as they are kept. Raises ``BadRequest`` for none, and for unknown ones."""
    tenants = kept_tenants(named)
    if not tenants:
        raise BadRequest("tenants: name at least one, or * for all")
    if unknown := sorted(tenants - {ALL_TENANTS, *known}):
        raise BadRequest(f"there is no tenant {', '.join(unknown)}")
    return tenants


def kept_tenants(named: Iterable[str]) -> frozenset[str]:
    """Return tenants that people name as they are kept; where one of the names means all, that one alone."""
    tenants = frozenset(DEFAULT_TENANT if name == DEFAULT_WORD else name for name in named)
    return frozenset({ALL_TENANTS}) if ALL_TENANTS in tenants else tenants


def show_tenants(tenants: Iterable[str]) -> list[str]:
    """Return tenants as lists name them."""
    return sorted(name or DEFAULT_WORD for name in tenants)
