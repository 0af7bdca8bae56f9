"""Seats: taking, leaving, moving, muting and clearing them (``domain.seats`` has the rules)."""

from dataclasses import dataclass
from typing import Final

from liveroom.domain import seats
from liveroom.domain.audit import AuditEntry
from liveroom.domain.errors import MemberNotFound, NotInRoom, NotSeated
from liveroom.domain.ids import RoomId, UserId
from liveroom.domain.options import SeatMode
from liveroom.domain.seats import Staged
from liveroom.domain.sessions import Actor
from liveroom.usecases.permits import Permits
from liveroom.usecases.seat_maps import Scene, StageKeeper, check_member

_KICK: Final = "base/v1/seats/kick"
_MUTE: Final = "base/v1/seats/mute"


@dataclass(frozen=True, slots=True)
class Seats:
    """What people do with seats. Each raises ``RoomNotFound``, and but for ``list`` ``RateLimited``."""

    stages: StageKeeper
    permits: Permits

    async def list(self, actor: Actor, room: RoomId) -> Scene:
        """Return the stage for members and the room's owner. Raises ``NotInRoom`` for others."""
        scene = await self.stages.read(actor.tenant.name, room, actor.user)
        if actor.user not in scene.members and actor.user != scene.room.owner:
            raise NotInRoom
        return scene

    async def take(self, actor: Actor, room: RoomId, number: int) -> Scene:
        """Sit down on a seat, for 0 the first that is to be had. Raises ``NotInRoom``, and what ``seats.take`` does."""

        async def rule(scene: Scene) -> Staged:
            check_member(scene, actor.user)
            may_seat = await self._may_sit(actor, scene)
            return seats.take(scene.stage, scene.options, actor.user, number, may_seat=may_seat)

        return await self.stages.change(actor, room, rule)

    async def leave(self, actor: Actor, room: RoomId) -> None:
        """Leave one's seat. Raises ``NotInRoom``, ``NotSeated``."""

        async def rule(scene: Scene) -> Staged:
            check_member(scene, actor.user)
            return seats.vacate(scene.stage, actor.user)

        await self.stages.change(actor, room, rule)

    async def move(self, actor: Actor, room: RoomId, number: int, target: UserId | None) -> Scene:
        """Change one's own seat, or somebody else's.

        Raises ``NotInRoom``, ``PermissionDenied``, ``MemberNotFound``, ``NotSeated``, and what ``seats.take`` does.
        """
        user = target or actor.user

        async def rule(scene: Scene) -> Staged:
            if user == actor.user:
                may_seat = await self._may_sit(actor, scene)
            else:
                await self.stages.check_seat(actor, scene)
                may_seat = True
            _check_seated(actor, scene, user)
            return seats.move(scene.stage, scene.options, user, number, may_seat=may_seat)

        return await self.stages.change(actor, room, rule, user)

    async def kick(self, actor: Actor, room: RoomId, target: UserId) -> None:
        """Put somebody off their seat. Raises ``PermissionDenied``, ``MemberNotFound``, ``NotSeated``."""

        async def rule(scene: Scene) -> Staged:
            await self._check_over(actor, scene, target)
            return seats.vacate(scene.stage, target)

        scene = await self.stages.change(actor, room, rule, target, note=self._entry(actor, room, target, _KICK))
        await self.permits.put_off(scene.room.tenant, room, target)

    async def mute(
        self, actor: Actor, room: RoomId, target: UserId | None, *, audio: bool | None, video: bool | None
    ) -> Scene:
        """Mute or unmute one's own seat, or as a host somebody else's; None leaves it as it is.

        Raises ``NotInRoom``, ``PermissionDenied``, ``MemberNotFound``, ``NotSeated``, ``SeatMuteInvalid``.
        """
        user = target or actor.user
        by_host = user != actor.user

        async def rule(scene: Scene) -> Staged:
            if by_host:
                await self._check_over(actor, scene, user)
            else:
                _check_seated(actor, scene, user)
            return seats.mute(scene.stage, user, audio=audio, video=video, by_host=by_host)

        note = self._entry(actor, room, user, _MUTE) if by_host else None
        return await self.stages.change(actor, room, rule, user, note=note)

    def _entry(self, actor: Actor, room: RoomId, target: UserId, action: str) -> AuditEntry:
        return self.stages.trail.entry(actor.tenant.name, actor.user, action, target=target, room=room)

    async def _may_sit(self, actor: Actor, scene: Scene) -> bool:
        """Say whether the actor comes to a seat by taking it: as a host always, appointed or not."""
        member = scene.members.get(actor.user)
        is_host = member is not None and member.role.is_host
        return is_host or scene.options.seat_mode is SeatMode.FREE or await self.stages.may_seat(actor, scene)

    async def _check_over(self, actor: Actor, scene: Scene, target: UserId) -> None:
        rank = await self.stages.check_seat(actor, scene)
        _check_seated(actor, scene, target)
        await self.stages.check_over(rank, scene, target)


def _check_seated(actor: Actor, scene: Scene, user: UserId) -> None:
    if user not in scene.members:
        raise NotInRoom if user == actor.user else MemberNotFound
    if scene.stage.seat_of(user) is None:
        raise NotSeated
