"""What caused what is told later: of events, the trace in which they were recorded; of publications, those behind them.

Only this process's memory has it. An event that another process delivers begins a trace of its own.
"""

from collections import OrderedDict
from collections.abc import Iterable, Sequence
from typing import Final

from opentelemetry.trace import SpanContext

from liveroom.tracing.spans import cause

_KEPT: Final = 4096


class Causes:
    """The traces in which events were recorded, by the ids of these; the oldest are forgotten first."""

    def __init__(self) -> None:
        self._known: Final[OrderedDict[str, SpanContext]] = OrderedDict()

    def note(self, ids: Sequence[str]) -> None:
        """Note that what is being recorded now has caused these."""
        context = cause()
        if context is None:
            return
        for id in ids:
            self._known[id] = context
        while len(self._known) > _KEPT:
            self._known.popitem(last=False)

    def of(self, ids: Sequence[str]) -> list[SpanContext]:
        """Return the causes of these, each once."""
        return each_once(self._known[id] for id in ids if id in self._known)


def each_once(contexts: Iterable[SpanContext]) -> list[SpanContext]:
    """Return contexts in their order, each once."""
    return list({context.span_id: context for context in contexts}.values())
