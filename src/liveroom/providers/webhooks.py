"""The way to operators' webhooks: signed messages over HTTP, on connections that are kept."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, timedelta
from email.utils import parsedate_to_datetime
from typing import Final

import httpx

from liveroom.domain.events.records import StoredEvent
from liveroom.domain.webhooks.deliveries import LONGEST_WAIT, Answered, Undelivered, WebhookMessage, message_of
from liveroom.domain.webhooks.model import Webhook
from liveroom.domain.webhooks.signing import signed
from liveroom.ports import Clock
from liveroom.providers.outgoing import OPERATOR_HEADERS, OPERATORS_SERVER, no_cookies, open_client
from liveroom.providers.unreached import unreached

_LONGEST_ANSWER: Final = 4096
"""More is not read: the status is the answer, its first line helps whoever looks for what is wrong."""
_LINE: Final = 200
_CONNECTIONS: Final = httpx.Limits(max_connections=None, max_keepalive_connections=64, keepalive_expiry=30)
"""Without a limit of their own: one receiver that hangs would use up those of all others."""
_GONE: Final = 410
_BUSY: Final = frozenset({429, 503})


class WebhookPosts:
    """Sends messages. Redirects are not followed: a signature is for whom the operator named."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._http: httpx.AsyncClient | None = None

    async def hang_up(self) -> None:
        """Let all connections go."""
        if self._http is not None:
            await self._http.aclose()
            self._http = None

    async def send(self, webhook: Webhook, events: Sequence[StoredEvent]) -> int:
        """Return the status when all events are taken. Raises ``Undelivered``."""
        answered = await self.post(webhook, message_of(events, self._clock.now()))
        if answered.is_good:
            return answered.status
        said = f": {answered.line}" if answered.line else ""
        raise Undelivered(
            f"HTTP {answered.status}{said}",
            status=answered.status,
            again=answered.again if answered.status in _BUSY else None,
            gone=answered.status == _GONE,
        )

    async def post(self, webhook: Webhook, message: WebhookMessage) -> Answered:
        """Send, and return the answer, whatever its status. Raises ``Undelivered`` when there is none."""
        headers = {**OPERATOR_HEADERS, **signed(webhook.secrets, message.id, self._clock.now(), message.body)}
        seconds = webhook.timeout.total_seconds()
        try:
            async with asyncio.timeout(seconds):
                return await self._exchange(webhook.url, message.body, headers)
        except (httpx.ConnectError, httpx.ConnectTimeout) as failure:
            raise Undelivered(unreached(failure)) from failure
        except (TimeoutError, httpx.TimeoutException) as failure:
            raise Undelivered(f"it did not answer within {seconds:g} s") from failure
        except (httpx.HTTPError, httpx.InvalidURL, ValueError) as failure:
            raise Undelivered("it answered what cannot be read, or hung up") from failure

    async def _exchange(self, url: str, body: bytes, headers: Mapping[str, str]) -> Answered:
        client = await self._client()
        said = b""
        async with client.stream("POST", url, content=body, headers=headers) as response:
            async for part in response.aiter_raw():
                said += part
                if len(said) > _LONGEST_ANSWER:
                    break
        return Answered(response.status_code, _first_line(said), self._again(response.headers.get("retry-after", "")))

    async def _client(self) -> httpx.AsyncClient:
        """Return the client. Reading the certificates of the world takes 30 ms, in which the loop is free."""
        if self._http is None:
            trusted = await asyncio.to_thread(httpx.create_ssl_context, trust_env=False)
            # Whoever waits for an answer bounds it, in whole.
            fresh = open_client(
                OPERATORS_SERVER,
                verify=trusted,
                timeout=None,
                trust_env=False,
                limits=_CONNECTIONS,
                cookies=no_cookies(),
            )
            if self._http is None:
                self._http = fresh
        return self._http

    def _again(self, said: str) -> timedelta | None:
        """Return how long to wait as ``Retry-After`` says it: seconds, or a time."""
        if said.isascii() and said.isdigit():
            return min(timedelta(seconds=int(said[:9])), LONGEST_WAIT)
        try:
            at = parsedate_to_datetime(said)
        except (ValueError, OverflowError):
            return None
        at = at if at.tzinfo is not None else at.replace(tzinfo=UTC)
        return min(max(at - self._clock.now(), timedelta(0)), LONGEST_WAIT)


@dataclass(frozen=True, slots=True)
class WebhookSend:
    """The way to one webhook."""

    posts: WebhookPosts
    webhook: Webhook

    async def __call__(self, events: Sequence[StoredEvent]) -> int:
        return await self.posts.send(self.webhook, events)


def _first_line(said: bytes) -> str:
    text = said.decode(errors="replace").lstrip().partition("\n")[0]
    return "".join(character if character.isprintable() else " " for character in text[:_LINE]).strip()
