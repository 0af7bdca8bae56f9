"""Work at media providers: closing rooms that are over, removing evicted users, and changing who may send.

Media rooms are not made here: the provider makes one when somebody joins. So a room that is live again needs nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from liveroom.domain.ids import RoomId
from liveroom.domain.media.model import may_publish, publishes
from liveroom.domain.presence.members import Stay
from liveroom.domain.rooms.model import RoomStatus
from liveroom.domain.tenants.model import Tenant
from liveroom.domain.vendors.model import Achieved, Matter, Work, WorkResult, read_removal
from liveroom.ports import Clock, Database, Live, RtcControl

SECOND_LOOK: Final = timedelta(seconds=5)
"""After this delay every stay that had begun is in SQL: the journal takes a second."""
_SLACK: Final = timedelta(seconds=1)
"""How far the clocks of two processes may be apart."""
_STAYS: Final = 100


@dataclass(frozen=True, slots=True)
class MediaWork:
    """Does pieces of work about media rooms."""

    db: Database
    live: Live
    clock: Clock
    control: RtcControl

    async def do(self, work: Work, tenant: Tenant) -> WorkResult:
        """Do one piece. Raises ``VendorFailure``, ``Unavailable``."""
        if work.key.matter is Matter.REMOVAL:
            return await self._remove(work, tenant)
        if work.key.matter is Matter.PERMISSION:
            return await self._set_permissions(work, tenant)
        room = await self.db.rooms.get(RoomId(work.key.subject))
        if room is None or room.tenant != tenant.name or room.state is not RoomStatus.CLOSED:
            return WorkResult(asked=False)
        await self.control.close(tenant, room.id)
        return WorkResult()

    async def _remove(self, work: Work, tenant: Tenant) -> WorkResult:
        """Remove a user from the rooms they were in when evicted, except from those they have entered again since."""
        (user, is_meant), now = read_removal(work.key.subject), self.clock.now()
        stays = await self.db.stays.newest_of(user, _STAYS)
        rooms = [room for room in rooms_at(stays, work.changed) if is_meant(room)]
        for room in rooms:
            await self.control.remove(tenant, room, user)
        second = work.changed + SECOND_LOOK
        is_over = now >= second
        return (
            WorkResult(asked=bool(rooms)) if is_over else WorkResult(Achieved(tenant.sdk_app_id), second, bool(rooms))
        )

    async def _set_permissions(self, work: Work, tenant: Tenant) -> WorkResult:
        """Give a user the media permissions in a room that they have now; do nothing if they have left it."""
        user, is_meant = read_removal(work.key.subject)
        stays = await self.db.stays.newest_of(user, _STAYS)
        rooms = sorted({stay.room for stay in stays if is_meant(stay.room)})
        for room in rooms:
            member = await self.live.member(room, user)
            if may_publish(member):
                await self.control.set_permissions(tenant, room, user, publishes(member))
            else:
                await self.control.silence(tenant, room, user)
        second = work.changed + SECOND_LOOK
        if not rooms and self.clock.now() < second:
            return WorkResult(Achieved(tenant.sdk_app_id), second, asked=False)
        return WorkResult(asked=bool(rooms))


def rooms_at(stays: Sequence[Stay], at: datetime) -> list[RoomId]:
    """Return the rooms of stays that lasted until then, without those in which a later one began."""
    since = {stay.room for stay in stays if stay.entered > at + _SLACK}
    then = {
        stay.room for stay in stays if stay.entered <= at + _SLACK and (stay.left is None or stay.left >= at - _SLACK)
    }
    return sorted(then - since)
