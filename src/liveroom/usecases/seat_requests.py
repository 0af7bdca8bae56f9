"""Applications for seats and invitations to them (``domain.seat_requests`` has the rules)."""

from dataclasses import dataclass
from datetime import timedelta

from liveroom.domain import seat_requests
from liveroom.domain.errors import MemberNotFound, RequestNotFound
from liveroom.domain.events import EventKind
from liveroom.domain.ids import RoomId, UserId, new_id
from liveroom.domain.members import Member
from liveroom.domain.seats import RequestKind, SeatRequest, Staged
from liveroom.domain.sessions import Actor
from liveroom.domain.user_payloads import seat_invitation
from liveroom.usecases.calling import Calling
from liveroom.usecases.stages import Scene, StageKeeper, check_member


@dataclass(frozen=True, slots=True)
class SeatRequests:
    """What people do about each other's seats. Each raises ``RateLimited``, ``RoomNotFound``."""

    stages: StageKeeper
    calling: Calling
    wait: timedelta = seat_requests.WAIT
    """How long a request waits for its answer."""

    async def apply(self, actor: Actor, room: RoomId, number: int) -> SeatRequest:
        """Apply for a seat, for 0 for any. Raises ``NotInRoom``, and what ``seat_requests.ask`` does."""

        async def rule(scene: Scene) -> Staged:
            member = check_member(scene, actor.user)
            asked = self._request(scene, RequestKind.APPLY, member, number, by=actor.user)
            return seat_requests.ask(scene.stage, scene.options, asked)

        scene = await self.stages.change(actor, room, rule)
        return _waiting(scene, RequestKind.APPLY, actor.user)

    async def invite(self, actor: Actor, room: RoomId, target: UserId, number: int) -> SeatRequest:
        """Invite a member to a seat, for 0 to any, and tell them.

        Raises ``PermissionDenied``, ``MemberNotFound``, and what ``seat_requests.ask`` does.
        """

        async def rule(scene: Scene) -> Staged:
            await self.stages.check_seat(actor, scene)
            member = scene.members.get(target)
            if member is None:
                raise MemberNotFound
            asked = self._request(scene, RequestKind.INVITE, member, number, by=actor.user)
            return seat_requests.ask(scene.stage, scene.options, asked)

        request = _waiting(await self.stages.change(actor, room, rule, target), RequestKind.INVITE, target)
        await self.calling.tell(target, EventKind.INVITED, seat_invitation(room, request), by=actor.user)
        return request

    async def approve(self, actor: Actor, room: RoomId, id: str) -> tuple[Scene, UserId]:
        """Give an applicant a seat; return the stage, and whom. Raises what ``seat_requests.approve`` does."""
        found: list[UserId] = []

        async def rule(scene: Scene) -> Staged:
            await self.stages.check_seat(actor, scene)
            found[:] = [seat_requests.find(scene.stage, id, RequestKind.APPLY).user]
            return seat_requests.approve(scene.stage, scene.options, id, by=actor.user)

        return await self.stages.change(actor, room, rule), found[0]

    async def accept(self, actor: Actor, room: RoomId, id: str) -> Scene:
        """Take the seat that one is invited to. Raises what ``seat_requests.accept`` does."""

        async def rule(scene: Scene) -> Staged:
            return seat_requests.accept(scene.stage, scene.options, id, by=actor.user)

        return await self.stages.change(actor, room, rule)

    async def refuse(self, actor: Actor, room: RoomId, id: str, reason: str) -> None:
        """Refuse an application as a host, or an invitation that one has. Raises as ``seat_requests.refuse``."""

        async def rule(scene: Scene) -> Staged:
            if seat_requests.find(scene.stage, id).kind is RequestKind.APPLY:
                await self.stages.check_seat(actor, scene)
            return seat_requests.refuse(scene.stage, id, by=actor.user, reason=reason)

        await self.stages.change(actor, room, rule)

    async def cancel(self, actor: Actor, room: RoomId, id: str) -> None:
        """Take back what one has asked for, for "" all of it. Raises as ``seat_requests.cancel``."""

        async def rule(scene: Scene) -> Staged:
            return seat_requests.cancel(scene.stage, id, by=actor.user)

        await self.stages.change(actor, room, rule)

    def _request(self, scene: Scene, kind: RequestKind, member: Member, number: int, *, by: UserId) -> SeatRequest:
        expires = seat_requests.expiry(scene.now, self.wait)
        return SeatRequest(new_id(scene.now), kind, member.user, member.name, member.avatar, number, by, expires)


def _waiting(scene: Scene, kind: RequestKind, user: UserId) -> SeatRequest:
    request = seat_requests.waiting(scene.stage, kind, user)
    if request is None:
        raise RequestNotFound
    return request
