"""Spans of what is sent to others over HTTP: vendors, asking hooks, webhooks.

They follow the semantic conventions for HTTP clients; of an address only host and port are told. The trace is given on
in the header ``traceparent`` to operators' own servers, and to nobody else.
"""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Any, Final

import httpx
from opentelemetry.trace import Span, SpanKind, StatusCode

from liveroom.domain.events.records import StoredEvent
from liveroom.domain.hooks.model import Hook
from liveroom.domain.webhooks.deliveries import message_id
from liveroom.domain.webhooks.model import Webhook
from liveroom.ports import Clock
from liveroom.providers.hooks import HttpHookClient
from liveroom.providers.outgoing import OPERATORS_SERVER
from liveroom.providers.webhooks import WebhookPosts
from liveroom.tracing.spans import Tracing, context_headers, each_once, read_context

_ERROR: Final = 400


class TracedClient(httpx.AsyncClient):
    """A client whose requests are spans; ``peer``: whose server it is."""

    def __init__(self, tracing: Tracing, peer: str, **options: Any) -> None:
        super().__init__(**options)
        self._tracing = tracing
        self._peer = peer

    async def send(self, request: httpx.Request, **options: Any) -> httpx.Response:
        """Send a request; the span ends with the head of the answer."""
        url, verb = request.url, request.method
        about: dict[str, str | int] = {
            "http.request.method": verb,
            "server.address": url.host,
            "server.port": url.port or (443 if url.scheme == "https" else 80),
            "liveroom.peer": self._peer,
        }
        with self._tracing.span_or_trace(verb, SpanKind.CLIENT, about) as span:
            if self._peer == OPERATORS_SERVER:
                request.headers.update(context_headers())
            response = await super().send(request, **options)
            if span is not None:
                _answered(span, response.status_code)
            return response


class TracedHookClient(HttpHookClient):
    """Questions to asking hooks."""

    def __init__(self, tracing: Tracing) -> None:
        super().__init__()
        self._tracing = tracing

    async def ask(self, hook: Hook, id: str, now: datetime, body: bytes) -> Any:
        about = {"liveroom.hook.id": hook.id, "liveroom.hook.type": hook.hook_type.value}
        with self._tracing.span_or_trace(f"ask {hook.hook_type.value}", SpanKind.INTERNAL, about):
            return await super().ask(hook, id, now, body)


class TracedPosts(WebhookPosts):
    """Messages to webhooks: in the trace of the call that caused them, where that was recorded.

    A message of several events is in the trace of the first such call, and linked with those of the others.
    """

    def __init__(self, clock: Clock, tracing: Tracing) -> None:
        super().__init__(clock)
        self._tracing = tracing

    async def send(self, webhook: Webhook, events: Sequence[StoredEvent]) -> int:
        with self._delivery(webhook, events):
            return await super().send(webhook, events)

    def _delivery(self, webhook: Webhook, events: Sequence[StoredEvent]) -> AbstractContextManager[Span | None]:
        about: dict[str, str | int] = {
            "messaging.system": "liveroom.webhooks",
            "messaging.operation.name": "deliver",
            "messaging.operation.type": "send",
            "messaging.destination.name": webhook.id,
            "messaging.message.id": message_id(events),
            "messaging.batch.message_count": len(events),
        }
        contexts = (read_context({"traceparent": event.trace}) for event in events if event.trace)
        name, causes = f"deliver {webhook.id}", each_once(context for context in contexts if context is not None)
        if not causes:
            return self._tracing.span_or_trace(name, SpanKind.PRODUCER, about)
        return self._tracing.trace(name, SpanKind.PRODUCER, about, causes[0], causes[1:])


def _answered(span: Span, status: int) -> None:
    span.set_attribute("http.response.status_code", status)
    if status >= _ERROR:
        span.set_attribute("error.type", str(status))
        span.set_status(StatusCode.ERROR)
