"""Reading battles: which a room is in, what waits for an answer, and which there were."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from liveroom.domain.accounts.sessions import Actor
from liveroom.domain.battles.model import PastBattle, RoomBattle, WaitingRoom
from liveroom.domain.battles.payloads import BattleInvitation, battle_invitation
from liveroom.domain.ids import RoomId, TenantName, UserId
from liveroom.domain.rooms.paging import cut
from liveroom.domain.rooms.permissions import Right, may
from liveroom.usecases.battles.immediate import ImmediateBattles
from liveroom.usecases.rooms.ranks import Ranks


class WaitingBattles(NamedTuple):
    """A room's battle, and what of battles waits there."""

    battle: RoomBattle | None
    told: bytes | None
    """The last scores that the room was told, as JSON."""
    now: datetime
    invitations: Sequence[BattleInvitation] = ()
    """Of the room and to it; none for who may not answer them."""
    waiting: WaitingRoom | None = None


@dataclass(frozen=True, slots=True)
class RoomBattles:
    """Reads battles."""

    immediate: ImmediateBattles
    ranks: Ranks

    async def current(self, actor: Actor, room: RoomId) -> WaitingBattles:
        """Return a room's battle, to its members. Raises ``RoomNotFound``, ``NotInRoom``."""
        found = await self.ranks.check_reader(actor, room)
        battle, now = found.room.options.battle, self.immediate.invitations.changes.now()
        told = None
        if battle is not None and battle.is_running:
            told = (await self.ranks.live.battles.read([room], battle.id))[room].told
        if not (may(found.rank, Right.CONNECT) or await self.ranks.is_admin(actor.user)):
            return WaitingBattles(battle, told, now)
        return WaitingBattles(battle, told, now, await self._invitations(room, now), await self.immediate.waiting(room))

    async def _invitations(self, room: RoomId, now: datetime) -> Sequence[BattleInvitation]:
        invitations = self.immediate.invitations
        found = await invitations.open_of(invitations.changes.db, room)
        return [battle_invitation(one, await invitations.guests(one), now) for one in found]

    async def history(self, actor: Actor, room: RoomId, *, cursor: str, limit: int) -> tuple[Sequence[PastBattle], str]:
        """Return battles of a live room, the newest first, and the cursor of the next page.

        Raises ``RoomNotFound``, ``PermissionDenied``.
        """
        await self.ranks.check(actor, room, Right.CONNECT)
        return await self.past(actor.tenant.name, room, None, cursor=cursor, limit=limit)

    async def past(
        self, tenant: TenantName, room: RoomId | None, owner: UserId | None, *, cursor: str, limit: int
    ) -> tuple[Sequence[PastBattle], str]:
        """Return a tenant's battles, the newest first: of a room, of rooms that somebody owned, or all."""
        db = self.immediate.invitations.changes.db
        return cut(await db.battles.past(tenant, room, owner, cursor, limit + 1), limit, lambda past: past.battle.id)
