"""Spans from a publication to its sockets: from its coming here until it is written to the last of them.

With Redis a publication comes behind a note of the trace that caused it (``scripts``); several may be gathered in one.
In the memory of one process it comes within the call, or from a timer that the call has set.
"""

import time
from collections.abc import Sequence
from typing import Final

from opentelemetry.trace import Span, SpanContext, SpanKind

from liveroom.domain.accounts.sessions import EndedSessions
from liveroom.domain.events.model import Publication, Socket
from liveroom.domain.ids import RoomId
from liveroom.realtime.batch_writer import BatchWriter
from liveroom.realtime.hub import Hub
from liveroom.tracing.spans import Tracing, cause, each_once, read_context

_WAITS: Final = 1.5
"""Seconds for which a note waits for its publication: rooms gather for less; what was refused publishes nothing."""
_NOTES: Final = 32
"""Kept of one room."""
_ROOMS: Final = 4096


class TracedWriter(BatchWriter):
    """Ends the spans of publications when everything that waited is written."""

    def __init__(self) -> None:
        super().__init__()
        self.unwritten: list[Span] = []

    def _flush_waiting(self) -> None:
        super()._flush_waiting()
        self.end_all()

    def end_all(self) -> None:
        """End what is open, unless something waits to be written."""
        if self._is_due or not self.unwritten:
            return
        spans, self.unwritten = self.unwritten, []
        for span in spans:
            span.end()


class TracedListener:
    """``ports.LiveListener``: the hub's, with a span for each publication that a recorded call has caused."""

    def __init__(self, hub: Hub, writer: TracedWriter, tracing: Tracing, *, has_notes: bool) -> None:
        """``has_notes``: publications come from elsewhere, behind notes."""
        self._hub = hub
        self._writer = writer
        self._tracing = tracing
        self._has_notes = has_notes
        self._notes: dict[RoomId, list[tuple[float, SpanContext]]] = {}

    def caused(self, room: RoomId, trace: str) -> None:
        """Note what a publication that is about to come belongs to."""
        context = read_context({"traceparent": trace})
        if context is None:
            return
        if len(self._notes) >= _ROOMS:
            self._notes.clear()
        notes = self._notes.setdefault(room, [])
        notes.append((time.monotonic(), context))
        del notes[:-_NOTES]

    def published(self, room: RoomId, epoch: str, publication: Publication) -> None:
        causes = self._causes(room)
        if causes:
            self._begin(room, publication, causes)
        self._hub.published(room, epoch, publication)
        self._writer.end_all()

    def _begin(self, room: RoomId, publication: Publication, causes: Sequence[SpanContext]) -> None:
        channel = self._hub.rooms.open.get(room)
        if channel is None:
            return
        about: dict[str, str | int] = {
            "messaging.system": "liveroom.rooms",
            "messaging.operation.name": "fan out",
            "messaging.operation.type": "process",
            "messaging.destination.template": "room:{roomId}",
            "messaging.batch.message_count": len(publication.events),
            "liveroom.sockets": len(channel.stream.subscribers),
        }
        span = self._tracing.begin("fan out room", SpanKind.CONSUMER, about, causes[0], causes[1:])
        self._writer.unwritten.append(span)

    def _causes(self, room: RoomId) -> Sequence[SpanContext]:
        if not self._has_notes:
            here = cause()
            return () if here is None else (here,)
        notes = self._notes.pop(room, None)
        if notes is None:
            return ()
        oldest = time.monotonic() - _WAITS
        return each_once(context for noted, context in notes if noted >= oldest)

    def joined(self, room: RoomId, socket: Socket) -> None:
        self._hub.joined(room, socket)

    def parted(self, room: RoomId, socket: Socket) -> None:
        self._hub.parted(room, socket)

    def doubtful(self, rooms: Sequence[RoomId]) -> None:
        self._hub.doubtful(rooms)

    def sessions_over(self, ended: EndedSessions) -> None:
        self._hub.sessions_over(ended)
