"""Notices that operators send, as they are kept: to whom, what, and how far it has come."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from liveroom.domain.ids import RoomId, TenantName

KEPT: Final = timedelta(days=400)
SLICE: Final = 200
"""Rooms that are told at a time, before it is written how far it has come."""


class Audience(StrEnum):
    """Whom a notice is for."""

    EVERYBODY = "everybody"
    """All live rooms of the tenant."""
    CATEGORY = "category"
    """The live rooms of one category."""
    ROOM = "room"
    USER = "user"

    @property
    def is_many(self) -> bool:
        """Say whether it is for many rooms, told one after the other."""
        return self in (Audience.EVERYBODY, Audience.CATEGORY)


@dataclass(frozen=True, slots=True)
class SentNotice:
    """A notice."""

    id: str
    """Sorts by the time of its making."""
    tenant: TenantName
    audience: Audience
    subject: str
    """The category, room or user; "" for everybody."""
    text: str
    data: bytes
    """JSON for apps, b"" for none."""
    by: str
    at: datetime
    rooms: int = 0
    """How many rooms were told so far."""
    cursor: RoomId = RoomId("")
    """The last room that was told; the others follow in the order of their ids."""
    done: datetime | None = None
    """When the last was told."""
