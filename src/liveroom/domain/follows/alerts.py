"""Telling followers that a host is live: how far it is for one broadcast."""

from datetime import datetime
from typing import Final, NamedTuple

from liveroom.domain.follows.model import FollowMark
from liveroom.domain.ids import BroadcastId, RoomId, TenantName, UserId
from liveroom.domain.rooms.model import Room, RoomStatus
from liveroom.domain.rooms.options import Access

PAGE: Final = 1000
"""Followers who are told at once, and whom one webhook names."""


class FollowAlert(NamedTuple):
    """A broadcast of which followers are being told, those first who have followed longest."""

    broadcast: BroadcastId
    tenant: TenantName
    room: RoomId
    host: UserId
    opened: datetime
    """Who has followed since then knows it."""
    told: FollowMark
    """The last follower who was."""
    due: datetime
    """When to go on; while it is claimed, until when."""


def alert_of(room: Room) -> FollowAlert:
    """Return what the opening of a room begins."""
    nobody = FollowMark(datetime.fromtimestamp(0, room.opened.tzinfo), UserId(""))
    return FollowAlert(room.broadcast, room.tenant, room.id, room.owner, room.opened, nobody, room.opened)


def may_be_told(room: Room) -> bool:
    """Say whether followers may know of a room's broadcast: it is on lists, where anybody sees it."""
    is_open = room.options.access is Access.PUBLIC and not room.delisted and not room.aside
    return room.state is RoomStatus.LIVE and is_open
