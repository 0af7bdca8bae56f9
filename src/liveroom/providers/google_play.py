"""Google's store: asked about a purchase, and for what it has refunded, as a service account of Google's cloud.

The account's key signs a token, for which Google gives another that is good for an hour (RFC 7523); no library of
Google's is needed for that.
"""

import asyncio
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final
from urllib.parse import quote

import httpx
import jwt
import msgspec

from liveroom.domain.errors import ProviderNonsense, ProviderUnavailable
from liveroom.domain.receipts.failures import ReceiptInvalid, ReceiptOfTest, ReceiptPending
from liveroom.domain.receipts.model import NEVER, WHOLE, RefundNotice, StoreName, StorePurchase
from liveroom.ports import Clock
from liveroom.providers.callbacks import moment, part, rows, sentence, text, whole
from liveroom.providers.outgoing import exchange, no_cookies, object_in, open_client

_SCOPE: Final = "https://www.googleapis.com/auth/androidpublisher"
_GRANT: Final = "urn:ietf:params:oauth:grant-type:jwt-bearer"
_HOUR: Final = timedelta(hours=1)
_BEFORE_ITS_END: Final = timedelta(minutes=5)
_SECONDS: Final = 5.0
_LONGEST: Final = 1024 * 1024
_PAGES_MAX: Final = 100
_LONGEST_ORDER: Final = 40
_CANCELLED, _PENDING, _TEST = 1, 2, 0
_UNKNOWN: Final = frozenset({400, 404, 410})
"""How Google answers to a token that it has not given, or not for this product, or that it has forgotten."""


@dataclass(frozen=True, slots=True)
class ServiceAccount:
    """Who asks: from the JSON file that Google's console gives for a service account."""

    email: str
    key: str = field(repr=False)
    token_url: str


def read_service_account(data: bytes) -> ServiceAccount:
    """Return the account of a key file. Raises ``ValueError``."""
    found = msgspec.json.decode(data)
    names = ("client_email", "private_key", "token_uri")
    values = [found.get(name) for name in names] if isinstance(found, dict) else []
    texts = [value for value in values if isinstance(value, str) and value]
    if len(texts) != len(names):
        raise ValueError(f"it has not all of {', '.join(names)}")
    account = ServiceAccount(*texts)
    try:
        jwt.encode({}, account.key, algorithm="RS256")
    except (jwt.PyJWTError, TypeError, AttributeError):
        raise ValueError("its private_key is none") from None
    return account


