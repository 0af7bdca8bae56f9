"""What the operator's own server does with a tenant's rooms: any of them, whoever owns it, listed or not.

A room or user of another tenant is not found. What changes a room goes through the same transactions as a user's call.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from liveroom.domain.accounts.sessions import Actor
from liveroom.domain.accounts.users import present
from liveroom.domain.ids import RoomId, SessionId, TenantName, UserId
from liveroom.domain.moments import moment
from liveroom.domain.operators.caller import Operator
from liveroom.domain.rooms.heat import HeatRule, heat_at
from liveroom.domain.rooms.model import LiveRoom, Room, RoomChanges, RoomStatus, present_room
from liveroom.domain.rooms.paging import cut
from liveroom.ports import Clock, Database, Live, Tx
from liveroom.usecases.events.announcing import UserNotifier
from liveroom.usecases.events.relay import OutboxRelay
from liveroom.usecases.rooms.broadcasts import Broadcasts, Committed
from liveroom.usecases.rooms.leaving import Departures
from liveroom.usecases.rooms.openings import OwnedRooms
from liveroom.usecases.vendors.task_queue import VendorTaskQueue


class Overseen(NamedTuple):
    """A room: its stored row, and its present state while it is live."""

    room: Room
    live: LiveRoom | None
    heat: float = 0.0
    """How much has happened in it lately."""


@dataclass(frozen=True, slots=True)
class AdminRooms:
    """What an operator's server does with rooms."""

    db: Database
    live: Live
    broadcasts: Broadcasts
    rooms: OwnedRooms
    relay: OutboxRelay
    clock: Clock
    heat: HeatRule

    async def page(self, tenant: TenantName, *, cursor: str, limit: int) -> tuple[Sequence[Overseen], str]:
        """Return live rooms in the order of their ids, hidden and delisted ones too, and the next page's cursor."""
        found = await self.db.rooms.live(tenant, RoomId(cursor), limit + 1)
        page, following = cut(found, limit, lambda room: room.id)
        return await self.seen(page), following

    async def get(self, tenant: TenantName, room_id: RoomId) -> Overseen:
        """Return a room in whatever state. Raises ``RoomNotFound``."""
        room = present_room(await self.db.rooms.get(room_id), tenant)
        return self._seen(room, await self.live.room(room_id) if room.state is RoomStatus.LIVE else None)

    async def open(
        self, operator: Operator, room_id: RoomId | None, owner: UserId, changes: RoomChanges, kind: str
    ) -> Overseen:
        """Begin a broadcast for an owner who has not entered yet; it is closed unless they enter within the grace
        period.

        A room of theirs that is live stays as it is. Raises ``UserNotFound``, ``UserBanned``, and what
        ``Broadcasts.open`` raises.
        """
        user = present(await self.db.users.get(owner), operator.tenant.name)
        user.check_ban(operator.now)
        actor = Actor(user.id, SessionId(""), operator.tenant)
        if room_id is None:
            room_id = (await self.broadcasts.reserve(actor, changes)).id
        return await self._brought_up(await self.broadcasts.open(actor, room_id, changes, kind))

    async def update(self, operator: Operator, room_id: RoomId, changes: RoomChanges) -> Overseen:
        """Change a live room in its owner's name. Raises ``RoomNotFound``."""
        return await self._brought_up(await self.broadcasts.change(operator, room_id, changes))

    async def close(self, operator: Operator, room_id: RoomId) -> None:
        """Close a room; one that is closed stays so. Raises ``RoomNotFound``."""
        await self.get(operator.tenant.name, room_id)
        await self.rooms.destroy(operator, room_id)

    async def delist(self, operator: Operator, room_id: RoomId, *, delisted: bool) -> Overseen:
        """Keep a room off every list, in all its broadcasts, or let it be listed again. Raises ``RoomNotFound``.

        Members stay in it, and others can still enter it by its id.
        """
        return await self.committed(await self.broadcasts.delist(operator, room_id, delisted=delisted))

    async def hide(self, operator: Operator, room_id: RoomId, *, hidden: bool) -> Overseen:
        """Keep the running broadcast of a room off every list, or let it be listed again.

        Raises ``RoomNotFound`` for a room that is not live.
        """
        return await self.committed(await self.broadcasts.set_aside(operator, room_id, aside=hidden))

    async def seen(self, rooms: Sequence[Room]) -> Sequence[Overseen]:
        """Return rooms with their present state, in the same order."""
        running = [room.id for room in rooms if room.state is RoomStatus.LIVE]
        now = {live.id: live for live in await self.live.rooms(running)} if running else {}
        return [self._seen(room, now.get(room.id)) for room in rooms]

    async def committed(self, committed: Committed) -> Overseen:
        """Return a changed room; one that is live is brought up before."""
        if committed.room.state is not RoomStatus.LIVE:
            return Overseen(committed.room, None)
        return await self._brought_up(committed)

    async def _brought_up(self, committed: Committed) -> Overseen:
        return self._seen(committed.room, await self.relay.bring_up(committed.room, committed.row))

    def _seen(self, room: Room, live: LiveRoom | None) -> Overseen:
        """Join a stored room with the live one, unless that is of another broadcast."""
        if live is None or live.broadcast != room.broadcast:
            return Overseen(room, None)
        return Overseen(room, live, heat_at(live.heat, moment(self.clock.now()), self.heat.span))


@dataclass(frozen=True, slots=True)
class OperatorKicks:
    """Puts people out of rooms on the operator's word."""

    db: Database
    live: Live
    clock: Clock
    departures: Departures
    vendor_tasks: VendorTaskQueue
    notifier: UserNotifier

    async def kick(self, tenant: TenantName, room_id: RoomId, user_id: UserId, *, reason: str = "") -> bool:
        """Evict a user from a live room and its media, and notify them; return False for one who was not in it.

        They are told why, and may enter again. Raises ``RoomNotFound``, ``UserNotFound``.
        """
        present_room(await self.live.room(room_id), tenant)
        user = present(await self.db.users.get(user_id), tenant)
        if self.vendor_tasks.carries_media(tenant):

            async def work(tx: Tx) -> None:
                await self.vendor_tasks.user_kicked(tx, user, room_id, self.clock.now())

            await self.db.transact(work)
        if not await self.departures.kick(room_id, user.id):
            return False
        await self.notifier.notify_removed(user.id, room_id, "kicked", text=reason)
        return True
