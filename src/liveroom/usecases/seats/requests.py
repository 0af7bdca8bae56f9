"""Applications for seats and invitations to them (``domain.seats.requests`` has the rules)."""

from dataclasses import dataclass
from datetime import timedelta

from liveroom.domain.accounts.sessions import Actor
from liveroom.domain.errors import MemberNotFound, RequestNotFound
from liveroom.domain.events.model import EventKind
from liveroom.domain.events.user_payloads import seat_invitation
from liveroom.domain.ids import RoomId, UserId, new_id
from liveroom.domain.presence.members import Member
from liveroom.domain.seats import requests as seat_requests
from liveroom.domain.seats.model import RequestKind, SeatDecision, SeatRequest
from liveroom.usecases.events.announcing import UserNotifier
from liveroom.usecases.seats.maps import SeatContext, SeatMapEditor, check_member


@dataclass(frozen=True, slots=True)
class SeatRequests:
    """Applications and invitations. Each method raises ``RateLimited``, ``RoomNotFound``."""

    seat_maps: SeatMapEditor
    notifier: UserNotifier
    wait: timedelta = seat_requests.WAIT
    """How long a request waits for its answer."""

    async def apply(self, actor: Actor, room: RoomId, number: int) -> SeatRequest:
        """Apply for a seat; 0: for any. Raises ``NotInRoom``, and what ``seat_requests.ask`` does."""

        async def rule(context: SeatContext) -> SeatDecision:
            member = check_member(context, actor.user)
            asked = self._request(context, RequestKind.APPLY, member, number, by=actor.user)
            return seat_requests.ask(context.seat_map, context.options, asked)

        context = await self.seat_maps.change(actor, room, rule)
        return _waiting(context, RequestKind.APPLY, actor.user)

    async def invite(self, actor: Actor, room: RoomId, target: UserId, number: int) -> SeatRequest:
        """Invite a member to a seat (0: to any), and notify them.

        Raises ``PermissionDenied``, ``MemberNotFound``, and what ``seat_requests.ask`` does.
        """

        async def rule(context: SeatContext) -> SeatDecision:
            await self.seat_maps.check_seat(actor, context)
            member = context.members.get(target)
            if member is None:
                raise MemberNotFound
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
