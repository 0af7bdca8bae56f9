"""Judging whether somebody may change a room's options, and writing down that they do."""

from dataclasses import dataclass

from liveroom.domain.accounts.sessions import Actor
from liveroom.domain.rooms.model import Room, RoomStatus
from liveroom.domain.rooms.permissions import Right
from liveroom.ports import Tx
from liveroom.usecases.moderation.audit import Audit
from liveroom.usecases.rooms.ranks import Ranked, check_in, role_of


@dataclass(frozen=True, slots=True)
class Authorization:
    """One change of a room's settings, checked in the transaction of ``Broadcasts.change_options``.

    ``ranked``: the actor's rank a moment ago; None: the room was reserved.
    """

    trail: Audit
    actor: Actor
    action: str
    """The method's path."""
    right: Right
    ranked: Ranked | None

    async def check(self, tx: Tx, room: Room) -> None:
        """Raise ``PermissionDenied``, or note the change in the audit.

        The holder of a reserved room was checked before.
        """
        if self.ranked is not None or room.state is RoomStatus.LIVE:
            await check_in(tx, room, self.actor, self.right, role_of(self.ranked))
        await tx.audit.add([self.trail.entry(room.tenant, self.actor.user, self.action, room=room.id)])
