"""The statements of what makes a room a show (``show_tables``, ``gift_tables``), and of its statistics."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from liveroom import ports
from liveroom.store.sql.activities.ballots import SqlBallots
from liveroom.store.sql.activities.questions import SqlQuestions
from liveroom.store.sql.activities.rows import SqlActivities
from liveroom.store.sql.battles.queue import SqlBattleQueue
from liveroom.store.sql.battles.rows import SqlBattles
from liveroom.store.sql.battles.scores import SqlBattleScores
from liveroom.store.sql.connections.rows import SqlConnections
from liveroom.store.sql.gifts.catalogues import SqlGiftCatalogues
from liveroom.store.sql.messages.rows import SqlMessages
from liveroom.store.sql.moderation.evidence import SqlEvidence
from liveroom.store.sql.moderation.labels import SqlLabels
from liveroom.store.sql.moderation.notices import SqlNotices
from liveroom.store.sql.moderation.reasons import SqlReasons
from liveroom.store.sql.moderation.reports import SqlReports
from liveroom.store.sql.moderation.room_access import SqlRoomAccess
from liveroom.store.sql.moderation.statements import SqlStatementRows
from liveroom.store.sql.moderation.words import SqlWords
from liveroom.store.sql.privacy.erasures import SqlErasures
from liveroom.store.sql.privacy.personal_data import SqlPersonalData
from liveroom.store.sql.recordings.rows import SqlRecordings
from liveroom.store.sql.rooms.metadata import SqlMetadata
from liveroom.store.sql.rooms.schedules import SqlSchedules
from liveroom.store.sql.rooms.terms import SqlRoomTerms
from liveroom.store.sql.runner import Runner
from liveroom.store.sql.statistics.queue import SqlStatisticsQueue
from liveroom.store.sql.statistics.series import SqlStatistics
from liveroom.store.sql.statistics.sources import SqlStatisticsSources
from liveroom.store.sql.streams.rows import SqlPushStreams

SHOW_STATEMENTS: Final[Mapping[str, Callable[[Runner], Any]]] = {
    "room_access": SqlRoomAccess,
    "messages": SqlMessages,
    "schedules": SqlSchedules,
    "metadata": SqlMetadata,
    "room_terms": SqlRoomTerms,
    "reports": SqlReports,
    "evidence": SqlEvidence,
    "statements": SqlStatementRows,
    "reasons": SqlReasons,
    "words": SqlWords,
    "notices": SqlNotices,
    "labels": SqlLabels,
    "erasures": SqlErasures,
    "personal_data": SqlPersonalData,
    "statistics_queue": SqlStatisticsQueue,
    "statistics_sources": SqlStatisticsSources,
    "statistics": SqlStatistics,
    "gift_catalogues": SqlGiftCatalogues,
    "connections": SqlConnections,
    "battles": SqlBattles,
    "battle_scores": SqlBattleScores,
    "battle_queue": SqlBattleQueue,
    "push_streams": SqlPushStreams,
    "recordings": SqlRecordings,
    "activities": SqlActivities,
    "ballots": SqlBallots,
    "questions": SqlQuestions,
}


class ShowStatements:
    """Those statements, all run by the same runner."""

    room_access: ports.RoomAccessRows
    messages: ports.MessageRows
    schedules: ports.ScheduleRows
    metadata: ports.MetadataRows
    room_terms: ports.RoomTermRows
    reports: ports.ReportRows
    evidence: ports.EvidenceRows
    statements: ports.StatementRows
    reasons: ports.ReasonRows
    words: ports.WordRows
    notices: ports.NoticeRows
    labels: ports.LabelRows
    erasures: ports.Erasures
    personal_data: ports.PersonalData
    statistics_queue: ports.StatisticsQueue
    statistics_sources: ports.StatisticsSources
    statistics: ports.Statistics
    gift_catalogues: ports.GiftCatalogueRows
    connections: ports.ConnectionRows
    battles: ports.BattleRows
    battle_scores: ports.BattleScoreRows
    battle_queue: ports.BattleQueueRows
    push_streams: ports.PushStreamRows
    recordings: ports.RecordingRows
    activities: ports.ActivityRows
    ballots: ports.BallotRows
    questions: ports.QuestionRows
