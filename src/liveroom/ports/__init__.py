"""The seams: what use cases ask of the world. Adapters implement them; ``liveroom.app`` chooses which.

Every method is atomic by itself; SQL statements that belong together run in ``Database.transact``. A method that
nobody in ``usecases`` calls does not belong here.
"""

from liveroom.ports.accounts import Captcha, CodeSender, KnownAddresses, OwnUserRows, Sealed, SealedSalt, Stamps
from liveroom.ports.activities import (
    ActivityRows,
    BallotRows,
    CastBallot,
    LiveActivities,
    QuestionRows,
    UserPoints,
)
from liveroom.ports.agencies import AgencyRows, HostTotal
from liveroom.ports.battles import BattleQueueRows, BattleRows, BattleScoreRows
from liveroom.ports.broker import Broker, Ending, News, UserConnections
from liveroom.ports.charges import ChargedGift, ChargeRows, OperatorWallet, TakenCoins
from liveroom.ports.comparing import Comparing, Difference, Repair, SeenOutside
from liveroom.ports.configuration import (
    AppRules,
    ConfigurationVersion,
    ConfiguredItem,
    ConfiguredRows,
    KeptItem,
    ServerKeyRows,
    Stored,
)
from liveroom.ports.connections import ConnectionRows
from liveroom.ports.database import Database, Tx
from liveroom.ports.drift import (
    DriftRows,
    GroupLists,
    LookResult,
    MediaListing,
    MediaLists,
    Reconciled,
    Rest,
)
from liveroom.ports.entering import Admission, ClaimedPresence, Entered, Left, Looked, PresenceClaim
from liveroom.ports.envelopes import AmissEnvelope, EnvelopeRows
from liveroom.ports.erasures import Erasures, PersonalData, PersonalEvent, PersonalRows
from liveroom.ports.exports import ExportRows, PersonalExport
from liveroom.ports.feeds import Feeds, ListListener, ListWire, Sent
from liveroom.ports.follows import BlockRows, Follow, FollowRows
from liveroom.ports.forwarding import Forwarding, MessageHandler
from liveroom.ports.gift_ranks import GiftRankRows
from liveroom.ports.gifts import GiftCatalogueRows, StoredCatalogue
from liveroom.ports.hooks import HookClient
from liveroom.ports.importing import Bindings, ImportRows, Original
from liveroom.ports.ledger import (
    AccountRows,
    ApprovalRows,
    Due,
    DueRows,
    HeldBalance,
    JournalRows,
    LotRows,
    MinorRefundRows,
    PayoutRows,
    StatementLine,
)
from liveroom.ports.ledger_audit import (
    Checkpoint,
    CheckpointRows,
    DifferenceRows,
    EntrySum,
    GiftAuditRows,
    JournalSum,
    LedgerAuditRows,
    SealRows,
    SoldGifts,
)
from liveroom.ports.limits import Use
from liveroom.ports.live import (
    Alarm,
    AlarmKind,
    ExpiredEntries,
    ListLost,
    Live,
    Orphan,
    RecoveryStore,
    RoomSnapshot,
    StaleRoom,
    UserBucketSnapshot,
)
from liveroom.ports.live_battles import CountedLive, LiveBattles
from liveroom.ports.live_gifts import GiftsSoFar, LiveGifts
from liveroom.ports.media import Rtc, UserMessages
from liveroom.ports.messages import MessageRows, Said, Saying, Talk, TalkPage, WordFilter
from liveroom.ports.moderating import (
    EvidenceRows,
    LabelQuery,
    LabelRows,
    NoticeRows,
    ReasonRows,
    StatementRows,
    WordRows,
)
from liveroom.ports.moderation import AddressBanRows, AuditRows, ReportQuery, ReportRows, RoomAccessRows
from liveroom.ports.music import SongCatalogue, SongFile, SongFolder
from liveroom.ports.operators import CompanyProvider, OperatorSessionRows, PasswordHashes, SecondFactors
from liveroom.ports.outside import HasGroup, OutsideStore
from liveroom.ports.overview import OverviewRows
from liveroom.ports.payments import PaymentAnswers, PaymentQuestions, PaymentReads
from liveroom.ports.people import NamedUser, NoteRows, TimelineRows, UserTerm, UserTermRows
from liveroom.ports.push_streams import PushStreamRows
from liveroom.ports.receipts import AppStore, GooglePlay, ReceiptRows
from liveroom.ports.recorded_events import FIRST_KEPT, Events, Kept, StreamEvents, TargetsOf
from liveroom.ports.recordings import PlayableFile, RecordedFiles, Recorder, RecordingRows, RunningTask, StreamsOf
from liveroom.ports.relays import Relays
from liveroom.ports.reminders import Reminder, ReminderRows, RoomAlertRows
from liveroom.ports.rooms import BroadcastRows, LiveLikes, LiveMetadata, MetadataRows, RoomTermRows, ScheduleRows
from liveroom.ports.seat_maps import SeatMaps, SeatMapView
from liveroom.ports.sent_gifts import SentGiftRows
from liveroom.ports.settlements import SettlementRows
from liveroom.ports.sizes import RoomSize, RoomSizes
from liveroom.ports.sql import (
    CodeRows,
    Contacts,
    Ids,
    Leases,
    Outbox,
    RoomRows,
    Sessions,
    Stays,
    Tenants,
    UserRows,
    VendorWork,
)
from liveroom.ports.statistics import Statistics, StatisticsQueue, StatisticsSources
from liveroom.ports.streams import FrameSource, StreamCallbacks, StreamServer
from liveroom.ports.sync import Channels, LiveListener, Sockets
from liveroom.ports.uploads import AppBucket, FileChecker, FileFolder, FileStore, UploadRows
from liveroom.ports.vendors import GroupMessaging, ParticipantLists, RemovedParticipants, RtcControl, VendorsOf
from liveroom.ports.webhooks import DeadLetters, Deliveries, EventPartitions, Sink, WebhookClient
from liveroom.ports.world import Cards, Clock, TokenIssuer, UserSigs, Vault

