"""How many seats a room has, how the audience gets one, and which are locked: stored options of the room.

Whoever has a seat that is removed or locked leaves it when the live store applies the options.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from liveroom.domain.accounts.sessions import Actor
from liveroom.domain.errors import RoomNotFound
from liveroom.domain.ids import RoomId, UserId
from liveroom.domain.rooms.options import RoomOptions, SeatMode
from liveroom.domain.rooms.permissions import Rank, Right
from liveroom.domain.seats.model import with_lock, with_seats
from liveroom.usecases.events.relay import OutboxRelay
from liveroom.usecases.media.participants import PublishPermissions
from liveroom.usecases.moderation.audit import Audit
from liveroom.usecases.rooms.broadcasts import Broadcasts
from liveroom.usecases.rooms.ranks import Judge, Ranks, judge
from liveroom.usecases.seats.maps import SeatContext, SeatMapEditor

_CONFIGURE: Final = "base/v1/seats/configure"
_LOCK: Final = "base/v1/seats/lock"


@dataclass(frozen=True, slots=True)
class SeatPlans:
    """Changes them. Both raise ``RateLimited``, ``RoomNotFound``, ``PermissionDenied``."""

    seat_maps: SeatMapEditor
    publish_permissions: PublishPermissions
    ranks: Ranks
    broadcasts: Broadcasts
    relay: OutboxRelay
    trail: Audit

    async def configure(self, actor: Actor, room: RoomId, number: int | None, mode: SeatMode | None) -> SeatContext:
        """Change the number of seats, or the mode; None leaves it as it is."""
        await self.seat_maps.count(actor)
        ranked = await self.ranks.check(actor, room, Right.ARRANGE)
        may = judge(self.trail, actor, _CONFIGURE, Right.ARRANGE, ranked)
        return await self._change_options(actor, room, may, lambda options: with_seats(options, number, mode))

    async def lock(self, actor: Actor, room: RoomId, number: int, *, locked: bool) -> SeatContext:
        """Lock a seat, which removes its user, or unlock it. Raises ``SeatsMissing``, ``SeatNotFound``."""
        await self.seat_maps.count(actor)
        ranked = await self.ranks.check(actor, room, Right.SEAT)
        if locked:
            await self._check_holder(actor, room, number, ranked.rank)
        may = judge(self.trail, actor, _LOCK, Right.SEAT, ranked)
        return await self._change_options(actor, room, may, lambda options: with_lock(options, number, locked=locked))

    async def _check_holder(self, actor: Actor, room: RoomId, number: int, rank: Rank) -> None:
        context = await self.seat_maps.read(actor.tenant.name, room)
        for one in context.seat_map.seated:
            if one.number == number and one.user != actor.user:
                await self.seat_maps.check_over(rank, context, one.user)

    async def _change_options(
        self, actor: Actor, room: RoomId, may: Judge, change: Callable[[RoomOptions], RoomOptions]
    ) -> SeatContext:
        tenant = actor.tenant.name
        before = await self.seat_maps.read(tenant, room)
        committed = await self.broadcasts.change_options(tenant, room, change, may)
        if await self.relay.bring_up(committed.room, committed.row) is None:
            raise RoomNotFound
        after = await self.seat_maps.read(tenant, room)
        for user in sorted(_seated(before) - _seated(after)):
            await self.publish_permissions.taken_off_seat(tenant, room, user)
        return after


def _seated(context: SeatContext) -> set[UserId]:
    return {one.user for one in context.seat_map.seated}
