"""Calls of an operator's hooks over HTTP: signed, bounded, on connections that are kept."""

from datetime import datetime
from typing import Any, Final

import httpx
import msgspec

from liveroom.domain.hooks.model import LONGEST, Hook, HookFailed
from liveroom.domain.webhooks.signing import signed
from liveroom.providers.outgoing import OPERATOR_HEADERS, no_cookies
from liveroom.providers.unreached import unreached

_LONGEST_ANSWER: Final = 64 * 1024
_LIMITS: Final = httpx.Limits(max_connections=None, max_keepalive_connections=256, keepalive_expiry=4)
"""Servers commonly end a connection that was idle for five seconds; a question must not meet that."""
_TRIES: Final = 2
_REFUSING: Final = ' (a refusal, too, is answered with 2xx and "allow": false)'
_decode: Final = msgspec.json.Decoder().decode


class HttpHookClient:
    """``ports.HookClient``. Connections are made when the first question is asked."""

    def __init__(self) -> None:
        self._http: httpx.AsyncClient | None = None

    async def ask(self, hook: Hook, id: str, now: datetime, body: bytes) -> Any:
        """Send the question; once more where a kept connection ended before anything was answered."""
        headers = {**OPERATOR_HEADERS, **signed(hook.secrets, id, now, body)}
        for is_last in (attempt == _TRIES for attempt in range(1, _TRIES + 1)):
            try:
                return await self._exchange(hook.url, headers, body)
            except (httpx.RemoteProtocolError, httpx.ReadError, httpx.WriteError) as failure:
                if is_last:
                    raise HookFailed("it hung up before it answered") from failure
            except (httpx.ConnectError, httpx.ConnectTimeout) as failure:
                raise HookFailed(unreached(failure)) from failure
            except (httpx.HTTPError, httpx.InvalidURL) as failure:
                raise HookFailed(f"it did not answer: {type(failure).__name__}") from failure
        raise AssertionError("the last attempt returns or raises")

    async def close(self) -> None:
        """Hang up."""
        if self._http is not None:
            await self._http.aclose()

    async def _exchange(self, url: str, headers: dict[str, str], body: bytes) -> Any:
        if self._http is None:
            self._http = httpx.AsyncClient(
                timeout=LONGEST.total_seconds(), trust_env=False, limits=_LIMITS, cookies=no_cookies()
            )
        answered = b""
        async with self._http.stream("POST", url, content=body, headers=headers) as response:
            if not response.is_success:
                hint = _REFUSING if response.is_client_error else ""
                raise HookFailed(f"it answered HTTP {response.status_code}{hint}")
            async for part in response.aiter_raw():
                answered += part
                if len(answered) > _LONGEST_ANSWER:
                    raise HookFailed(f"its answer has more than {_LONGEST_ANSWER // 1024} KB")
        try:
            return _decode(answered)
        except (msgspec.DecodeError, RecursionError):
            raise HookFailed("its answer is no JSON") from None
