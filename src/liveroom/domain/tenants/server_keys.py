"""Server keys: with one of them an operator's own backend acts, for a user of its tenant or as the operator.

A key is ``lrk_<id>_<secret>``. It is shown once; kept are its id and a digest: 256 random bits need no slow hash.
"""

import hmac
import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from liveroom.domain.errors import BadRequest, ServerKeyExpired, ServerKeyRevoked
from liveroom.domain.ids import DEFAULT_TENANT, TenantName, digest_of
from liveroom.domain.operators.caller import INSTALLATION, is_of_installation, subject_of

KEY_PREFIX: Final = "lrk_"
NAME_MAX: Final = 100
EVERYTHING: Final = "*"
NAMED_ONLY: Final = frozenset(f"admin:{subject}" for subject in INSTALLATION)
"""Scopes of the whole installation: a key of the default tenant has one if it names it, and by no wildcard."""
ISSUE_TOKENS: Final = "tokens.issue"
_SECRET_BYTES: Final = 32
_ID_BYTES: Final = 8
_SHAPE: Final = re.compile(KEY_PREFIX + r"([0-9a-f]{16})_([A-Za-z0-9_-]{43})")


@dataclass(frozen=True, slots=True)
class ServerKey:
    """A tenant's key: what it may do, and until when."""

    id: str
    tenant: TenantName
    name: str
    digest: str
    scopes: frozenset[str]
    created: datetime
    expires: datetime | None = None
    revoked: datetime | None = None
    used: datetime | None = None

    @property
    def actor(self) -> str:
        """Return how the audit calls it."""
        return actor_of(self.id)

    def has(self, secret: str) -> bool:
        """Say whether this is the key's secret, in a time that tells nothing."""
        return hmac.compare_digest(self.digest, digest_of(secret))

    def allows(self, scope: str) -> bool:
        """Say whether the key may do what needs the scope."""
        scopes = self.scopes
        if scope in NAMED_ONLY:
            return scope in scopes and self.tenant == DEFAULT_TENANT
        return scope in scopes or f"{scope.partition(':')[0]}:*" in scopes or EVERYTHING in scopes

    def check(self, now: datetime) -> None:
        """Raise ``ServerKeyRevoked`` or ``ServerKeyExpired`` when the key is no longer valid."""
        if self.revoked is not None:
            raise ServerKeyRevoked
        if self.expires is not None and self.expires <= now:
            raise ServerKeyExpired


def actor_of(id: str) -> str:
    """Return how the audit calls the key of that id; a session that it opened has the same for its tag."""
    return f"key:{id}"


def split_key(text: str) -> tuple[str, str] | None:
    """Return the id and the secret of a whole key, or None for what cannot be one."""
    found = _SHAPE.fullmatch(text)
    return (found[1], found[2]) if found else None


def new_key() -> tuple[str, str]:
    """Return the id and the secret of a fresh key."""
    return secrets.token_hex(_ID_BYTES), secrets.token_urlsafe(_SECRET_BYTES)


def join_key(id: str, secret: str) -> str:
    """Return the key as its holder sends it."""
    return f"{KEY_PREFIX}{id}_{secret}"


def read_scopes(tenant: TenantName, asked: Iterable[str], known: Iterable[str]) -> frozenset[str]:
    """Return the scopes to grant; raises ``BadRequest`` for none, for what no method needs, and for what keys of the
    tenant cannot have.
    """
    offered = sorted(set(known))
    groups = sorted({f"{scope.partition(':')[0]}:*" for scope in offered})
    allowed = [*offered, *groups, EVERYTHING]
    granted = frozenset(scope.strip() for scope in asked)
    if not granted:
        raise BadRequest(f"a key is allowed nothing by itself: name its scopes, of {', '.join(allowed)}")
    if unknown := sorted(granted - set(allowed)):
        raise BadRequest(f"there is no scope {', '.join(unknown)}: there are {', '.join(allowed)}")
    if tenant != DEFAULT_TENANT and (wide := sorted(granted & NAMED_ONLY)):
        raise BadRequest(f"{', '.join(wide)}: only for keys of the default tenant, because it is about all tenants")
    return granted


def permissions_of(scopes: Iterable[str], known: Iterable[str]) -> frozenset[str]:
    """Return which of the known permissions a key has with these scopes, as one who grants them must have them.

    Whoever acts for users does what a token of theirs allows: so that takes the permission to issue tokens.
    """
    granted: set[str] = set()
    for scope in scopes:
        kind, _, subject = scope.partition(":")
        if kind in ("act", EVERYTHING):
            granted.add(ISSUE_TOKENS)
        if kind == "admin" and subject != "*":
            granted |= {one for one in known if subject_of(one) == subject}
        elif kind in ("admin", EVERYTHING):
            granted |= {one for one in known if not is_of_installation(one)}
    return frozenset(granted)


def read_key_name(text: str) -> str:
    """Return a key's name as it is kept."""
    name = text.strip()
    if not 1 <= len(name) <= NAME_MAX or not name.isprintable():
        raise BadRequest(f"a key's name is 1 to {NAME_MAX} characters that can be printed")
    return name
