"""The statements of what makes a room a show (``show_tables``)."""

from liveroom import ports
from liveroom.store.sql.erasures import SqlErasures
from liveroom.store.sql.messages import SqlMessages
from liveroom.store.sql.metadata import SqlMetadata
from liveroom.store.sql.reports import SqlReports
from liveroom.store.sql.runner import Runner
from liveroom.store.sql.schedules import SqlSchedules
from liveroom.store.sql.standings import SqlStandings
from liveroom.store.sql.traces import SqlTraces


class ShowStatements:
    """Those statements, all run by the same runner."""

    def __init__(self, runner: Runner) -> None:
        self.standings: ports.Standings = SqlStandings(runner)
        self.messages: ports.MessageRows = SqlMessages(runner)
        self.schedules: ports.Schedules = SqlSchedules(runner)
        self.metadata: ports.MetadataRows = SqlMetadata(runner)
        self.reports: ports.Reports = SqlReports(runner)
        self.erasures: ports.Erasures = SqlErasures(runner)
        self.traces: ports.TraceRows = SqlTraces(runner)
