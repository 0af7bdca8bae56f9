"""Spans: which trace is being recorded where the program is now, and what may begin one.

The span of the moment is a context variable. Most calls are not sampled: for them it is None, and whoever would make
a span has nothing more to do than to see that. A span that has ended begets no more spans: what a call has begun and
goes on without it (a worker, a connection that is made anew) would otherwise be told as that call's for ever.
"""

import random
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from contextvars import ContextVar
from typing import Final

from opentelemetry.context import Context
from opentelemetry.sdk.trace import Span as SdkSpan
from opentelemetry.trace import (
    Link,
    NonRecordingSpan,
    Span,
    SpanContext,
    SpanKind,
    StatusCode,
    Tracer,
    get_current_span,
    set_span_in_context,
)
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from liveroom.domain.errors import Failure, Unavailable
from liveroom.log import bind_trace

Attributes = Mapping[str, str | int | float | bool]

_RECENT: Final = 2_000_000_000
"""Nanoseconds after its end for which a span is still the cause of what was gathered meanwhile."""
_W3C: Final = TraceContextTextMapPropagator()
SPANS_MAX: Final = 200
"""Of one trace in this process: a bucket that is filled again, within a call, is a thousand commands."""
_current: ContextVar[Span | None] = ContextVar("span", default=None)
_budget: ContextVar["_SpanBudget | None"] = ContextVar("budget", default=None)


class _SpanBudget:
    """How many spans a trace may still have here, and how many were left out."""

    __slots__ = ("left", "left_out")

    def __init__(self) -> None:
        self.left = SPANS_MAX
        self.left_out = 0

    def take(self) -> bool:
        """Say whether there is room for one more."""
        self.left -= 1
        self.left_out += self.left < 0
        return self.left >= 0


def current() -> Span | None:
    """Return the span of the moment, if one is being recorded."""
    span = _current.get()
    return span if span is not None and span.is_recording() else None


def cause() -> SpanContext | None:
    """Return what has caused what happens now: a span that is being recorded, or has ended a moment ago."""
    span = _current.get()
    if not isinstance(span, SdkSpan):
        return None
    ended = span.end_time
    return None if ended is not None and time.time_ns() - ended > _RECENT else span.get_span_context()  # noqa: TID251


def trace_id() -> str:
    """Return the id of the trace that is being recorded, as it is written; "" where there is none."""
    span = current()
    return "" if span is None else f"{span.get_span_context().trace_id:032x}"


def read_context(headers: Mapping[str, str]) -> SpanContext | None:
    """Return the caller's span by the headers ``traceparent`` and ``tracestate``; None where they name none."""
    found = get_current_span(_W3C.extract(headers)).get_span_context()
    return found if found.is_valid else None


def context_headers() -> dict[str, str]:
    """Return the headers that give the trace of the moment on, sampled or not; none where there is no trace."""
    carrier: dict[str, str] = {}
    span = _current.get()
    if span is not None:
        _W3C.inject(carrier, set_span_in_context(span))
    return carrier


def each_once(contexts: Iterable[SpanContext]) -> list[SpanContext]:
    """Return contexts in their order, each once."""
    return list({context.span_id: context for context in contexts}.values())


def failed(span: Span, error: BaseException) -> None:
    """Mark a span as failed by the kind of the error, without its text; a refusal is an answer, not a failure."""
    if isinstance(error, Failure) and not isinstance(error, Unavailable):
        return
    span.set_attribute("error.type", type(error).__qualname__)
    span.set_status(StatusCode.ERROR)


class Allowance:
    """At most so many traces a second: who sends a ``traceparent`` decides about sampling, and may be anybody."""

    def __init__(self, per_second: int) -> None:
        self._most = per_second
        self._second = 0
        self._taken = 0

    def take(self) -> bool:
        """Say whether one more may be recorded now."""
        second = int(time.monotonic())
        if second != self._second:
            self._second, self._taken = second, 0
        self._taken += 1
        return self._taken <= self._most


