"""The seams: what use cases ask of the world. Adapters implement them; ``liveroom.app`` chooses which.

Every method is atomic by itself; SQL statements that belong together run in ``Database.transact``. A method that
nobody in ``usecases`` calls does not belong here.
"""

from liveroom.ports.address_bans import AddressBanRows
from liveroom.ports.broker import Broker, Ending, News, Parting
from liveroom.ports.comparing import Comparing, Difference, Repair
from liveroom.ports.contacts import Captcha, CodeSender, Stamps
from liveroom.ports.entering import Entered, Entry, Left, Looked, Placed, Placing
from liveroom.ports.erasures import Erasures, PersonalEvent, TraceRows, Traces
from liveroom.ports.feeds import Feeds, ListAudience, ListWire, Sent
from liveroom.ports.forwarding import Forwarding, Hear
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
from liveroom.ports.media import Rtc, Whispers
from liveroom.ports.metadata import LiveMetadata, MetadataRows
from liveroom.ports.moving import Bindings, Original, Takings
from liveroom.ports.outside import HasGroup, Outside
from liveroom.ports.own_users import AppKeys, FixedSecrets, OwnUsers
from liveroom.ports.recorded_events import FIRST_KEPT, Chapter, Events, Kept, TargetsOf
from liveroom.ports.relays import Relays
from liveroom.ports.reports import ReportQuery, Reports
from liveroom.ports.schedules import Schedules
from liveroom.ports.sealed import Sealed, SealedSalt
from liveroom.ports.server_keys import Audit, ServerKeys
from liveroom.ports.sinks import Sink
from liveroom.ports.sql import (
    Arrangements,
    Codes,
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
from liveroom.ports.sync import Audience, Channels, Sockets
from liveroom.ports.talk import MessageRows, Said, Saying, Talk, TalkPage
from liveroom.ports.vendors import Messages, RtcControl, VendorsOf
from liveroom.ports.webhooks import (
    DeadEvents,
    Deliveries,
    EventLanes,
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
    "Arrangements",
    "Asker",
    "Audience",
    "Audit",
    "Bindings",
    "Broker",
    "Busy",
    "Captcha",
    "Cards",
    "Channels",
    "Chapter",
    "Clock",
    "CodeSender",
    "Codes",
    "Comparing",
    "Contacts",
    "Database",
    "DeadEvents",
    "Deliveries",
    "Difference",
    "Ending",
    "Entered",
    "Entry",
    "Erasures",
    "EventLanes",
    "Events",
    "Feeds",
    "FixedSecrets",
    "Forwarding",
    "HasGroup",
    "Hear",
    "HookRows",
    "Ids",
    "Kept",
    "KnownAddresses",
    "Leases",
    "Ledger",
    "Left",
    "Likes",
    "ListAudience",
    "ListLost",
    "ListWire",
    "Live",
    "LiveMetadata",
    "Looked",
    "MessageRows",
    "Messages",
    "MetadataRows",
    "News",
    "Original",
    "Orphan",
    "Outbox",
    "Outside",
    "OwnUsers",
    "Parting",
    "PersonalEvent",
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
    "Takings",
    "Talk",
    "TalkPage",
    "TargetsOf",
    "Tenants",
    "TokenIssuer",
    "TraceRows",
    "Traces",
    "Tx",
    "Use",
    "UserSeed",
    "UserSigs",
    "Users",
    "Vault",
    "VendorWork",
    "VendorsOf",
    "WebhookRows",
    "Whispers",
    "WordFilter",
]
