"""Reports: what users report of others, to the room's moderators and the operator."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import ClassVar, Final

from liveroom.domain.events.records import EventPayload, NewEvent
from liveroom.domain.ids import RoomId, TenantName, UserId

KIND_MAX: Final = 64
NOTE_MAX: Final = 500
OUTCOME_MAX: Final = 200
LIMIT: Final = 10
"""Reports of one user within ``WINDOW``."""
WINDOW: Final = timedelta(hours=1)
COUNTED: Final = 100
"""Open reports that are counted at most."""
CLAIMED_FOR: Final = timedelta(minutes=15)
"""How long an operator keeps a report for themselves; claiming it again begins anew."""


class ReportState(StrEnum):
    """Whether somebody has looked at it."""

    OPEN = "open"
    RESOLVED = "resolved"


class Measure(StrEnum):
    """What is done because of a report."""

    DISMISS = "dismiss"
    """Nothing: there was no breach."""
    WARN = "warn"
    MUTE = "mute"
    KICK = "kick"
    BAN = "ban"
    CLOSE = "close"
    """The room."""


@dataclass(frozen=True, slots=True)
class Report:
    """A report of somebody, of a message, or of a room."""

    id: str
    """Sorts by the time of its making."""
    tenant: TenantName
    reporter: UserId
    at: datetime
    reason: str
    """What it is about, in a word of the app's such as ``spam``."""
    room: RoomId = RoomId("")
    """"" for what is about no room."""
    target: UserId = UserId("")
    """"" for what is about the room itself."""
    message: str = ""
    words: str = ""
    """What the message said when it was reported."""
    note: str = ""
    """What the reporter wrote."""
    state: ReportState = ReportState.OPEN
    handled_by: str = ""
    """``user:<id>``, ``key:<id>``, or as the audit calls who gave a command."""
    handled: datetime | None = None
    outcome: str = ""
    claimed_by: str = ""
    """Which operator looks at it, or did so last, as the audit calls them."""
    claimed_until: datetime | None = None
    measure: str = ""
    """A ``Measure``; "" while it is open, and where it was resolved without saying."""

    def claimant(self, now: datetime) -> str:
        """Return who keeps it for themselves now; "" for nobody."""
        is_kept = self.state is ReportState.OPEN and self.claimed_until is not None and self.claimed_until > now
        return self.claimed_by if is_kept else ""

    @property
    def result(self) -> str:
        """Return what the reporter gets to know: "" while it is open, ``acted``, ``dismissed``, or ``closed``."""
        if self.state is ReportState.OPEN:
            return ""
        if not self.measure:
            return "closed"
        return "dismissed" if self.measure == Measure.DISMISS else "acted"


class ToldReport(EventPayload):
    """A user has reported another, a message or a room. It is in the room's stream, else in the reported user's."""

    kind: ClassVar[str] = "report.filed"
    report_id: str
    room_id: str
    """Empty if it is not about a room."""
    category: str
    """The room's."""
    target_id: str
    """The reported user; empty if it is the room itself."""
    message_id: str
    reporter_id: str
    reason: str
    words: str
    """What the message said."""
    note: str
    """What the reporter wrote."""


def filed(report: Report, category: str) -> NewEvent:
    """Return the event of a new report; ``category`` is the room's."""
    payload = ToldReport(
        report_id=report.id,
        room_id=report.room,
        category=category,
        target_id=report.target,
        message_id=report.message,
        reporter_id=report.reporter,
        reason=report.reason,
        words=report.words,
        note=report.note,
    )
    return NewEvent(payload.kind, category, report.at, payload)
