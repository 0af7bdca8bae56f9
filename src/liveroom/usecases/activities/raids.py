"""Raids: asking another room whether the audience may come, and its answer.

The raid is an activity of the room that sends. The owner of the other one is told on their own channel, behind it.
"""

from dataclasses import dataclass
from typing import Final

from liveroom.domain.accounts.sessions import Actor
from liveroom.domain.activities.failures import ActivityNotFound, ActivityOver
from liveroom.domain.activities.raids import ANSWER, Raid, RaidParams, RaidState, answered
from liveroom.domain.errors import BadRequest, PermissionDenied, RoomNotFound
from liveroom.domain.events.model import EventKind
from liveroom.domain.events.user_payloads import RequestedRaid
from liveroom.domain.ids import RoomId
from liveroom.domain.rooms.model import LiveRoom
from liveroom.domain.rooms.permissions import Right
from liveroom.ports import Tx
from liveroom.usecases.activities.changes import ActivityView, WrittenActivity, find
from liveroom.usecases.activities.hosting import Activities
from liveroom.usecases.events.announcing import UserNotifier
from liveroom.usecases.follows.reaching import check_reaches
from liveroom.usecases.privacy.visibility import Privacy

_MILLISECONDS: Final = 1000


@dataclass(frozen=True, slots=True)
class Raids:
    """Begins raids, and takes answers."""

    activities: Activities
    privacy: Privacy
    notifier: UserNotifier

    async def start(self, actor: Actor, room: RoomId, target: RoomId, countdown: int) -> ActivityView:
        """Ask another live room whether the audience may come.

        Raises what ``Activities.start`` does, ``PermissionDenied`` for who may not connect the room, ``RoomNotFound``
        also for a room that the actor may not see, ``UserRefuses`` where its owner has blocked the actor, and
        ``BadRequest`` for the room itself.
        """
        if target == room:
            raise BadRequest("targetRoomId: another room")
        await self.activities.ranks.check(actor, room, Right.CONNECT)
        other = await self.privacy.room(actor, target)
        if not isinstance(other, LiveRoom):
            raise RoomNotFound
        db = self.activities.changes.db
        await check_reaches(db, actor.user, [other.owner])
        row, host, own = await db.rooms.get(other.id), await db.users.get(other.owner), await db.users.get(actor.user)
        if row is None or host is None or own is None:
            raise RoomNotFound
        params = RaidParams(
            room_id=other.id,
            broadcast_id=other.broadcast,
            user_id=other.owner,
            name=host.profile.name,
            avatar=host.profile.avatar,
            title=row.title,
            cover=row.cover,
            countdown=countdown,
            from_name=own.profile.name,
            from_avatar=own.profile.avatar,
        )
        view = await self.activities.start(actor, room, Raid.type, params)
        sender = await self.activities.ranks.live.room(room)
        asked = RequestedRaid(
            activity_id=view.activity.id,
            room_id=room,
            asked_room_id=other.id,
            user_id=actor.user,
            name=own.profile.name,
            avatar=own.profile.avatar,
            people=0 if sender is None else sender.members,
            expire_in=int(ANSWER.total_seconds() * _MILLISECONDS),
        )
        await self.notifier.notify(other.owner, EventKind.RAID_REQUESTED, asked, by=actor.user)
        return view

    async def answer(self, actor: Actor, id: str, *, accepted: bool) -> ActivityView:
        """Agree that the audience comes, or do not: as somebody who may begin activities in the room that is asked.

        To refuse is possible until people go. Raises ``ActivityNotFound``, ``ActivityOver``, ``PermissionDenied``.
        """
        changes = self.activities.changes
        known = await find(changes.db, actor.tenant.name, id)
        if known.type != Raid.type:
            raise ActivityNotFound
        ruled = None if known.is_over else changes.types.read(known)
        if ruled is None:
            raise ActivityOver
        await self._check_host(actor, ruled.state)

        async def work(tx: Tx) -> WrittenActivity:
            room, current = await changes.locked(tx, known)
            step = answered(current.state, accepted=accepted, now=changes.now())
            return await changes.step(tx, room, current, step, "accept" if accepted else "refuse", actor.user)

        return await changes.commit(work)

    async def _check_host(self, actor: Actor, state: RaidState) -> None:
        try:
            await self.activities.ranks.check(actor, RoomId(state.params.room_id), Right.ACTIVITIES)
        except RoomNotFound:
            raise PermissionDenied from None
