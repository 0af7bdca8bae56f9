"""The way of spans to a collector: gathered by a thread, sent by OTLP over HTTP, given up where nobody takes them.

What waits is bounded (``OTEL_BSP_MAX_QUEUE_SIZE``), and no call waits for a collector. One that does not answer is a
line of the log when that begins, and one when it is over.
"""

import asyncio
import logging
import threading
import uuid
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Final

import structlog
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter, SpanExportResult
from opentelemetry.sdk.trace.sampling import ALWAYS_ON

from liveroom import __version__

log = structlog.get_logger("liveroom.tracing")

STOP_SECONDS: Final = 3.0
"""How long a stop waits for the collector."""
FLUSH_SECONDS: Final = 1.0
"""How long an answer of a web function waits for it."""
_CAUSE_MAX: Final = 300


class _LastSaid(logging.Handler):
    """Keeps what the library said last in place of a line for each attempt."""

    text = ""

    def emit(self, record: logging.LogRecord) -> None:
        self.text = record.getMessage()


class WatchedExporter(SpanExporter):
    """Counts what was sent and what was lost, and says in the log when the collector goes, and when it is back."""

    def __init__(self, exporter: SpanExporter) -> None:
        self.counts: Final[dict[tuple[str, ...], float]] = {("sent",): 0, ("lost",): 0}
        self.is_failing = False
        self._exporter = exporter
        self._said = _LastSaid()
        library = logging.getLogger("opentelemetry")
        library.handlers, library.propagate = [self._said], False

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        result = self._exporter.export(spans)
        is_sent = result is SpanExportResult.SUCCESS
        self.counts[("sent" if is_sent else "lost"),] += len(spans)
        if is_sent and self.is_failing:
            log.info("traces.recovered")
        elif not is_sent and not self.is_failing:
            remedy = "see LIVEROOM_TRACES_ENDPOINT; calls do not wait for it"
            log.warning("traces.unsent", spans=len(spans), cause=self._said.text[:_CAUSE_MAX], remedy=remedy)
        self.is_failing = not is_sent
        return result

    def shutdown(self) -> None:
        self._exporter.shutdown()

    def force_flush(self, timeout_millis: int = 30_000) -> bool:
        return self._exporter.force_flush(timeout_millis)


class TraceExport:
    """The provider of a process, and the exporter behind it."""

    def __init__(self, exporter: SpanExporter) -> None:
        self.exporter: Final = WatchedExporter(exporter)
        self._provider: Final = TracerProvider(sampler=ALWAYS_ON, resource=_resource(), shutdown_on_exit=False)
        self._provider.add_span_processor(BatchSpanProcessor(self.exporter))
        self.tracer: Final = self._provider.get_tracer("liveroom", __version__)

    async def flush(self, seconds: float = FLUSH_SECONDS) -> None:
        """Send what waits, where the collector took what was sent before; wait for so long at most."""
        if not self.exporter.is_failing:
            await _beside(self._provider.force_flush, seconds)

    async def close(self) -> None:
        """Send what waits, and stop; what cannot be sent within three seconds is lost."""
        if not await _beside(self._provider.shutdown, STOP_SECONDS):
            self.exporter.shutdown()
            log.warning("traces.given_up", seconds=STOP_SECONDS)


def open_export(endpoint: str) -> TraceExport:
    """Return the way to a collector; "" is where ``OTEL_EXPORTER_OTLP_ENDPOINT`` says, or this machine's port 4318."""
    return TraceExport(OTLPSpanExporter(endpoint=f"{endpoint.rstrip('/')}/v1/traces" if endpoint else None))


def _resource() -> Resource:
    """Return who sends: the variables ``OTEL_SERVICE_NAME`` and ``OTEL_RESOURCE_ATTRIBUTES`` are stronger."""
    ours = {"service.name": "liveroom", "service.version": __version__, "service.instance.id": str(uuid.uuid4())}
    said = Resource.create()
    unnamed = str(said.attributes.get("service.name", "")).startswith("unknown_service")
    theirs = {name: value for name, value in said.attributes.items() if name != "service.name" or not unnamed}
    return Resource({**ours, **theirs})


async def _beside(work: Callable[[], object], seconds: float) -> bool:
    """Run what blocks in a thread that the process does not wait for; say whether it was over in time."""
    loop = asyncio.get_running_loop()
    over = asyncio.Event()

    def run() -> None:
        try:
            work()
        finally:
            with suppress(RuntimeError):  # the loop is closed
                loop.call_soon_threadsafe(over.set)

    threading.Thread(target=run, name="traces", daemon=True).start()
    try:
        async with asyncio.timeout(seconds):
            await over.wait()
    except TimeoutError:
        return False
    return True
