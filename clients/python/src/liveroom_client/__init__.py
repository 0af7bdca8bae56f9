"""The client of liveroom for Python: sign in, follow rooms that stay right through cuts, call every method.

    async with Liveroom("http://127.0.0.1:9000") as service:
        session = await service.guest("Bob")
        async with session.enter(room_id) as room:
            await room.send("Hello")
            async for event in room.events():
                ...

For an operator's backend: ``liveroom_client.server``.
"""

from liveroom_client.errors import (
    ActivityRefused,
    AgencyRefused,
    Banned,
    BattleRefused,
    ConnectionRefused,
    ContentRefused,
    Denied,
    EnvelopeRefused,
    FollowersOnly,
    LiveroomError,
    MoneyRefused,
    Muted,
    NotFound,
    NotInRoom,
    NotOffered,
    PurchaseRefused,
    QuotaExceeded,
    RateLimited,
    Refused,
    RoomFull,
    RoomRecorded,
    SeatRefused,
    SignedOut,
    StaleVersion,
    Unavailable,
    Unreachable,
    WrongCode,
    WrongCredentials,
    WrongPassword,
)
from liveroom_client.events import RoomEvent, UserEvent
from liveroom_client.lists import RoomList
from liveroom_client.room import Ending, Room
from liveroom_client.room_state import Me, RoomState
from liveroom_client.service import Liveroom
from liveroom_client.session import Session, SessionEnd
from liveroom_client.tokens import FileStore, MemoryStore, TokenStore, User

__version__ = "0.1.0"

__all__ = [
    "ActivityRefused",
    "AgencyRefused",
    "Banned",
    "BattleRefused",
    "ConnectionRefused",
    "ContentRefused",
    "Denied",
    "Ending",
    "EnvelopeRefused",
    "FileStore",
    "FollowersOnly",
    "Liveroom",
    "LiveroomError",
    "Me",
    "MemoryStore",
    "MoneyRefused",
    "Muted",
    "NotFound",
    "NotInRoom",
    "NotOffered",
    "PurchaseRefused",
    "QuotaExceeded",
    "RateLimited",
    "Refused",
    "Room",
    "RoomEvent",
    "RoomFull",
    "RoomList",
    "RoomRecorded",
    "RoomState",
    "SeatRefused",
    "Session",
    "SessionEnd",
    "SignedOut",
    "StaleVersion",
    "TokenStore",
    "Unavailable",
    "Unreachable",
    "User",
    "UserEvent",
    "WrongCode",
    "WrongCredentials",
    "WrongPassword",
]
