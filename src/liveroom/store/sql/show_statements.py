"""The statements of what makes a room a show (``show_tables``)."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from liveroom import ports
from liveroom.store.sql.erasures import SqlErasures
from liveroom.store.sql.messages import SqlMessages
from liveroom.store.sql.metadata import SqlMetadata
from liveroom.store.sql.personal_data import SqlPersonalData
from liveroom.store.sql.reports import SqlReports
from liveroom.store.sql.room_access import SqlRoomAccess
from liveroom.store.sql.runner import Runner
from liveroom.store.sql.schedules import SqlSchedules

SHOW_STATEMENTS: Final[Mapping[str, Callable[[Runner], Any]]] = {
    "room_access": SqlRoomAccess,
    "messages": SqlMessages,
    "schedules": SqlSchedules,
    "metadata": SqlMetadata,
    "reports": SqlReports,
    "erasures": SqlErasures,
    "personal_data": SqlPersonalData,
}


class ShowStatements:
    """Those statements, all run by the same runner."""

    room_access: ports.RoomAccessRows
    messages: ports.MessageRows
    schedules: ports.ScheduleRows
    metadata: ports.MetadataRows
    reports: ports.ReportRows
    erasures: ports.Erasures
    personal_data: ports.PersonalData
