"""The seams: what use cases ask of the world. Adapters implement them; ``liveroom.app`` chooses which.

Every method is atomic by itself; SQL statements that belong together run in ``Database.transact``. A method that
nobody in ``usecases`` calls does not belong here.
"""

from liveroom.ports.broker import Broker, Ending, News, Parting
from liveroom.ports.feeds import Feeds, ListAudience, ListWire, Sent
from liveroom.ports.forwarding import Forwarding, Hear
from liveroom.ports.live import (
    Entered,
    Entry,
    Ledger,
    Left,
    ListLost,
    Live,
    Orphan,
    Placed,
    Placing,
    RoomSeed,
    StaleRoom,
    UserSeed,
)
from liveroom.ports.media import Rtc, Whispers
from liveroom.ports.relays import Relays
from liveroom.ports.sql import Database, Ids, Leases, Outbox, Rooms, Sessions, Stays, Tenants, Tx, Users
from liveroom.ports.sync import Audience, Channels, Sockets
from liveroom.ports.world import Cards, Clock, TokenIssuer, UserSigs, Vault

__all__ = [
    "Audience",
    "Broker",
    "Cards",
    "Channels",
    "Clock",
    "Database",
    "Ending",
    "Entered",
    "Entry",
    "Feeds",
    "Forwarding",
    "Hear",
    "Ids",
    "Leases",
    "Ledger",
    "Left",
    "ListAudience",
    "ListLost",
    "ListWire",
    "Live",
    "News",
    "Orphan",
    "Outbox",
    "Parting",
    "Placed",
    "Placing",
    "Relays",
    "RoomSeed",
    "Rooms",
    "Rtc",
    "Sent",
    "Sessions",
    "Sockets",
    "StaleRoom",
    "Stays",
    "Tenants",
    "TokenIssuer",
    "Tx",
    "UserSeed",
    "UserSigs",
    "Users",
    "Vault",
    "Whispers",
]
