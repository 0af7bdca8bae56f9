"""What answers about statistics look like, and how days and places in lists are read."""

from collections.abc import Sequence
from typing import Annotated

from liveroom.api.envelopes import Page
from liveroom.api.parameters import Text
from liveroom.api.shapes import Shape
from liveroom.domain.errors import BadRequest
from liveroom.domain.moments import at
from liveroom.domain.payloads import Counter, Instant, instant_text, wire_moment, wire_time
from liveroom.usecases.statistics.reading import Attended, CountedRow

CursorText = Annotated[str, Text(128)]
_SECOND = 1000


class BroadcastFiguresShape(Shape):
    """A broadcast's figures. Viewers are all people who were in it but its host, who opened it."""

    broadcast_id: str
    room_id: str
    host_id: str
    category: str
    """That in which it was opened."""
    title: str
    open_utc: str
    close_utc: str
    """"" while it is live."""
    final: bool
    """It is over, and everything has been counted: within seconds after its end."""
    counted_utc: str
    """When these figures were counted; of a live broadcast every half minute, of a large one less often."""
    viewers: int
    """Different viewers."""
    new_viewers: int
    """Those who had not been in an earlier broadcast of this host."""
    returning_viewers: int
    """The others."""
    peak_viewers: int
    """Most viewers at a time."""
    peak_utc: str
    """When that was first so; "" if nobody came."""
    entries: int
    """How often a viewer entered."""
    watch_seconds: Counter
    """How long all viewers were there together."""
    average_watch_seconds: int
    """How long a viewer was there, on average."""
    median_watch_seconds: int
    """Half of the viewers were there for longer."""
    anchors: int
    """Viewers who were also hosts, as anchors."""
    audience: int
    """All other viewers."""
    speakers: int
    """Viewers who had a seat."""
    messages: int
    """Messages that people sent."""
    likes: Counter
    activities: int
    """Polls and other activities that were begun in it."""
    votes: Counter
    """Ballots that were cast in these."""


class AttendanceInterval(Shape):
    """A time in which somebody was there without a break."""

    join_date_time: Instant
    leave_date_time: Instant
    """Of somebody who is still there, now."""
    duration_in_seconds: int


class AttendanceRecord(Shape):
    """When somebody was in a broadcast, as the ``attendanceRecord`` of Microsoft Graph tells it."""

    user_id: str
    name: str
    """What they were called; "" of a deleted user."""
    role: str
    """The highest that they had: ``owner``, ``anchor`` or ``audience``."""
    total_attendance_in_seconds: int
    attendance_intervals: list[AttendanceInterval]


def broadcast_figures(counted: CountedRow) -> BroadcastFiguresShape:
    """Return a broadcast's figures as the wire has them."""
    (broadcast, when, figures, newcomers, messages, title), is_final, held = counted
    return BroadcastFiguresShape(
        broadcast_id=broadcast.id,
        room_id=broadcast.room,
        host_id=broadcast.host,
        category=broadcast.category,
        title=title,
        open_utc=wire_time(at(broadcast.opened)),
        close_utc=wire_moment(broadcast.closed),
        final=is_final,
        counted_utc=wire_time(at(when)),
        viewers=figures.viewers,
        new_viewers=newcomers,
        returning_viewers=max(0, figures.viewers - newcomers),
        peak_viewers=figures.peak.most,
        peak_utc=wire_moment(figures.peak.at),
        entries=figures.entries,
        watch_seconds=figures.watched // _SECOND,
        average_watch_seconds=figures.watched // max(1, figures.viewers) // _SECOND,
        median_watch_seconds=figures.median // _SECOND,
        anchors=figures.anchors,
        audience=figures.audience,
        speakers=figures.speakers,
        messages=messages,
        likes=broadcast.likes,
        activities=held.activities,
        votes=held.votes,
    )


def attendance_record(attended: Attended) -> AttendanceRecord:
    """Return when somebody was there as the wire has it."""
    return AttendanceRecord(
        user_id=attended.user,
        name=attended.name,
        role=attended.attendee.role,
        total_attendance_in_seconds=attended.attendee.watched // _SECOND,
        attendance_intervals=[
            AttendanceInterval(
                join_date_time=instant_text(at(begin)),
                leave_date_time=instant_text(at(end)),
                duration_in_seconds=(end - begin) // _SECOND,
            )
            for begin, end in attended.attendee.spans
        ],
    )


def page_of(found: Sequence[CountedRow], limit: int) -> Page:
    """Return broadcasts as a page: a full one is followed by another."""
    cursor = ""
    if len(found) == limit:
        last = found[-1].row.broadcast
        cursor = f"{last.opened}_{last.id}"
    return Page.of([broadcast_figures(one) for one in found], cursor)


def read_cursor(text: str) -> tuple[int, str] | None:
    """Return where a page begins; None: at the newest. Raises ``BadRequest``."""
    if not text:
        return None
    opened, _, broadcast = text.partition("_")
    if not (opened.isascii() and opened.isdigit() and len(opened) < 16 and broadcast):
        raise BadRequest("cursor: must be the nextCursor of the page before")
    return int(opened), broadcast
