"""Google's store in tests: it knows what it has sold, and answers only whoever has proved who they are.

The assertion is verified by the service account's public key, and a token that it has not given, or that is over, is
refused: as Google does. `VendorEndpoint` lets it be late, silent, broken or full of nonsense.
"""

import functools
import json
import secrets
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qs, unquote, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from liveroom.ports import Clock
from liveroom.simulate.endpoint import VendorEndpoint, VendorRequest, VendorResponse
from liveroom.simulate.serving import listening
from tests.servers import LOOPBACK, free_ports

PACKAGE: Final = "com.example.live"
EMAIL: Final = "receipts@live-example.iam.gserviceaccount.com"
_SCOPE: Final = "https://www.googleapis.com/auth/androidpublisher"
_GRANT: Final = "urn:ietf:params:oauth:grant-type:jwt-bearer"
_BASE: Final = f"/androidpublisher/v3/applications/{PACKAGE}/purchases/"
_PAGE: Final = 2


@functools.cache
def _key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@dataclass
class GooglePlayServer:
    """Google: its token server and its API for publishers."""

    clock: Clock | None = None
    """By which assertions and tokens are judged; None: not by the time."""
    sold: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)
    """By product and token."""
    voided: list[dict[str, Any]] = field(default_factory=list)
    tokens: dict[str, float] = field(default_factory=dict)
    """That it has given, and until when."""
    may_see_orders: bool = True
    port: int = field(default_factory=lambda: free_ports(1)[0])
    endpoint: VendorEndpoint = field(init=False)

    def __post_init__(self) -> None:
        self.endpoint = VendorEndpoint(self._answer, lambda request: urlsplit(request.target).path.rsplit("/")[-1])
        self.endpoint.url = f"http://{LOOPBACK}:{self.port}"

    @asynccontextmanager
    async def listening(self) -> AsyncIterator["GooglePlayServer"]:
        """Answer until the block ends, at the address that it has all the time."""

        async def answering(request: VendorRequest, hung_up: Callable[[], Awaitable[object]]) -> VendorResponse | None:
            response, _ = await self.endpoint.respond(request, hung_up)
            return response

        async with listening(answering, self.port):
            yield self
            self.endpoint.let_go()

    def settings(self, **changes: Any) -> dict[str, Any]:
        """Return those of a service that sells coins at Google's."""
        return {
            "store_products": "coins_60=60,coins_300=300",
            "google_play_package": PACKAGE,
            "google_play_credentials": self.key_file(),
            "google_play_url": self.endpoint.url,
            **changes,
        }

    def key_file(self) -> Path:
        """Return the file that Google's console gives for the service account."""
        pem = _key().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
        account = {"type": "service_account", "client_email": EMAIL, "private_key": pem}
        with tempfile.NamedTemporaryFile("w", prefix="liveroom-google-", suffix=".json", delete=False) as file:
            json.dump({**account, "token_uri": f"{self.endpoint.url}/token"}, file)
        return Path(file.name)

    def sell(self, account: str, product: str = "coins_60", **changes: Any) -> str:
        """Sell something to an account; return the purchase's token."""
        token = f"{secrets.token_hex(12)}.AO-J1O{secrets.token_urlsafe(96)}"
        order = f"GPA.3{secrets.randbelow(1000):03}-{secrets.randbelow(10**4):04}-4411-{len(self.sold):05}"
        said = {
            "kind": "androidpublisher#productPurchase",
            "purchaseTimeMillis": "1764000000000",
            "purchaseState": 0,
            "consumptionState": 0,
            "orderId": order,
            "acknowledgementState": 0,
            "quantity": 1,
            "obfuscatedExternalAccountId": account,
            "regionCode": "DE",
            **changes,
        }
        self.sold[product, token] = {name: value for name, value in said.items() if value is not None}
        return token

    def void(self, token: str, at: datetime) -> None:
        """Refund a purchase."""
        [sold] = [said for (_, of), said in self.sold.items() if of == token]
        sold["purchaseState"] = 1
        row = {"kind": "androidpublisher#voidedPurchase", "purchaseToken": token, "orderId": sold.get("orderId", "")}
        self.voided.append({**row, "voidedTimeMillis": str(int(at.timestamp() * 1000)), "voidedSource": 0})

    def _answer(self, request: VendorRequest) -> VendorResponse:
        url = urlsplit(request.target)
        if url.path == "/token":
            return self._give_token(request)
        bearer = request.headers.get("authorization", "").removeprefix("Bearer ")
        if self.tokens.get(bearer, 0.0) <= self._now():
            return _refused(401, "Request had invalid authentication credentials.")
        if not self.may_see_orders:
            return _refused(403, "The current user has insufficient permissions to perform the requested operation.")
        match [unquote(part) for part in url.path.removeprefix(_BASE).split("/")]:
            case ["voidedpurchases"]:
                return self._list_voided(parse_qs(url.query))
            case ["products", product, "tokens", token] if (product, token) in self.sold:
                return _json(self.sold[product, token])
            case _:
                return _refused(404, "The purchase token was not found.")

    def _give_token(self, request: VendorRequest) -> VendorResponse:
        form = {name: values[0] for name, values in parse_qs(request.body.decode()).items()}
        assert form["grant_type"] == _GRANT
        try:
            claims = jwt.decode(
                form["assertion"],
                _key().public_key(),
                algorithms=["RS256"],
                audience=f"{self.endpoint.url}/token",
                issuer=EMAIL,
                options={"verify_exp": False, "verify_iat": False, "require": ["exp", "iat", "iss", "aud"]},
            )
        except jwt.InvalidTokenError as wrong:
            return VendorResponse(json.dumps({"error": "invalid_grant", "error_description": str(wrong)}).encode(), 400)
        assert claims["scope"] == _SCOPE
        assert claims["exp"] - claims["iat"] <= 3600
        if self.clock is not None and not claims["iat"] - 60 <= self._now() < claims["exp"]:
            return VendorResponse(b'{"error":"invalid_grant"}', 400)
        token = f"ya29.{secrets.token_urlsafe(24)}"
        self.tokens[token] = self._now() + 3600
        return _json({"access_token": token, "expires_in": 3599, "token_type": "Bearer"})

    def _list_voided(self, query: dict[str, list[str]]) -> VendorResponse:
        begin = int(query.get("token", ["0"])[0])
        since = int(query.get("startTime", ["0"])[0])
        if self.clock is not None and since:
            assert datetime.fromtimestamp(since / 1000, UTC) > self.clock.now() - timedelta(days=30)
        found = self.voided[begin : begin + _PAGE]
        more = {"tokenPagination": {"nextPageToken": str(begin + _PAGE)}} if begin + _PAGE < len(self.voided) else {}
        return _json({**({"voidedPurchases": found} if found else {}), **more})

    def _now(self) -> float:
        return 1.0 if self.clock is None else self.clock.now().timestamp()


def _json(said: dict[str, Any]) -> VendorResponse:
    return VendorResponse(json.dumps(said).encode())


def _refused(status: int, message: str) -> VendorResponse:
    return VendorResponse(json.dumps({"error": {"code": status, "message": message}}).encode(), status)
