"""The host behind a stream: whether they may push, and a room that is open with them in it."""

from dataclasses import dataclass
from typing import Final

import structlog

from liveroom.domain.accounts.sessions import Actor, Session
from liveroom.domain.accounts.users import present
from liveroom.domain.errors import Failure, NotSeated, PermissionDenied, RoomNotFound, Unavailable
from liveroom.domain.ids import SessionId, new_id
from liveroom.domain.rooms.model import Room, RoomChanges, RoomStatus, present_room
from liveroom.domain.streams.lifecycle import PushedStream
from liveroom.domain.tenants.model import Tenant
from liveroom.ports import Clock, Database, Live, Tx
from liveroom.usecases.rooms.entering import Entering
from liveroom.usecases.tenants.registry import Tenancy

log = structlog.get_logger("liveroom.streams")

_TAG: Final = "stream"
"""Of the session that a user has by their encoder."""


async def seat_now(live: Live, stream: PushedStream) -> int:
    """Return which seat the stream's user has now; 0: none."""
    member = await live.member(stream.room, stream.user)
    return 0 if member is None else member.seat


@dataclass(frozen=True, slots=True)
class StreamHosts:
    """``opens``: a stream opens the room that its user may open."""

    db: Database
    live: Live
    clock: Clock
    tenants: Tenancy
    entering: Entering
    opens: bool

    async def check_user(self, stream: PushedStream) -> None:
        """Raise ``UserNotFound``, ``UserBanned``, ``PermissionDenied`` for whoever may not be seen in the room, and
        ``NotSeated`` for who has left the seat of the stream.
        """
        now = self.clock.now()
        user = present(await self.db.users.get(stream.user), stream.tenant)
        user.check_ban(now)
        access = await self.db.room_access.get(stream.room, stream.user)
        if access is not None and access.is_banned(now):
            raise PermissionDenied("banned from the room")
        if stream.seat and not await seat_now(self.live, stream):
            raise NotSeated

    async def bring_in(self, stream: PushedStream) -> None:
        """See to it that the room is open, and its host is in it.

        A room that is live stays so where they cannot come in: then they only push. Raises ``RoomNotFound`` for one
        that is not live and that the stream does not open, and what opening it raises.
        """
        room = present_room(await self.db.rooms.get(stream.room), stream.tenant)
        is_live = room.state is RoomStatus.LIVE
        if is_live and await self.live.member(room.id, stream.user) is not None:
            return
        if not is_live:
            await self._check_opens(stream, room)
        try:
            await self.entering.enter(await self._actor(stream), stream.room, role="anchor", changes=RoomChanges())
        except Unavailable:
            raise
        except Failure as failure:
            if not is_live:
                raise
            log.info("stream.host_stays_out", stream=stream.id, room=stream.room, cause=failure.slug())

    async def _check_opens(self, stream: PushedStream, room: Room) -> None:
        """Raise ``RoomNotFound`` unless the stream opens the room: not one that has closed a moment ago, and with it
        stopped the stream, which is read again for that.
        """
        if not self.opens or room.holder != stream.user:
            raise RoomNotFound("the room is not live")
        now = await self.db.push_streams.get(stream.id)
        if now is None or now.stopped:
            raise RoomNotFound("the room has closed")

    async def _actor(self, stream: PushedStream) -> Actor:
        tenant = self.tenants.get(stream.tenant)
        if tenant is None:
            raise RoomNotFound
        return Actor(stream.user, await self._session(stream, tenant), tenant)

    async def _session(self, stream: PushedStream, tenant: Tenant) -> SessionId:
        """Return the session that the user has by their encoders. Two at once take turns at the user's row."""
        now = self.clock.now()
        fresh = SessionId(new_id(now))

        async def work(tx: Tx) -> SessionId:
            user = present(await tx.users.lock(stream.user), tenant.name)
            user.check_ban(now)
            session = await tx.sessions.open_with(user.id, _TAG)
            if session is None:
                await tx.sessions.add(Session(fresh, user.id, user.tenant, now, _TAG))
            return session or fresh

        return await self.db.transact(work)