__all__ = [
    "FIRST_KEPT",
    "AccountRows",
    "ActivityRows",
    "AddressBanRows",
    "Admission",
    "AgencyRows",
    "Alarm",
    "AlarmKind",
    "AmissEnvelope",
    "AppBucket",
    "AppRules",
    "AppStore",
    "ApprovalRows",
    "AuditRows",
    "BallotRows",
    "BattleQueueRows",
    "BattleRows",
    "BattleScoreRows",
    "Bindings",
    "BlockRows",
    "BroadcastRows",
    "Broker",
    "Captcha",
    "Cards",
    "CastBallot",
    "Channels",
    "ChargeRows",
    "ChargedGift",
    "Checkpoint",
    "CheckpointRows",
    "ClaimedPresence",
    "Clock",
    "CodeRows",
    "CodeSender",
    "CompanyProvider",
    "Comparing",
    "ConfigurationVersion",
    "ConfiguredItem",
    "ConfiguredRows",
    "ConnectionRows",
    "Contacts",
    "CountedLive",
    "Database",
    "DeadLetters",
    "Deliveries",
    "Difference",
    "DifferenceRows",
    "DriftRows",
    "Due",
    "DueRows",
    "Ending",
    "Entered",
    "EntrySum",
    "EnvelopeRows",
    "Erasures",
    "EventPartitions",
    "Events",
    "EvidenceRows",
    "ExpiredEntries",
    "ExportRows",
    "Feeds",
    "FileChecker",
    "FileFolder",
    "FileStore",
    "Follow",
    "FollowRows",
    "Forwarding",
    "FrameSource",
    "GiftAuditRows",
    "GiftCatalogueRows",
    "GiftRankRows",
    "GiftsSoFar",
    "GooglePlay",
    "GroupLists",
    "GroupMessaging",
    "HasGroup",
    "HeldBalance",
    "HookClient",
    "HostTotal",
    "Ids",
    "ImportRows",
    "JournalRows",
    "JournalSum",
    "Kept",
    "KeptItem",
    "KnownAddresses",
    "LabelQuery",
    "LabelRows",
    "Leases",
    "LedgerAuditRows",
    "Left",
    "ListListener",
    "ListLost",
    "ListWire",
    "Live",
    "LiveActivities",
    "LiveBattles",
    "LiveGifts",
    "LiveLikes",
    "LiveListener",
    "LiveMetadata",
    "LookResult",
    "Looked",
    "LotRows",
    "MediaListing",
    "MediaLists",
    "MessageHandler",
    "MessageRows",
    "MetadataRows",
    "MinorRefundRows",
    "NamedUser",
    "News",
    "NoteRows",
    "NoticeRows",
    "OperatorSessionRows",
    "OperatorWallet",
    "Original",
    "Orphan",
    "Outbox",
    "OutsideStore",
    "OverviewRows",
    "OwnUserRows",
    "ParticipantLists",
    "PasswordHashes",
    "PaymentAnswers",
    "PaymentQuestions",
    "PaymentReads",
    "PayoutRows",
    "PersonalData",
    "PersonalEvent",
    "PersonalExport",
    "PersonalRows",
    "PlayableFile",
    "PresenceClaim",
    "PushStreamRows",
    "QuestionRows",
    "ReasonRows",
    "ReceiptRows",
    "Reconciled",
    "RecordedFiles",
    "Recorder",
    "RecordingRows",
    "RecoveryStore",
    "Relays",
    "Reminder",
    "ReminderRows",
    "RemovedParticipants",
    "Repair",
    "ReportQuery",
    "ReportRows",
    "Rest",
    "RoomAccessRows",
    "RoomAlertRows",
    "RoomRows",
    "RoomSize",
    "RoomSizes",
    "RoomSnapshot",
    "RoomTermRows",
    "Rtc",
    "RtcControl",
    "RunningTask",
    "Said",
    "Saying",
    "ScheduleRows",
    "SealRows",
    "Sealed",
    "SealedSalt",
    "SeatMapView",
    "SeatMaps",
    "SecondFactors",
    "SeenOutside",
    "Sent",
    "SentGiftRows",
    "ServerKeyRows",
    "Sessions",
    "SettlementRows",
    "Sink",
    "Sockets",
    "SoldGifts",
    "SongCatalogue",
    "SongFile",
    "SongFolder",
    "StaleRoom",
    "Stamps",
    "StatementLine",
    "StatementRows",
    "Statistics",
    "StatisticsQueue",
    "StatisticsSources",
    "Stays",
    "Stored",
    "StoredCatalogue",
    "StreamCallbacks",
    "StreamEvents",
    "StreamServer",
    "StreamsOf",
    "TakenCoins",
    "Talk",
    "TalkPage",
    "TargetsOf",
    "Tenants",
    "TimelineRows",
    "TokenIssuer",
    "Tx",
    "UploadRows",
    "Use",
    "UserBucketSnapshot",
    "UserConnections",
    "UserMessages",
    "UserPoints",
    "UserRows",
    "UserSigs",
    "UserTerm",
    "UserTermRows",
    "Vault",
    "VendorWork",
    "VendorsOf",
    "WebhookClient",
    "WordFilter",
    "WordRows",
]
