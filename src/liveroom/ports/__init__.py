"""The seams: what use cases ask of the world. Adapters implement them; ``liveroom.app`` chooses which.

Every method is atomic by itself; SQL statements that belong together run in ``Database.transact``. A method that
nobody in ``usecases`` calls does not belong here.
"""

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
from liveroom.ports.sql import Database, Ids, Leases, Outbox, Rooms, Sessions, Stays, Tenants, Tx, Users
from liveroom.ports.world import Cards, Clock, TokenIssuer, UserSigs, Vault

__all__ = [
    "Cards",
    "Clock",
    "Database",
    "Entered",
    "Entry",
    "Ids",
    "Leases",
    "Ledger",
    "Left",
    "ListLost",
    "Live",
    "Orphan",
    "Outbox",
    "Placed",
    "Placing",
    "RoomSeed",
    "Rooms",
    "Sessions",
    "StaleRoom",
    "Stays",
    "Tenants",
    "TokenIssuer",
    "Tx",
    "UserSeed",
    "UserSigs",
    "Users",
    "Vault",
]