class Tracing:
    """Begins spans. ``ratio``: how many of those that begin by themselves, and not for a caller, begin a trace."""

    def __init__(self, tracer: Tracer, *, ratio: float, per_second: int) -> None:
        self.ratio: Final = ratio
        self._tracer: Final = tracer
        self._allowance: Final = Allowance(per_second)

    def chance(self) -> bool:
        """Say whether what begins by itself is to be recorded."""
        return random.random() < self.ratio  # noqa: S311 - nothing secret

    @contextmanager
    def trace(
        self,
        name: str,
        kind: SpanKind,
        attributes: Attributes,
        parent: SpanContext | None = None,
        others: Sequence[SpanContext] = (),
    ) -> Iterator[Span | None]:
        """Record a block that begins here: in the parent's trace, or in a new one; None where it is not recorded.

        A parent that is not sampled is given on all the same. ``others``: what caused it beside the parent.
        """
        if parent is not None and not parent.trace_flags.sampled:
            with _active(NonRecordingSpan(parent)):
                yield None
        elif self._allowance.take():
            budget = _SpanBudget()
            before = _budget.set(budget)
            try:
                with self._recorded(name, kind, attributes, parent, others) as span:
                    yield span
                    if budget.left_out:
                        span.set_attribute("liveroom.spans_left_out", budget.left_out)
            finally:
                _budget.reset(before)
        else:
            yield None

    @contextmanager
    def span(self, name: str, kind: SpanKind, attributes: Attributes) -> Iterator[Span | None]:
        """Record a block as part of what is being recorded; elsewhere it is only run."""
        parent, budget = current(), _budget.get()
        if parent is None or budget is None or not budget.take():
            yield None
            return
        with self._recorded(name, kind, attributes, parent.get_span_context()) as span:
            yield span

    @contextmanager
    def span_or_trace(self, name: str, kind: SpanKind, attributes: Attributes) -> Iterator[Span | None]:
        """Record a block as part of what is being recorded; elsewhere it may begin a trace."""
        if current() is not None:
            with self.span(name, kind, attributes) as span:
                yield span
        elif self.chance():
            with self.trace(name, kind, attributes) as span:
                yield span
        else:
            yield None

    def begin(
        self,
        name: str,
        kind: SpanKind,
        attributes: Attributes,
        parent: SpanContext | None,
        others: Sequence[SpanContext] = (),
    ) -> Span:
        """Begin a span that whoever asked for it ends; ``others``: what caused it beside its parent."""
        around = Context() if parent is None else set_span_in_context(NonRecordingSpan(parent), Context())
        return self._tracer.start_span(name, around, kind, dict(attributes), [Link(other) for other in others])

    @contextmanager
    def _recorded(
        self,
        name: str,
        kind: SpanKind,
        attributes: Attributes,
        parent: SpanContext | None,
        others: Sequence[SpanContext] = (),
    ) -> Iterator[Span]:
        span = self.begin(name, kind, attributes, parent, others)
        try:
            with _active(span):
                yield span
        except BaseException as error:
            failed(span, error)
            raise
        finally:
            span.end()


@contextmanager
def paused() -> Iterator[None]:
    """Record nothing within a block."""
    before = _current.set(None)
    try:
        yield
    finally:
        _current.reset(before)


def hold() -> Callable[[], AbstractContextManager[None]]:
    """Return what goes on with the span of the moment, in a task that somebody else may have begun."""
    span, budget = _current.get(), _budget.get()

    @contextmanager
    def held() -> Iterator[None]:
        before = _budget.set(budget)
        try:
            with nullcontext() if span is None else _active(span):
                yield
        finally:
            _budget.reset(before)

    return held


@contextmanager
def _active(span: Span) -> Iterator[None]:
    before = _current.set(span)
    log_before = bind_trace(f"{span.get_span_context().trace_id:032x}" if span.is_recording() else "")
    try:
        yield
    finally:
        bind_trace(log_before)
        _current.reset(before)