class GooglePlayStore:
    """``ports.GooglePlay``."""

    def __init__(self, account: ServiceAccount, package: str, url: str, clock: Clock, *, takes_tests: bool) -> None:
        self._account: Final = account
        self._url: Final = f"{url.rstrip('/')}/androidpublisher/v3/applications/{quote(package, safe='')}/purchases"
        self._clock: Final = clock
        self._takes_tests: Final = takes_tests
        self._http: Final = open_client("Google Play", timeout=_SECONDS, trust_env=False, cookies=no_cookies())
        self._token, self._ends = "", NEVER
        self._asking: Final = asyncio.Lock()

    async def close(self) -> None:
        """Hang up."""
        await self._http.aclose()

    async def purchase(self, product: str, token: str) -> StorePurchase:
        """Return what Google says of a purchase."""
        status, said = await self._get(f"/products/{quote(product, safe='')}/tokens/{quote(token, safe='')}")
        if status in _UNKNOWN:
            raise ReceiptInvalid
        if status != 200:
            raise _refusal(status, said)
        state, quantity = whole(said.get("purchaseState")) or 0, max(whole(said.get("quantity")) or 1, 1)
        if state == _PENDING:
            raise ReceiptPending
        if whole(said.get("purchaseType")) == _TEST and not self._takes_tests:
            raise ReceiptOfTest
        rest = whole(said.get("refundableQuantity"))
        rest = 0 if state == _CANCELLED else quantity if rest is None else min(max(rest, 0), quantity)
        id = _id_of(token)
        return StorePurchase(
            store=StoreName.GOOGLE_PLAY,
            id=id,
            order=_order_of(said, id),
            product=product,
            quantity=quantity,
            account_token=text(said.get("obfuscatedExternalAccountId")),
            refunded=WHOLE * (quantity - rest) // quantity,
            refunded_at=self._clock.now(),
        )

    async def refunds(self, since: datetime) -> Sequence[RefundNotice]:
        """Return the purchases that were cancelled, refunded or charged back as a whole."""
        notices: list[RefundNotice] = []
        page: dict[str, str | int] = {"startTime": int(since.timestamp() * 1000)}
        for _ in range(_PAGES_MAX):
            status, said = await self._get("/voidedpurchases", page)
            if status != 200:
                raise _refusal(status, said)
            for row in rows(said, "voidedPurchases"):
                if token := sentence(row.get("purchaseToken"), _LONGEST):
                    at = moment(row.get("voidedTimeMillis"), self._clock.now())
                    notices.append(RefundNotice(StoreName.GOOGLE_PLAY, _id_of(token), WHOLE, at))
            following = sentence(part(said, "tokenPagination").get("nextPageToken"), _LONGEST)
            if not following:
                break
            page = {"token": following}
        return notices

    async def _get(self, path: str, query: Mapping[str, str | int] | None = None) -> tuple[int, Mapping[str, Any]]:
        headers = {"authorization": f"Bearer {await self._bearer()}"}
        return await self._ask("GET", f"{self._url}{path}", headers=headers, params=query)

    async def _bearer(self) -> str:
        """Return a token that is good for some minutes; those who need one at once wait for one call."""
        async with self._asking:
            now = self._clock.now()
            if now >= self._ends - _BEFORE_ITS_END:
                self._token, self._ends = await self._fresh_token(now)
            return self._token

    async def _fresh_token(self, now: datetime) -> tuple[str, datetime]:
        url, seconds = self._account.token_url, int(now.timestamp())
        until = seconds + int(_HOUR.total_seconds())
        claims = {"iss": self._account.email, "scope": _SCOPE, "aud": url, "iat": seconds, "exp": until}
        assertion = jwt.encode(claims, self._account.key, algorithm="RS256")
        status, said = await self._ask("POST", url, data={"grant_type": _GRANT, "assertion": assertion})
        token = said.get("access_token")
        if status != 200 or not isinstance(token, str):
            raise _refusal(status, said)
        return token, now + timedelta(seconds=whole(said.get("expires_in")) or 0)

    async def _ask(self, method: str, url: str, **sent: Any) -> tuple[int, Mapping[str, Any]]:
        """Return status and JSON object; the message of a failure has nothing of what was sent."""
        try:
            status, body = await exchange(self._http, _SECONDS, _LONGEST, method, url, **sent)
        except (httpx.HTTPError, httpx.InvalidURL, TimeoutError) as failure:
            raise ProviderUnavailable("Google does not answer") from failure
        if len(body) > _LONGEST:
            raise ProviderNonsense("Google's answer is too long")
        found = object_in(body)
        if found is None and status not in _UNKNOWN:
            raise ProviderNonsense(f"Google answers nonsense (HTTP {status})")
        return status, found or {}


def _id_of(token: str) -> str:
    """Return what a purchase is known by: tokens are longer than keys of a table may be."""
    return hashlib.sha256(token.encode()).hexdigest()


def _order_of(said: Mapping[str, Any], id: str) -> str:
    """Return the order, such as ``GPA.3312-…``; purchases by a promotion's code have none."""
    order = text(said.get("orderId"))
    is_good = 0 < len(order) <= _LONGEST_ORDER and order.isascii() and order.isprintable() and " " not in order
    return order if is_good else f"play:{id[:32]}"


def _refusal(status: int, said: Mapping[str, Any]) -> ProviderUnavailable:
    error = said.get("error")
    reason = sentence(part(said, "error").get("message") if isinstance(error, dict) else error, 200)
    return ProviderUnavailable(f"Google refuses (HTTP {status}): {reason}" if reason else f"Google refuses ({status})")
