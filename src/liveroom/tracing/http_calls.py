"""Spans of calls over HTTP: begun where the request comes in, named by the declared method or the route that it meets.

They follow the semantic conventions for HTTP servers. Nothing of a caller is in them: no address, no agent, no
parameter; a path only as it is declared.
"""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

from opentelemetry.trace import Span, SpanContext, SpanKind, StatusCode

from liveroom.api.codes import Code
from liveroom.api.declare import Method
from liveroom.api.dispatch import Dispatcher
from liveroom.api.envelopes import Outcome
from liveroom.api.identity import RequestContext
from liveroom.domain.errors import BadRequest
from liveroom.http.asgi import App, LiveroomAsgi, Message, Receive, Scope, Send
from liveroom.http.cycle import ANSWER, HOLD
from liveroom.tracing.spans import Tracing, current, read_context

_PARENT: Final = b"traceparent"
_CONTEXT: Final = frozenset((_PARENT, b"tracestate"))
_QUIET: Final = ("healthz", "readyz", "metrics")
"""What is asked all the time, by machines."""
_VERBS: Final = frozenset(("GET", "POST", "HEAD", "OPTIONS", "PUT", "PATCH", "DELETE"))
_FAULTS: Final = frozenset(
    {
        Code.SystemError,
        Code.ServiceUnavailable,
        Code.ServiceResponseInvalid,
        Code.ServiceSmsFailed,
        Code.ServiceDBFailed,
        Code.ServiceUnknownError,
    }
)
"""What callers cannot help: their spans count as failed."""
_SERVER_ERROR: Final = 500
Flush = Callable[[], Awaitable[None]]


class TracedAsgi(LiveroomAsgi):
    """Records calls that are sampled. ``flush``: sends their spans before the answer, where there is no later."""

    tracing: Tracing
    flush: Flush | None = None

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:  # type: ignore[override]
        if scope["type"] == "http":
            for name, _ in scope["headers"]:
                if name == _PARENT:
                    return self._record(scope, receive, send, _parent_of(scope))
            if self.tracing.chance():
                return self._record(scope, receive, send, None)
        return super().__call__(scope, receive, send)

    async def _record(self, scope: Scope, receive: Receive, send: Send, parent: SpanContext | None) -> None:
        if scope["path"].rstrip("/").endswith(_QUIET):
            await super().__call__(scope, receive, send)
            return
        verb = scope["method"] if scope["method"] in _VERBS else "_OTHER"
        about = {
            "http.request.method": verb,
            "url.scheme": scope["scheme"],
            "network.protocol.version": scope["http_version"],
        }
        with self.tracing.trace(verb, SpanKind.SERVER, about, parent) as span:
            await super().__call__(scope, receive, send if span is None else self._answering(span, send))

    def _answering(self, span: Span, send: Send) -> Send:
        """Note the status of the answer; where the process is frozen with the answer, the span ends before it."""

        async def noting(message: Message) -> None:
            kind = message["type"]
            if kind == "http.response.start" or kind in (ANSWER, HOLD):
                status = message.get("status", 200)
                span.set_attribute("http.response.status_code", status)
                if status >= _SERVER_ERROR:
                    span.set_attribute("error.type", str(status))
                    span.set_status(StatusCode.ERROR)
                if self.flush is not None:
                    span.end()
                    await self.flush()
            await send(message)

        return noting


class TracedDispatcher(Dispatcher):
    """Names the span of a call by the declared method, and notes its code."""

    def call(  # type: ignore[override]
        self, method: Method, raw: Mapping[str, Any] | BadRequest, context: RequestContext
    ) -> Awaitable[Outcome]:
        span = current()
        answer = super().call(method, raw, context)
        return answer if span is None else _named(span, method, answer)


async def _named(span: Span, method: Method, answer: Awaitable[Outcome]) -> Outcome:
    verb = getattr(span, "attributes", {}).get("http.request.method")
    if verb is not None:
        _route(span, verb, f"/{method.path}")
    else:
        span.update_name(f"socket {method.path}")
        span.set_attribute("rpc.method", method.path)
    outcome = await answer
    span.set_attribute("liveroom.code", int(outcome.code))
    if outcome.code in _FAULTS:
        span.set_attribute("error.type", Code(outcome.code).name)
        span.set_status(StatusCode.ERROR)
    return outcome


def traced_site(site: App, templates: Mapping[Any, str]) -> App:
    """Return the site with its spans named; ``templates``: the paths of its routes, by what answers there."""

    async def served(scope: Scope, receive: Receive, send: Send) -> None:
        span = current()
        if span is None or scope["type"] != "http":
            await site(scope, receive, send)
            return

        async def routed(message: Message) -> None:
            template = templates.get(scope.get("endpoint"))
            if template is not None:
                _route(span, scope["method"], template)
            await send(message)

        await site(scope, receive, routed)

    return served


def _route(span: Span, verb: str, template: str) -> None:
    span.update_name(f"{verb} {template}")
    span.set_attribute("http.route", template)


def _parent_of(scope: Scope) -> SpanContext | None:
    return read_context(
        {name.decode(): value.decode("latin-1") for name, value in scope["headers"] if name in _CONTEXT}
    )
