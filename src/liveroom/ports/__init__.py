"""The seams: what use cases ask of the world. Adapters implement them; ``liveroom.app`` chooses which.

Every method is atomic by itself; SQL statements that belong together run in ``Database.transact``. A method that
nobody in ``usecases`` calls does not belong here.
"""

from liveroom.ports.address_bans import AddressBanRows
from liveroom.ports.broker import Broker, Ending, News, UserConnections
from liveroom.ports.comparing import Comparing, Difference, Repair
from liveroom.ports.contacts import Captcha, CodeSender, Stamps
from liveroom.ports.entering import Entered, Entry, Left, Looked, Placed, Placing
from liveroom.ports.erasures import Erasures, ToldOf, TraceRows, Traces
from liveroom.ports.feeds import Feeds, ListListener, ListWire, Sent
from liveroom.ports.forwarding import Forwarding, MessageHandler
from liveroom.ports.hooks import Asker, HookRows, StoredHook
from liveroom.ports.known_addresses import KnownAddresses
from liveroom.ports.likes import Likes
from liveroom.ports.limits import Use
from liveroom.ports.live import (
    Alarm,
    AlarmKind,
    Busy,
    Ledger,
    ListLost,
    Live,
    Orphan,
    RoomSeed,
    StaleRoom,
    UserSeed,
)
from liveroom.ports.media import Rtc, UserMessages
from liveroom.ports.metadata import LiveMetadata, MetadataRows
from liveroom.ports.moving import Bindings, Original, Takings
from liveroom.ports.outside import HasGroup, Outside
from liveroom.ports.own_users import AppKeys, FixedSecrets, OwnUsers
from liveroom.ports.relays import Relays
from liveroom.ports.reports import ReportQuery, Reports
from liveroom.ports.schedules import Schedules
from liveroom.ports.sealed import Sealed, SealedSalt
from liveroom.ports.server_keys import Audit, ServerKeys
from liveroom.ports.sinks import Sink
from liveroom.ports.sql import (
    Codes,
    ConfigurationVersion,
    Contacts,
    Database,
    Ids,
    Leases,
    Outbox,
    Rooms,
    Sessions,
    Signs,
    Stays,
    Tenants,
    Tx,
    Users,
    VendorWork,
)
from liveroom.ports.stages import Stages, StageView
from liveroom.ports.standings import Standings
from liveroom.ports.sync import Channels, LiveListener, Sockets
from liveroom.ports.talk import MessageRows, Said, Saying, Talk, TalkPage
from liveroom.ports.tellings import FIRST_KEPT, Events, Kept, StreamEvents, TargetsOf
from liveroom.ports.vendors import Messages, RtcControl, VendorsOf
from liveroom.ports.webhooks import (
    DeadLetters,
    Deliveries,
    EventPartitions,
    StoredWebhook,
    WebhookRows,
)
from liveroom.ports.words import WordFilter
from liveroom.ports.world import Cards, Clock, TokenIssuer, UserSigs, Vault

__all__ = [
    "FIRST_KEPT",
    "AddressBanRows",
    "Alarm",
    "AlarmKind",
    "AppKeys",
    "Asker",
    "Audit",
    "Bindings",
    "Broker",
    "Busy",
    "Captcha",
    "Cards",
    "Channels",
    "Clock",
    "CodeSender",
    "Codes",
    "Comparing",
    "ConfigurationVersion",
    "Contacts",
    "Database",
    "DeadLetters",
    "Deliveries",
    "Difference",
    "Ending",
    "Entered",
    "Entry",
    "Erasures",
    "EventPartitions",
    "Events",
    "Feeds",
    "FixedSecrets",
    "Forwarding",
    "HasGroup",
    "HookRows",
    "Ids",
    "Kept",
    "KnownAddresses",
    "Leases",
    "Ledger",
    "Left",
    "Likes",
    "ListListener",
    "ListLost",
    "ListWire",
    "Live",
    "LiveListener",
    "LiveMetadata",
    "Looked",
    "MessageHandler",
    "MessageRows",
    "Messages",
    "MetadataRows",
    "News",
    "Original",
    "Orphan",
    "Outbox",
    "Outside",
    "OwnUsers",
    "Placed",
    "Placing",
    "Relays",
    "Repair",
    "ReportQuery",
    "Reports",
    "RoomSeed",
    "Rooms",
    "Rtc",
    "RtcControl",
    "Said",
    "Saying",
    "Schedules",
    "Sealed",
    "SealedSalt",
    "Sent",
    "ServerKeys",
    "Sessions",
    "Signs",
    "Sink",
    "Sockets",
    "StageView",
    "Stages",
    "StaleRoom",
    "Stamps",
    "Standings",
    "Stays",
    "StoredHook",
    "StoredWebhook",
    "StreamEvents",
    "Takings",
    "Talk",
    "TalkPage",
    "TargetsOf",
    "Tenants",
    "TokenIssuer",
    "ToldOf",
    "TraceRows",
    "Traces",
    "Tx",
    "Use",
    "UserConnections",
    "UserMessages",
    "UserSeed",
    "UserSigs",
    "Users",
    "Vault",
    "VendorWork",
    "VendorsOf",
    "WebhookRows",
    "WordFilter",
]
