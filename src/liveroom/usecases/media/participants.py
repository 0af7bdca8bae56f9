"""Participants of a room's media: letting members in, passing signals between them, and the work at media providers.

That work closes rooms that are over, removes evicted users, and changes who may send. Nobody's media room is made here:
it is there when somebody comes. So a room that is live again needs nothing. Work that is queued names the user; what
they may publish is read when it is done, so that the newest change wins.
"""

import asyncio
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, NamedTuple

import structlog

from liveroom.domain.accounts.sessions import Actor
from liveroom.domain.errors import MemberNotFound, NotInRoom, PermissionDenied, Unavailable, UserRefuses
from liveroom.domain.ids import RoomId, TenantName, UserId
from liveroom.domain.media.model import (
    LIFE,
    REMEMBERED,
    MediaPass,
    Participant,
    RemovedParticipant,
    Signal,
    may_publish,
    publishes,
)
from liveroom.domain.presence.members import Role, Stay
from liveroom.domain.rooms.model import RoomStatus
from liveroom.domain.tenants.model import RtcKind, Tenant
from liveroom.domain.vendors.model import Achieved, Matter, Work, WorkResult, read_removal
from liveroom.ports import Clock, Database, Live, Rtc, RtcControl, Tx, UserMessages
from liveroom.usecases.follows.reaching import RememberedBlocks
from liveroom.usecases.media.connected import check_guest, may_be_there
from liveroom.usecases.media.watchers import SIGNALS, WINDOW, Watchers, is_watcher
from liveroom.usecases.rates import check_rate
from liveroom.usecases.vendors.task_queue import VendorTaskQueue

log = structlog.get_logger("liveroom.publish_permissions")

SECOND_LOOK: Final = timedelta(seconds=5)
"""After this delay every stay that had begun is in SQL: the journal takes a second."""
_SLACK: Final = timedelta(seconds=1)
"""How far the clocks of two processes may be apart."""
_STAYS: Final = 100


class MediaAdmission(NamedTuple):
    """A member's role, and what lets them in."""

    role: Role
    media: MediaPass


@dataclass(frozen=True, slots=True)
class Media:
    """What members do about audio and video."""

    live: Live
    clock: Clock
    user_messages: UserMessages
    providers: Mapping[RtcKind, Rtc]
    default: RtcKind
    watchers: Watchers
    blocks: RememberedBlocks

    async def admit(self, actor: Actor, room: RoomId) -> MediaAdmission:
        """Return what lets the actor into the room's media. Raises ``NotInRoom``, ``ProviderUnavailable``."""
        member = await self.live.member(room, actor.user)
        if member is None:
            raise NotInRoom
        provider = self.providers[actor.tenant.rtc or self.default]
        participant = Participant(actor.tenant, actor.user, member.name, room, publishes(member))
        return MediaAdmission(member.role, provider.admit(participant, self.clock.now()))

    async def signal(self, actor: Actor, room: RoomId, to: UserId, payload: bytes) -> None:
        """Pass a signal to another member, or to an operator who looks in; one who is not connected misses it.

        One of the two may be in a room that is connected with this one, if the other may publish here.

        Raises ``NotInRoom``, ``MemberNotFound``, ``PermissionDenied`` where neither of them has anything to send,
        ``UserRefuses`` where the receiver has blocked the actor, ``RateLimited``.
        """
        await check_rate(self.live, f"signal:{actor.user}", limit=SIGNALS, window=WINDOW)
        if is_watcher(to):
            await self._answer_watcher(actor, room, to, payload)
            return
        sender, receiver = await asyncio.gather(self.live.member(room, actor.user), self.live.member(room, to))
        if await self.blocks.refuses(actor.user, [to]):
            raise UserRefuses
        if sender is None or receiver is None:
            await check_guest(self.live, room, sender=(actor.user, sender), receiver=(to, receiver))
        elif not (publishes(sender).anything or publishes(receiver).anything):
            raise PermissionDenied("neither of the two may publish")
        await self.user_messages.send_signal(to, Signal(room, actor.user, self.clock.now(), payload))

    async def _answer_watcher(self, actor: Actor, room: RoomId, to: UserId, payload: bytes) -> None:
        """Only those who may publish have anything to say to one who looks in."""
        sender = await self.live.member(room, actor.user)
        if sender is None:
            raise NotInRoom
        if not may_publish(sender):
            raise MemberNotFound
        await self.watchers.answer(actor.tenant.name, to, Signal(room, actor.user, self.clock.now(), payload))


