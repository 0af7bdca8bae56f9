"""Tokens that MediaMTX believes without asking us (``authMethod: jwt``): what they may, on which path, until when.

It fetches the public key from us once an hour (``authJWTJWKS``). The key is on the curve P-256: a token stands in
addresses, of which encoders take 1024 letters in RTMP and 512 in SRT, where one of RSA would not fit.
"""

import hashlib
from datetime import datetime
from typing import Any, Final

import jwt
import msgspec
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from jwt.algorithms import ECAlgorithm

CLAIM: Final = "mediamtx_permissions"
_ALGORITHM: Final = "ES256"


class MediamtxTokens:
    """Signs with a private key (PEM, P-256). Raises ``ValueError`` for another."""

    def __init__(self, pem: str, *, issuer: str) -> None:
        key = load_pem_private_key(pem.encode(), None)
        if not isinstance(key, EllipticCurvePrivateKey) or not isinstance(key.curve, SECP256R1):
            raise ValueError("the key has to be an EC key on P-256: openssl ecparam -name prime256v1 -genkey -noout")
        self._key: Final = key
        self._issuer: Final = issuer
        public = ECAlgorithm.to_jwk(key.public_key(), as_dict=True)
        self._id: Final = hashlib.sha256(f"{public['x']}.{public['y']}".encode()).hexdigest()[:16]
        self._public: Final[dict[str, Any]] = {**public, "kid": self._id, "use": "sig", "alg": _ALGORITHM}

    def sign(self, action: str, path: str, who: str, expires: datetime) -> str:
        """Return a token for one action (``publish``, ``read``) on one path."""
        claims = {
            "iss": self._issuer,
            "sub": who,
            "exp": int(expires.timestamp()),
            CLAIM: [{"action": action, "path": path}],
        }
        return jwt.encode(claims, self._key, algorithm=_ALGORITHM, headers={"kid": self._id})

    def jwks(self) -> bytes:
        """Return what MediaMTX fetches: the public key."""
        return msgspec.json.encode({"keys": [self._public]})
