"""Judging whether somebody may change a room's options, and writing down that they do."""

from liveroom.domain.accounts.sessions import Actor
from liveroom.domain.rooms.model import Room, RoomStatus
from liveroom.domain.rooms.permissions import Right
from liveroom.ports import Tx
from liveroom.usecases.moderation.audit import Audit
from liveroom.usecases.rooms.broadcasts import Judge
from liveroom.usecases.rooms.ranks import Ranked, check_in, role_of


def judge(trail: Audit, actor: Actor, action: str, right: Right, ranked: Ranked | None) -> Judge:
    """Return what judges a change in the transaction of ``Broadcasts.change_options``.

    It raises ``PermissionDenied``, or notes the change. ``action``: the method's path. ``ranked``: the actor's rank a
    moment ago; None: the room was reserved, and whose it is has been looked at.
    """

    async def check(tx: Tx, room: Room) -> None:
        if ranked is not None or room.state is RoomStatus.LIVE:
            await check_in(tx, room, actor, right, role_of(ranked))
        await tx.audit.add([trail.entry(room.tenant, actor.user, action, room=room.id)])

    return check
