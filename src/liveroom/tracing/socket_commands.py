"""Spans of socket commands: one for each that a client sends, named by what it asks.

The protocol carries headers with ``connect`` only: a ``traceparent`` among these is the parent of that command's span.
Later commands have none, so that each may begin a trace of its own.
"""

from collections.abc import Awaitable

from opentelemetry.trace import SpanContext, SpanKind

from liveroom.realtime.client import CarryOut, Client
from liveroom.realtime.messages import Command, ConnectRequest
from liveroom.tracing.spans import Tracing, read_context


def traced_commands(carry_out: CarryOut, tracing: Tracing) -> CarryOut:
    """Return what carries commands out, and records those that are sampled."""

    def carried_out(client: Client, command: Command) -> Awaitable[None]:
        request = command.request
        if isinstance(request, ConnectRequest) and request.headers:
            parent = read_context(request.headers)
            if parent is not None:
                return _record(client, command, parent)
        return _record(client, command, None) if tracing.chance() else carry_out(client, command)

    async def _record(client: Client, command: Command, parent: SpanContext | None) -> None:
        request = command.request
        kind = type(request).__name__.removesuffix("Request").lower()
        about = {"rpc.system.name": "centrifuge", "rpc.method": kind}
        with tracing.trace(f"socket {kind}", SpanKind.SERVER, about, parent):
            await carry_out(client, command)

    return carried_out