@dataclass(frozen=True, slots=True)
class PublishPermissions:
    """Queues such work. A database that is down is only logged: the change on the stage has already happened."""

    db: Database
    clock: Clock
    vendor_tasks: VendorTaskQueue

    async def changed(self, tenant: TenantName, room: RoomId, user: UserId) -> None:
        """Queue that a user may publish more or less."""
        if self.vendor_tasks.can_change_permissions(tenant):
            await self._note(tenant, room, user, off_seat=False)

    async def taken_off_seat(self, tenant: TenantName, room: RoomId, user: UserId) -> None:
        """Queue that a host has taken a user off a seat, or that a user publishes without one."""
        if self.vendor_tasks.carries_media(tenant):
            await self._note(tenant, room, user, off_seat=True)

    async def _note(self, tenant: TenantName, room: RoomId, user: UserId, *, off_seat: bool) -> None:
        async def work(tx: Tx) -> None:
            note = self.vendor_tasks.taken_off_seat if off_seat else self.vendor_tasks.permission_changed
            await note(tx, tenant, user, room, self.clock.now())

        try:
            await self.db.transact(work)
        except Unavailable as failure:
            log.warning("permissions.not_noted", room=room, user=user, cause=repr(failure.__cause__ or failure))


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
        (user, is_meant), second = read_removal(work.key.subject), work.changed + SECOND_LOOK
        is_over = self.clock.now() >= second
        stays = await self.db.stays.newest_of(user, _STAYS)
        rooms = {room for room in rooms_at(stays, work.changed) if is_meant(room)}
        if work.key.subject == user:
            await self._remember(user, tenant, rooms_before(stays, work.changed), work.changed + REMEMBERED)
        else:
            rooms |= {room for room in await self._returned_to(user) if is_meant(room)}
            if is_over:  # by now the live store knows who has entered again, however soon that was
                rooms = {room for room in rooms if not await may_be_there(self.live, room, user)}
            else:
                rooms = {room for room in rooms if not await self._is_back(room, user, work.changed)}
        for room in sorted(rooms):
            await self.control.remove(tenant, room, user)
        if is_over:
            return WorkResult(asked=bool(rooms))
        return WorkResult(Achieved(tenant.sdk_app_id), second, bool(rooms))

    async def _remember(self, user: UserId, tenant: Tenant, rooms: Collection[RoomId], until: datetime) -> None:
        """Remember all rooms to which they may come back by a credential that they have."""
        rows = self.db.removed_participants
        known = {removed.room for removed in await rows.of_user(user, self.clock.now()) if removed.until >= until}
        await rows.put([RemovedParticipant(room, user, tenant.name, until) for room in rooms if room not in known])

    async def _returned_to(self, user: UserId) -> Sequence[RoomId]:
        """Return rooms from which they were removed, and where they may not be; perhaps they are not there."""
        removed = await self.db.removed_participants.of_user(user, self.clock.now())
        return [one.room for one in removed if not await may_be_there(self.live, one.room, user)]

    async def _is_back(self, room: RoomId, user: UserId, since: datetime) -> bool:
        """Say whether they have entered since then. The one who was there before may still be a member."""
        member = await self.live.member(room, user)
        return member is not None and member.joined > since

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


def rooms_before(stays: Sequence[Stay], at: datetime) -> set[RoomId]:
    """Return the rooms of stays from which a credential may be left then."""
    return {stay.room for stay in stays if stay.left is None or stay.left > at - LIFE}
