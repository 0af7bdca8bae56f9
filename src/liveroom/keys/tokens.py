"""Login tokens: JWT, HS256 only, with our claims `sub`, `sid`, `tid`, `iat`, `exp` or those of the original service.

A signature says who; whether the session has ended is not known here. Verified tokens are remembered, because verifying
one costs as much as a whole request; the header of ours is always the same, so signing one is a single HMAC.
"""

import hmac
import json
import re
from base64 import urlsafe_b64encode
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any, Final

import msgspec
from jwt import InvalidTokenError
from jwt.algorithms import HMACAlgorithm
from jwt.api_jws import PyJWS
from jwt.exceptions import InvalidSignatureError

from liveroom.domain.errors import TokenExpired, TokenInvalid
from liveroom.domain.ids import SessionId, TenantName, UserId
from liveroom.domain.sessions import Claims
from liveroom.keys.ring import KeyRing

REMEMBERED: Final = 65_536
_LONGEST: Final = 4096
_LATEST: Final = 253_402_300_799  # the last second of year 9999, where datetime ends
_SHAPE = re.compile(r"[\w-]+\.[\w-]+\.[\w-]{42}[AEIMQUYcgkosw048]", re.ASCII)
_ALGORITHM: Final = "HS256"


class _PlainHmac(HMACAlgorithm):
    """HMAC with the secret's own bytes; how long they must be is the settings' concern."""

    def prepare_key(self, key: str | bytes) -> bytes:
        return key if isinstance(key, bytes) else key.encode()

    def check_key_length(self, key: bytes) -> str | None:
        return None


def _only_hs256() -> PyJWS:
    jws = PyJWS(algorithms=[])
    jws.register_algorithm(_ALGORITHM, _PlainHmac(HMACAlgorithm.SHA256))
    return jws


class Tokens:
    """Issues and reads tokens; it is the `TokenIssuer` of the ports."""

    def __init__(self, ring: KeyRing, *, lifetime: timedelta, remembered: int = REMEMBERED) -> None:
        self._ring = ring
        self._lifetime = lifetime
        self._jws = _only_hs256()
        header = {"alg": _ALGORITHM, "kid": ring.signing.id, "typ": "JWT"}
        self._header = _base64(json.dumps(header, separators=(",", ":")).encode()) + b"."
        self._half = max(1, remembered // 2)
        self._young: dict[str, Claims] = {}
        self._old: dict[str, Claims] = {}

    def issue(self, user: UserId, session: SessionId, tenant: TenantName, now: datetime) -> tuple[str, datetime]:
        """Return a signed token and when it expires."""
        issued = int(now.timestamp())
        expires = issued + int(self._lifetime.total_seconds())
        payload = {"sub": user, "sid": session, "tid": tenant, "iat": issued, "exp": expires}
        signed = self._header + _base64(msgspec.json.encode(payload))
        token = signed + b"." + _base64(hmac.digest(self._ring.signing.secret, signed, "sha256"))
        return token.decode(), datetime.fromtimestamp(expires, UTC)

    def read(self, token: str, now: datetime) -> Claims:
        """Return what a token says; raise `TokenExpired` or `TokenInvalid`."""
        claims = self._young.get(token)
        if claims is None:
            claims = self._old.get(token) or _claims(self._verified(token), token)
            self._remember(token, claims)
        if now >= claims.expires:
            raise TokenExpired
        return claims

    def _remember(self, token: str, claims: Claims) -> None:
        # Two generations: what was not asked for while the young one filled up is dropped as a whole.
        if len(self._young) >= self._half:
            self._old, self._young = self._young, {}
        self._young[token] = claims

    def _verified(self, token: str) -> dict[str, Any]:
        """Return the payload of a token that one of our keys signed.

        One token has one spelling (`_SHAPE`), or one of the original would name as many sessions as it has spellings.
        """
        if len(token) > _LONGEST or not _SHAPE.fullmatch(token):
            raise TokenInvalid
        for key in self._ring.all:
            try:
                found = self._jws.decode_complete(token, key.secret, algorithms=[_ALGORITHM])
                payload = json.loads(found["payload"])
            except InvalidSignatureError:
                continue
            except (InvalidTokenError, ValueError, RecursionError):
                break
            if isinstance(payload, dict):
                return payload
            break
        raise TokenInvalid


def _base64(raw: bytes) -> bytes:
    return urlsafe_b64encode(raw).rstrip(b"=")


def _claims(payload: dict[str, Any], token: str) -> Claims:
    """Return the claims of our own tokens, or those of the original's, which name a user only."""
    if "sub" in payload:
        session, tenant = SessionId(_text(payload, "sid")), TenantName(_text(payload, "tid", empty=True))
        return Claims(UserId(_text(payload, "sub")), session, tenant, _time(payload, "iat"), _time(payload, "exp"))
    session = SessionId("~" + urlsafe_b64encode(sha256(token.encode()).digest()).decode()[:22])
    return Claims(UserId(_text(payload, "userId")), session, None, _time(payload, "iat"), _time(payload, "exp"))


def _text(payload: dict[str, Any], claim: str, *, empty: bool = False) -> str:
    value = payload.get(claim)
    if not isinstance(value, str) or not (value or empty):
        raise TokenInvalid
    return value


def _time(payload: dict[str, Any], claim: str) -> datetime:
    value = payload.get(claim)
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= _LATEST:
        raise TokenInvalid
    return datetime.fromtimestamp(int(value), UTC)
