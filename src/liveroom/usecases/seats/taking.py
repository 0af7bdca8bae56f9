"""Seats: taking, leaving, moving, muting and clearing them (``domain.seats.model`` has the rules)."""

from dataclasses import dataclass
from typing import Final

from liveroom.domain.accounts.sessions import Actor
from liveroom.domain.errors import MemberNotFound, NotInRoom, NotSeated
from liveroom.domain.ids import RoomId, UserId
from liveroom.domain.moderation.audit import AuditEntry
from liveroom.domain.rooms.options import SeatMode
from liveroom.domain.seats import model as seats
from liveroom.domain.seats.model import SeatDecision
from liveroom.usecases.media.participants import PublishPermissions
from liveroom.usecases.moderation.audit import Audit
from liveroom.usecases.seats.maps import SeatContext, SeatMapEditor, check_member

_KICK: Final = "base/v1/seats/kick"
_MUTE: Final = "base/v1/seats/mute"


@dataclass(frozen=True, slots=True)
class Seats:
    """What people do with seats. Each raises ``RoomNotFound``, and but for ``list`` ``RateLimited``."""

    seat_maps: SeatMapEditor
    publish_permissions: PublishPermissions
    trail: Audit

    async def list(self, actor: Actor, room: RoomId) -> SeatContext:
        """Return the seat map for members and the room's owner. Raises ``NotInRoom`` for others."""
        context = await self.seat_maps.read(actor.tenant.name, room, actor.user)
        if actor.user not in context.members and actor.user != context.room.owner:
            raise NotInRoom
        return context

    async def take(self, actor: Actor, room: RoomId, number: int) -> SeatContext:
        """Take a seat; 0: the first that is free. Raises ``NotInRoom``, and what ``seats.take`` does."""

        async def rule(context: SeatContext) -> SeatDecision:
            check_member(context, actor.user)
            may_seat = await self._may_sit(actor, context)
            return seats.take(context.seat_map, context.options, actor.user, number, may_seat=may_seat)

        return await self.seat_maps.change(actor, room, rule)

    async def leave(self, actor: Actor, room: RoomId) -> None:
        """Leave one's seat. Raises ``NotInRoom``, ``NotSeated``."""

        async def rule(context: SeatContext) -> SeatDecision:
            check_member(context, actor.user)
            return seats.vacate(context.seat_map, actor.user)

        await self.seat_maps.change(actor, room, rule)

    async def move(self, actor: Actor, room: RoomId, number: int, target: UserId | None) -> SeatContext:
        """Change one's own seat, or somebody else's.

        Raises ``NotInRoom``, ``PermissionDenied``, ``MemberNotFound``, ``NotSeated``, and what ``seats.take`` does.
        """
        user = target or actor.user

        async def rule(context: SeatContext) -> SeatDecision:
            if user == actor.user:
                may_seat = await self._may_sit(actor, context)
            else:
                await self.seat_maps.check_seat(actor, context)
                may_seat = True
            _check_seated(actor, context, user)
            return seats.move(context.seat_map, context.options, user, number, may_seat=may_seat)

        return await self.seat_maps.change(actor, room, rule, user)

    async def kick(self, actor: Actor, room: RoomId, target: UserId) -> None:
        """Take somebody's seat away. Raises ``PermissionDenied``, ``MemberNotFound``, ``NotSeated``."""

        async def rule(context: SeatContext) -> SeatDecision:
            await self._check_over(actor, context, target)
            return seats.vacate(context.seat_map, target)

        context = await self.seat_maps.change(actor, room, rule, target, note=self._entry(actor, room, target, _KICK))
        await self.publish_permissions.taken_off_seat(context.room.tenant, room, target)

    async def mute(
        self, actor: Actor, room: RoomId, target: UserId | None, *, audio: bool | None, video: bool | None
    ) -> SeatContext:
        """Mute or unmute one's own seat, or as a host somebody else's; None leaves it as it is.

        Raises ``NotInRoom``, ``PermissionDenied``, ``MemberNotFound``, ``NotSeated``, ``SeatMuteInvalid``.
        """
        user = target or actor.user
        by_host = user != actor.user

        async def rule(context: SeatContext) -> SeatDecision:
            if by_host:
                await self._check_over(actor, context, user)
            else:
                _check_seated(actor, context, user)
            return seats.mute(context.seat_map, user, audio=audio, video=video, by_host=by_host)

        note = self._entry(actor, room, user, _MUTE) if by_host else None
        return await self.seat_maps.change(actor, room, rule, user, note=note)

    def _entry(self, actor: Actor, room: RoomId, target: UserId, action: str) -> AuditEntry:
        return self.trail.entry(actor.tenant.name, actor.user, action, target=target, room=room)

    async def _may_sit(self, actor: Actor, context: SeatContext) -> bool:
        """Say whether the actor may take a seat without asking: hosts always may, appointed or not."""
        member = context.members.get(actor.user)
        is_host = member is not None and member.role.is_host
        return is_host or context.options.seat_mode is SeatMode.FREE or await self.seat_maps.may_seat(actor, context)

    async def _check_over(self, actor: Actor, context: SeatContext, target: UserId) -> None:
        rank = await self.seat_maps.check_seat(actor, context)
        _check_seated(actor, context, target)
        await self.seat_maps.check_over(rank, context, target)


def _check_seated(actor: Actor, context: SeatContext, user: UserId) -> None:
    if user not in context.members:
        raise NotInRoom if user == actor.user else MemberNotFound
    if context.seat_map.seat_of(user) is None:
        raise NotSeated
