"""Calls of an operator's own server over HTTP: signed, bounded, on connections that are kept."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple

import httpx
import msgspec

from liveroom.domain.webhooks.signing import SigningSecret, signed
from liveroom.providers.outgoing import OPERATOR_HEADERS, OPERATORS_SERVER, no_cookies, open_client
from liveroom.providers.unreached import unreached

_LONGEST_ANSWER: Final = 64 * 1024
_LIMITS: Final = httpx.Limits(max_connections=None, max_keepalive_connections=256, keepalive_expiry=4)
"""Servers commonly end a connection that was idle for five seconds; a question must not meet that."""
_TRIES: Final = 2
_decode: Final = msgspec.json.Decoder().decode


class SignedAnswer(NamedTuple):
    """What was answered."""

    headers: Mapping[str, str]
    body: bytes


class SignedCalls:
    """The way there; connections are made for the first call. Failures are those that ``failing`` makes of a text."""

    def __init__(self, failing: Callable[[str], Exception], timeout: timedelta, refusing: str) -> None:
        self._failing: Final = failing
        self._seconds: Final = timeout.total_seconds()
        self._refusing: Final = refusing
        """How a refusal is answered, where somebody does it by the HTTP status."""
        self._http: httpx.AsyncClient | None = None

    async def post(
        self, url: str, secrets: Sequence[SigningSecret], id: str, now: datetime, body: bytes
    ) -> SignedAnswer:
        """Send a message; once more where a kept connection ended before anything was answered."""
        headers = {**OPERATOR_HEADERS, **signed(secrets, id, now, body)}
        for is_last in (attempt == _TRIES for attempt in range(1, _TRIES + 1)):
            try:
                return await self._exchange(url, headers, body)
            except (httpx.RemoteProtocolError, httpx.ReadError, httpx.WriteError) as failure:
                if is_last:
                    raise self._failing("it hung up before it answered") from failure
            except (httpx.ConnectError, httpx.ConnectTimeout) as failure:
                raise self._failing(unreached(failure)) from failure
            except (httpx.HTTPError, httpx.InvalidURL) as failure:
                raise self._failing(f"it did not answer: {type(failure).__name__}") from failure
        raise AssertionError("the last attempt returns or raises")

    def read(self, answer: SignedAnswer) -> Any:
        """Return the JSON of an answer."""
        try:
            return _decode(answer.body)
        except (msgspec.DecodeError, RecursionError):
            raise self._failing("its answer is no JSON") from None

    async def close(self) -> None:
        """Hang up."""
        if self._http is not None:
            await self._http.aclose()

    async def _exchange(self, url: str, headers: dict[str, str], body: bytes) -> SignedAnswer:
        if self._http is None:
            self._http = open_client(
                OPERATORS_SERVER, timeout=self._seconds, trust_env=False, limits=_LIMITS, cookies=no_cookies()
            )
        answered = b""
        async with self._http.stream("POST", url, content=body, headers=headers) as response:
            if not response.is_success:
                hint = f" ({self._refusing})" if response.is_client_error else ""
                raise self._failing(f"it answered HTTP {response.status_code}{hint}")
            async for part in response.aiter_raw():
                answered += part
                if len(answered) > _LONGEST_ANSWER:
                    raise self._failing(f"its answer has more than {_LONGEST_ANSWER // 1024} KB")
        return SignedAnswer(response.headers, answered)
