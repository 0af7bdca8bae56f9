"""The statements of what operators look up (``people_tables``), of follows (``follow_tables``), and of reminders."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from liveroom import ports
from liveroom.store.sql.accounts.notes import SqlNotes
from liveroom.store.sql.accounts.user_terms import SqlUserTerms
from liveroom.store.sql.drift.rows import SqlDrift
from liveroom.store.sql.follows.blocks import SqlBlocks
from liveroom.store.sql.follows.rows import SqlFollows
from liveroom.store.sql.rooms.alerts import SqlRoomAlerts
from liveroom.store.sql.rooms.broadcasts import SqlBroadcasts
from liveroom.store.sql.rooms.reminders import SqlReminders
from liveroom.store.sql.rooms.timeline import SqlTimeline
from liveroom.store.sql.runner import Runner
from liveroom.store.sql.uploads.rows import SqlUploads

PEOPLE_STATEMENTS: Final[Mapping[str, Callable[[Runner], Any]]] = {
    "user_terms": SqlUserTerms,
    "notes": SqlNotes,
    "broadcasts": SqlBroadcasts,
    "timeline": SqlTimeline,
    "follows": SqlFollows,
    "blocks": SqlBlocks,
    "uploads": SqlUploads,
    "room_alerts": SqlRoomAlerts,
    "reminders": SqlReminders,
    "drift": SqlDrift,
}


class PeopleStatements:
    """Those statements, all run by the same runner."""

    user_terms: ports.UserTermRows
    notes: ports.NoteRows
    broadcasts: ports.BroadcastRows
    timeline: ports.TimelineRows
    follows: ports.FollowRows
    blocks: ports.BlockRows
    uploads: ports.UploadRows
    room_alerts: ports.RoomAlertRows
    reminders: ports.ReminderRows
    drift: ports.DriftRows
