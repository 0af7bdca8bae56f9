"""Followers, who are told that their host is live."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from liveroom.domain.accounts.users import Profile
from liveroom.domain.events import follows as follow_events
from liveroom.domain.events.model import EventKind
from liveroom.domain.events.records import NewEvent
from liveroom.domain.events.user_payloads import LiveHost
from liveroom.domain.ids import UserId
from liveroom.domain.payloads import wire_time
from liveroom.domain.rooms.alerts import RoomAlert, may_be_told
from liveroom.domain.rooms.model import Room
from liveroom.domain.rooms.paging import UserMark
from liveroom.ports import Database, Tx


@dataclass(frozen=True, slots=True)
class FollowerAudience:
    """``usecases.rooms.alerts.AlertAudience``."""

    db: Database
    kind: EventKind = EventKind.HOST_LIVE

    async def page(self, alert: RoomAlert, limit: int) -> Sequence[UserMark]:
        """Return who follows the host since before they went live."""
        return [one.mark for one in await self.db.follows.fans(alert.host, alert.told, alert.when, limit)]

    async def told(self, tx: Tx, alert: RoomAlert, last: UserMark | None) -> None:
        """Note nothing: they go on following."""

    def concerns(self, alert: RoomAlert, room: Room) -> bool:
        """Say whether the broadcast goes on, where anybody may see it."""
        return room.broadcast == alert.broadcast and may_be_told(room)

    def event(self, room: Room, alert: RoomAlert, users: Sequence[UserId], at: datetime) -> NewEvent:
        """Return ``follow.live``."""
        return follow_events.live(room, alert, users, at)

    def news(self, room: Room, alert: RoomAlert, host: Profile) -> LiveHost:
        """Return the host and the room."""
        return LiveHost(
            user_id=room.owner,
            name=host.name,
            avatar=host.avatar,
            room_id=room.id,
            broadcast_id=room.broadcast,
            title=room.title,
            cover=room.cover,
            opened_utc=wire_time(room.opened),
        )
