"""Login tokens: JWT, HS256 only, with our claims `sub`, `sid`, `tid`, `iat`, `exp` or those of the original service.

A signature says who; whether the session has ended is not known here. Verifying a token takes 3 µs in a loop and 7
between everything else, an eighth of what the least call costs; a general library for JWT takes 25. So tokens that are
shown again and again are remembered, and with more users than there is room for the rest costs what it did.
"""

import hmac
from base64 import urlsafe_b64encode
from binascii import a2b_base64
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any, Final

import msgspec

from liveroom.domain.accounts.sessions import Claims
from liveroom.domain.errors import TokenExpired, TokenInvalid
from liveroom.domain.ids import SessionId, TenantName, UserId
from liveroom.keys.ring import KeyRing

_LONGEST: Final = 4096
_LATEST: Final = 253_402_300_799  # the last second of year 9999, where datetime ends
_ALGORITHM: Final = "HS256"
_URL_SAFE: Final = bytes.maketrans(b"-_", b"+/")
REMEMBERED: Final = 65_536
"""Tokens at most; one takes 0.6 KB."""
SILENT: Final = timedelta(minutes=5)
"""Who has not called for this to twice this is verified anew."""


class _Header(msgspec.Struct):
    """What counts of a header; there is nothing that a token could demand (``crit``) and we would understand."""

    alg: str
    crit: Any = None
    b64: bool = True


class _Payload(msgspec.Struct, gc=False):
    """The claims: ours have ``sub``, those of the original ``userId``."""

    iat: int | float
    exp: int | float
    sub: str | None = None
    sid: str = ""
    tid: str | None = None
    original: str = msgspec.field(name="userId", default="")


_read_header: Final = msgspec.json.Decoder(_Header).decode
_read_payload: Final = msgspec.json.Decoder(_Payload).decode


class Tokens:
    """Issues and reads tokens; it is the `TokenIssuer` of the ports."""

    def __init__(self, ring: KeyRing, *, lifetime: timedelta) -> None:
        self._lifetime = lifetime
        # Copies of these have the key in them already: that is two thirds of what an HMAC from scratch takes.
        self._keyed = [hmac.new(key.secret, digestmod="sha256") for key in ring.all]
        self._header = _header(kid=ring.signing.id)
        self._headers = frozenset([_header(), *(_header(kid=key.id) for key in ring.all)])
        self._lately: dict[str, Claims] = {}
        self._before: dict[str, Claims] = {}
        self._until = datetime.min.replace(tzinfo=UTC)

    def issue(self, user: UserId, session: SessionId, tenant: TenantName, now: datetime) -> tuple[str, datetime]:
        """Return a signed token and when it expires."""
        issued = int(now.timestamp())
        expires = issued + int(self._lifetime.total_seconds())
        payload = {"sub": user, "sid": session, "tid": tenant, "iat": issued, "exp": expires}
        signed = self._header + b"." + _base64(msgspec.json.encode(payload))
        return (signed + b"." + _signature(self._keyed[0], signed)).decode(), datetime.fromtimestamp(expires, UTC)

    def read(self, token: str, now: datetime) -> Claims:
        """Return what a token says; raise `TokenExpired` or `TokenInvalid`."""
        if now >= self._until:
            self._until = now + SILENT
            self._lately, self._before = {}, self._lately
        claims = self._lately.get(token)
        if claims is None:
            claims = self._before.get(token) or _claims(self._verified(token), token)
            # Where there is no room, whoever is there stays: to make room for all who come takes longer than it saves.
            if len(self._lately) < REMEMBERED // 2:
                self._lately[token] = claims
        if now >= claims.expires:
            raise TokenExpired
        return claims

    def _verified(self, token: str) -> _Payload:
        """Return the payload of a token that one of our keys signed.

        One token has one spelling, or one of the original would name as many sessions as it has spellings: the text of
        the signature is compared, not its bytes.
        """
        signed, _, signature = token.encode(errors="replace").rpartition(b".")
        header, _, payload = signed.partition(b".")
        if b"." in payload or len(token) > _LONGEST:
            raise TokenInvalid
        for keyed in self._keyed:
            if hmac.compare_digest(_signature(keyed, signed), signature):
                break
        else:
            raise TokenInvalid
        try:
            if header not in self._headers:
                _check_header(_read_header(_raw(header)))
            return _read_payload(_raw(payload))
        except (ValueError, RecursionError):
            raise TokenInvalid from None


def _header(**more: str) -> bytes:
    return _base64(msgspec.json.encode({"alg": _ALGORITHM, **more, "typ": "JWT"}))


def _check_header(header: _Header) -> None:
    if header.alg != _ALGORITHM or header.crit is not None or not header.b64:
        raise TokenInvalid


def _signature(keyed: hmac.HMAC, signed: bytes) -> bytes:
    signing = keyed.copy()
    signing.update(signed)
    return _base64(signing.digest())


def _base64(raw: bytes) -> bytes:
    return urlsafe_b64encode(raw).rstrip(b"=")


def _raw(text: bytes) -> bytes:
    return a2b_base64(text.translate(_URL_SAFE) + b"==")


def _claims(payload: _Payload, token: str) -> Claims:
    """Return the claims of our own tokens, or those of the original's, which name a user only."""
    if not (0 <= payload.iat <= _LATEST and 0 <= payload.exp <= _LATEST):
        raise TokenInvalid
    issued, expires = datetime.fromtimestamp(int(payload.iat), UTC), datetime.fromtimestamp(int(payload.exp), UTC)
    if payload.sub is None:
        session = SessionId("~" + urlsafe_b64encode(sha256(token.encode()).digest()).decode()[:22])
        user, tenant = UserId(payload.original), None
    else:
        if payload.tid is None or not payload.sid:
            raise TokenInvalid
        user, session, tenant = UserId(payload.sub), SessionId(payload.sid), TenantName(payload.tid)
    if not user:
        raise TokenInvalid
    return Claims(user, session, tenant, issued, expires)
