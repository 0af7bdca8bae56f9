"""Telling many people of a room, however many they are: how far it is for one occasion."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, NamedTuple

from liveroom.domain.ids import BroadcastId, RoomId, TenantName, UserId
from liveroom.domain.rooms.model import Room, RoomStatus
from liveroom.domain.rooms.options import Access
from liveroom.domain.rooms.paging import NOBODY, UserMark

PAGE: Final = 1000
"""People who are told at once, and whom one webhook names."""


class AlertKind(StrEnum):
    """Who is told of what."""

    FOLLOW = "follow"
    """Followers: their host is live."""
    SOON = "soon"
    """Who wants to be reminded: the broadcast begins soon."""
    LIVE = "live"
    """The same people: it has begun."""
    CANCELLED = "cancelled"
    """The same people: it will not be."""


class RoomAlert(NamedTuple):
    """An occasion of which people are being told, those first who have asked for it first."""

    kind: AlertKind
    tenant: TenantName
    room: RoomId
    host: UserId
    broadcast: BroadcastId
    """Which has begun; empty: it has not."""
    when: datetime
    """When it has begun, or was to begin."""
    told: UserMark
    """The last one who was."""
    due: datetime
    """When to go on; while it is claimed, until when."""

    @property
    def key(self) -> str:
        """Its id: a broadcast's followers are told of it once, and a room has one reminder at a time."""
        return f"follow:{self.broadcast}" if self.kind is AlertKind.FOLLOW else f"remind:{self.room}"


def opening_alert(room: Room, kind: AlertKind) -> RoomAlert:
    """Return what the opening of a room begins."""
    return RoomAlert(kind, room.tenant, room.id, room.owner, room.broadcast, room.opened, NOBODY, room.opened)


def scheduled_alert(room: Room, starts: datetime, before: timedelta) -> RoomAlert:
    """Return the reminder of a broadcast that begins then, due so long before."""
    due = starts - before
    return RoomAlert(AlertKind.SOON, room.tenant, room.id, room.owner, BroadcastId(""), starts, NOBODY, due)


def cancelled_alert(room: Room, starts: datetime, now: datetime) -> RoomAlert:
    """Return the news that a broadcast will not be that was to begin then."""
    return scheduled_alert(room, starts, timedelta(0))._replace(kind=AlertKind.CANCELLED, due=now)


def may_be_told(room: Room) -> bool:
    """Say whether followers may know of a room's broadcast: it is on lists, where anybody sees it."""
    is_open = room.options.access is Access.PUBLIC and not room.delisted and not room.aside
    return room.state is RoomStatus.LIVE and is_open
