"""What people do with seats: taking, leaving, moving, muting and clearing them, applying for them and inviting to them.

The rules are ``domain.seats.model``'s and ``domain.seats.requests``'.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from liveroom.domain.accounts.sessions import Actor
from liveroom.domain.errors import MemberNotFound, NotInRoom, NotSeated, RequestNotFound
from liveroom.domain.events.model import EventKind
from liveroom.domain.events.user_payloads import seat_invitation
from liveroom.domain.ids import RoomId, UserId, new_id
from liveroom.domain.moderation.audit import AuditEntry
from liveroom.domain.presence.members import Member
from liveroom.domain.rooms.options import SeatMode
from liveroom.domain.seats import model as seats
from liveroom.domain.seats import requests as seat_requests
from liveroom.domain.seats.model import RequestKind, SeatDecision, SeatRequest
from liveroom.ports import Database
from liveroom.usecases.events.announcing import UserNotifier
from liveroom.usecases.follows.reaching import check_reaches
from liveroom.usecases.media.participants import PublishPermissions
from liveroom.usecases.moderation.audit import Audit
from liveroom.usecases.seats.followers import check_follows
from liveroom.usecases.seats.maps import SeatContext, SeatMapEditor, check_member

_KICK: Final = "base/v1/seats/kick"
_MUTE: Final = "base/v1/seats/mute"


@dataclass(frozen=True, slots=True)
class Seats:
    """What people do with seats. Each raises ``RoomNotFound``, and but for ``list`` ``RateLimited``."""

    db: Database
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
        """Take a seat; 0: the first that is free.

        Raises ``NotInRoom``, ``SeatsForFollowers``, and what ``seats.take`` does.
        """

        async def rule(context: SeatContext) -> SeatDecision:
            check_member(context, actor.user)
            await check_follows(self.db, self.seat_maps, actor, context)
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


@dataclass(frozen=True, slots=True)
class SeatRequests:
    """Applications and invitations. Each method raises ``RateLimited``, ``RoomNotFound``."""

    db: Database
    seat_maps: SeatMapEditor
    notifier: UserNotifier
    wait: timedelta = seat_requests.WAIT
    """How long a request waits for its answer."""

    async def apply(self, actor: Actor, room: RoomId, number: int) -> SeatRequest:
        """Apply for a seat; 0: for any.

        Raises ``NotInRoom``, ``SeatsForFollowers``, and what ``seat_requests.ask`` does.
        """

        async def rule(context: SeatContext) -> SeatDecision:
            member = check_member(context, actor.user)
            await check_follows(self.db, self.seat_maps, actor, context)
            asked = self._request(context, RequestKind.APPLY, member, number, by=actor.user)
            return seat_requests.ask(context.seat_map, context.options, asked)

        context = await self.seat_maps.change(actor, room, rule)
        return _waiting(context, RequestKind.APPLY, actor.user)

    async def invite(self, actor: Actor, room: RoomId, target: UserId, number: int) -> SeatRequest:
        """Invite a member to a seat (0: to any), and notify them.

        Raises ``PermissionDenied``, ``MemberNotFound``, ``UserRefuses``, and what ``seat_requests.ask`` does.
        """

        async def rule(context: SeatContext) -> SeatDecision:
            await self.seat_maps.check_seat(actor, context)
            member = context.members.get(target)
            if member is None:
                raise MemberNotFound
            await check_reaches(self.db, actor.user, [target])
            asked = self._request(context, RequestKind.INVITE, member, number, by=actor.user)
            return seat_requests.ask(context.seat_map, context.options, asked)

        request = _waiting(await self.seat_maps.change(actor, room, rule, target), RequestKind.INVITE, target)
        await self.notifier.notify(target, EventKind.INVITED, seat_invitation(room, request), by=actor.user)
        return request

    async def approve(self, actor: Actor, room: RoomId, id: str) -> tuple[SeatContext, UserId]:
        """Give an applicant a seat; return the seat map, and whom. Raises what ``seat_requests.approve`` does."""
        found: list[UserId] = []

        async def rule(context: SeatContext) -> SeatDecision:
            await self.seat_maps.check_seat(actor, context)
            found[:] = [seat_requests.find(context.seat_map, id, RequestKind.APPLY).user]
            return seat_requests.approve(context.seat_map, context.options, id, by=actor.user)

        return await self.seat_maps.change(actor, room, rule), found[0]

    async def accept(self, actor: Actor, room: RoomId, id: str) -> SeatContext:
        """Take the seat that one is invited to. Raises what ``seat_requests.accept`` does."""

        async def rule(context: SeatContext) -> SeatDecision:
            return seat_requests.accept(context.seat_map, context.options, id, by=actor.user)

        return await self.seat_maps.change(actor, room, rule)

    async def refuse(self, actor: Actor, room: RoomId, id: str, reason: str) -> None:
        """Refuse an application as a host, or an invitation that one has. Raises as ``seat_requests.refuse``."""

        async def rule(context: SeatContext) -> SeatDecision:
            if seat_requests.find(context.seat_map, id).kind is RequestKind.APPLY:
                await self.seat_maps.check_seat(actor, context)
            return seat_requests.refuse(context.seat_map, id, by=actor.user, reason=reason)

        await self.seat_maps.change(actor, room, rule)

    async def cancel(self, actor: Actor, room: RoomId, id: str) -> None:
        """Take back what one has asked for, for "" all of it. Raises as ``seat_requests.cancel``."""

        async def rule(context: SeatContext) -> SeatDecision:
            return seat_requests.cancel(context.seat_map, id, by=actor.user)

        await self.seat_maps.change(actor, room, rule)

    def _request(
        self, context: SeatContext, kind: RequestKind, member: Member, number: int, *, by: UserId
    ) -> SeatRequest:
        expires = seat_requests.expiry(context.now, self.wait)
        return SeatRequest(new_id(context.now), kind, member.user, member.name, member.avatar, number, by, expires)


def _waiting(context: SeatContext, kind: RequestKind, user: UserId) -> SeatRequest:
    request = seat_requests.waiting(context.seat_map, kind, user)
    if request is None:
        raise RequestNotFound
    return request
