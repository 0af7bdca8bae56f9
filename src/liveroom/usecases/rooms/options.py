"""What a room's owner configures: who comes in, how fast people write, when it ends, and who is invited.

Options are stored with the room and travel to the live store with it, which tells the room. A room that is reserved has
options too: they count for the broadcast that opens it.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final

from liveroom.domain.accounts.sessions import Actor
from liveroom.domain.errors import BadRequest, PermissionDenied, RoomNotFound, StillBanned
from liveroom.domain.events.model import EventKind
from liveroom.domain.events.user_payloads import room_invitation
from liveroom.domain.ids import RoomId, UserId
from liveroom.domain.moderation.room_access import RoomAccess
from liveroom.domain.rooms.model import Room, RoomStatus
from liveroom.domain.rooms.options import OptionChanges, RoomOptions, fresh_link_key
from liveroom.domain.rooms.permissions import Right, may
from liveroom.ports import Clock, Database, Live
from liveroom.usecases.events.announcing import UserNotifier
from liveroom.usecases.events.relay import OutboxRelay
from liveroom.usecases.follows.reaching import check_reaches
from liveroom.usecases.moderation.room_access import AccessChanges, ModerationAction
from liveroom.usecases.rates import check_rate
from liveroom.usecases.rooms.broadcasts import Broadcasts
from liveroom.usecases.rooms.passwords import Passwords
from liveroom.usecases.rooms.ranks import Ranked, Ranks, is_admin, judge

INVITATIONS: Final = 100
"""People whom one user may invite within ``WINDOW``: each of them is notified."""
WINDOW: Final = timedelta(minutes=10)
_SET: Final = "base/v1/rooms/set_options"


@dataclass(frozen=True, slots=True)
class RoomOptionChanges:
    """Reads and changes options."""

    db: Database
    clock: Clock
    broadcasts: Broadcasts
    relay: OutboxRelay
    ranks: Ranks
    passwords: Passwords
    access_changes: AccessChanges

    async def get(self, actor: Actor, room_id: RoomId) -> RoomOptions:
        """Return a room's options, for its members, its owner and admins; its link for those who may invite.

        Raises ``RoomNotFound``, ``NotInRoom`` for all others.
        """
        try:
            ranked = await self.ranks.check_reader(actor, room_id)
        except RoomNotFound:
            return (await self._reserved(actor, room_id)).options
        options = ranked.room.options
        if not options.link_key or may(ranked.rank, Right.INVITE) or await is_admin(self.db, actor.user):
            return options
        return replace(options, link_key="")

    async def set(
        self, actor: Actor, room_id: RoomId, changes: OptionChanges, *, password: str | None = None
    ) -> RoomOptions:
        """Change options and return all of them; ``password``: as it was typed, "" takes it away.

        Raises ``RoomNotFound``, ``PermissionDenied``; ``BadRequest`` for the length of a broadcast of which nobody has
        said when it begins.
        """
        await self.access_changes.count(actor)
        configures = changes.configures or password is not None
        right = Right.CONFIGURE if configures else Right.ARRANGE
        ranked = await self._ranked(actor, room_id, right)
        change = self.change(room_id, changes, password, is_reserved=ranked is None)
        judges = judge(self.access_changes.trail, actor, _SET, right, ranked)
        committed = await self.broadcasts.change_options(actor.tenant.name, room_id, change, judges)
        if committed.room.state is RoomStatus.LIVE and await self.relay.bring_up(committed.room, committed.row) is None:
            raise RoomNotFound
        return committed.room.options

    def change(
        self, room_id: RoomId, changes: OptionChanges, password: str | None, *, is_reserved: bool = False
    ) -> Callable[[RoomOptions], RoomOptions]:
        """Return what changes options; it raises ``BadRequest`` as ``set`` does. ``password``: as it was typed."""
        if password is not None:
            changes = changes._replace(password=self.passwords.kept(room_id, password))
        changes, now = changes._replace(link_key=fresh_link_key()), self.clock.now()
        since = None if is_reserved else now

        def change(options: RoomOptions) -> RoomOptions:
            begins = options.starts or since
            if begins is None and changes.lasts:
                raise BadRequest("minutes: only for a room that is live or scheduled")
            return changes.apply(options, begins or now)

        return change

    async def _ranked(self, actor: Actor, room_id: RoomId, right: Right) -> Ranked | None:
        """Return what the actor is to a live room, None for a reserved one, if they may change it."""
        try:
            return await self.ranks.check(actor, room_id, right)
        except RoomNotFound:
            await self._reserved(actor, room_id)
            return None

    async def _reserved(self, actor: Actor, room_id: RoomId) -> Room:
        """Return a room that the actor has reserved, or an admin asks for.

        Raises ``RoomNotFound``, for others too unless it is scheduled: then ``PermissionDenied``.
        """
        room = await self.db.rooms.get(room_id)
        if room is None or room.tenant != actor.tenant.name or room.state is not RoomStatus.RESERVED:
            raise RoomNotFound
        if room.holder != actor.user and not await is_admin(self.db, actor.user):
            is_known = room.options.starts is not None and room.options.is_listed
            raise PermissionDenied if is_known else RoomNotFound
        return room


@dataclass(frozen=True, slots=True)
class Invitations:
    """Lets people into rooms that only those enter who are invited."""

    db: Database
    live: Live
    clock: Clock
    access_changes: AccessChanges
    notifier: UserNotifier

    async def invite(self, actor: Actor, room_id: RoomId, user_id: UserId) -> None:
        """Invite somebody to an invitation room and notify them; inviting again notifies again.

        Raises ``RoomNotFound``, ``PermissionDenied``, ``StillBanned``, ``UserNotFound``, ``UserRefuses``,
        ``RateLimited``, ``QuotaExceeded``.
        """
        await check_rate(self.live, f"invite:{actor.user}", limit=INVITATIONS, window=WINDOW)
        await check_reaches(self.db, actor.user, [user_id])
        action = ModerationAction(actor, "base/v1/rooms/invite", room_id, user_id, Right.INVITE, over=False)
        changed = await self.access_changes.make(action, self._invited)
        invitation = room_invitation(room_id, actor.user, changed.room.title)
        await self.notifier.notify(user_id, EventKind.INVITED, invitation, by=actor.user)

    async def uninvite(self, actor: Actor, room_id: RoomId, user_id: UserId) -> None:
        """Take an invitation back; whoever is in stays in. Raises as ``invite``."""
        action = ModerationAction(actor, "base/v1/rooms/uninvite", room_id, user_id, Right.INVITE, over=False)
        await self.access_changes.make(action, lambda access: replace(access, invited=False))

    def _invited(self, access: RoomAccess) -> RoomAccess:
        if access.is_banned(self.clock.now()):
            raise StillBanned
        return replace(access, invited=True)
