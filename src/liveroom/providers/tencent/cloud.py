"""One call of Tencent's cloud API 3.0: signed (TC3), awaited for a bounded time, its errors told apart.

Nothing is tried again here: some callers have somebody waiting, others have a queue.
"""

import asyncio
from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final
from urllib.parse import urlsplit

import httpx
import msgspec

from liveroom import deadlines
from liveroom.domain.errors import ProviderNonsense, ProviderUnavailable
from liveroom.ports import Clock
from liveroom.providers.outgoing import open_client
from liveroom.providers.tencent.tc3 import tc3_headers

TIMEOUT: Final = timedelta(seconds=5)
_BUSY: Final = ("InternalError", "RequestLimitExceeded", "ResourceUnavailable", "LimitExceeded")
"""What their error codes begin with when the same call may be answered another time."""


class CloudRefused(ProviderUnavailable):
    """Tencent understood the call and refuses it; ``code`` is theirs, such as ``AuthFailure.SecretIdNotFound``."""

    def __init__(self, action: str, code: str) -> None:
        super().__init__(f"Tencent refuses {action}: {code}")
        self.code: Final = code


class TencentCloud:
    """One of its services, with one pair of keys.

    Connections are not kept: calls are rare, and one that was kept through a pause is the one that breaks.
    """

    def __init__(
        self, url: str, secret_id: str, secret_key: str, clock: Clock, *, timeout: timedelta = TIMEOUT
    ) -> None:
        self._url: Final = f"{url.rstrip('/')}/"
        self._host: Final = urlsplit(url).netloc
        self._keys: Final = (secret_id, secret_key)
        self._clock: Final = clock
        self._timeout: Final = timeout.total_seconds()
        self._verify: Final = httpx.create_ssl_context() if url.startswith("https:") else False

    async def call(
        self, action: str, version: str, parameters: Mapping[str, object], *, region: str = ""
    ) -> Mapping[str, Any]:
        """Return the ``Response``. Raises ``CloudRefused``, ``ProviderUnavailable``, ``ProviderNonsense``."""
        payload = msgspec.json.encode(parameters)
        now, signed = self._clock.now(), {"host": self._host, "action": action, "version": version, "region": region}
        headers = tc3_headers(*self._keys, payload=payload, now=now, **signed)
        try:
            answer = await self._post(payload, headers)
        except (httpx.HTTPError, TimeoutError) as failure:
            raise ProviderUnavailable(f"Tencent does not answer {action}") from failure
        if answer.is_server_error:
            raise ProviderUnavailable(f"Tencent answers {action} with HTTP {answer.status_code}")
        return _response(action, answer.content)

    async def _post(self, payload: bytes, headers: Mapping[str, str]) -> httpx.Response:
        with deadlines.outside():
            async with (
                asyncio.timeout(self._timeout),
                open_client("Tencent Cloud", verify=self._verify, timeout=self._timeout, trust_env=False) as http,
            ):
                return await http.post(self._url, content=payload, headers=headers)


def _response(action: str, content: bytes) -> Mapping[str, Any]:
    try:
        response = msgspec.json.decode(content, type=dict[str, dict[str, Any]])["Response"]
        code = str(response["Error"]["Code"]) if "Error" in response else ""
    except (msgspec.DecodeError, UnicodeDecodeError, KeyError, TypeError, RecursionError) as failure:
        raise ProviderNonsense(f"Tencent answers {action} with what is no Response") from failure
    if code.startswith(_BUSY):
        raise ProviderUnavailable(f"Tencent cannot do {action} now: {code}")
    if code:
        raise CloudRefused(action, code)
    return response
