"""Ends of battles: by time, by a host who gives up, by the operator. Each is done once, by any process.

What else takes a room out of its battle, its close or its leaving the connection, does so in its own transaction
(``usecases.connections.rows``).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import structlog

from liveroom.domain.accounts.sessions import Actor
from liveroom.domain.battles.counting import BattleResult
from liveroom.domain.battles.failures import BattleNotFound
from liveroom.domain.battles.model import Battle, BattleState, EndReason, LeftWhy, RoomBattle
from liveroom.domain.errors import LiveUnavailable
from liveroom.domain.ids import RoomId
from liveroom.domain.operators.caller import Operator
from liveroom.domain.rooms.model import running_room
from liveroom.domain.rooms.permissions import Right
from liveroom.ports import Tx
from liveroom.usecases.battles.invitations import BattleInvitations
from liveroom.usecases.battles.rows import NO_LIKES, BattleWriter, Likes
from liveroom.usecases.connections.changes import ConnectionChanges, TransactionResult
from liveroom.usecases.connections.rows import Locked, lock_rooms
from liveroom.usecases.rooms.ranks import check_in, role_of

log = structlog.get_logger("liveroom.battles")

_AT_ONCE: Final = 200


@dataclass(frozen=True, slots=True)
class BattleEnds:
    """Ends battles."""

    invitations: BattleInvitations

    @property
    def changes(self) -> ConnectionChanges:
        return self.invitations.changes

    async def give_up(self, actor: Actor, room: RoomId) -> None:
        """Take a room out of its battle; the battle goes on while two sides are left.

        Raises ``BattleNotFound``, ``RoomNotFound``, ``PermissionDenied``, ``RateLimited``.
        """
        ranked = await self.invitations.requests.check(actor, room)

        async def work(tx: Tx) -> TransactionResult[None]:
            rooms = await lock_rooms(tx, [room])
            own, now = running_room(rooms.get(room), actor.tenant.name), self.changes.now()
            await check_in(tx, own, actor, Right.CONNECT, role_of(ranked))
            if own.options.battle is None or not own.options.battle.is_running:
                raise BattleNotFound
            battles = BattleWriter(tx, self.changes.recorder, rooms, now, LeftWhy.GAVE_UP)
            await battles.leave([room])
            return TransactionResult(None, list(battles.written))

        await self.changes.commit(actor.tenant.name, work)

    async def end(self, operator: Operator, id: str) -> None:
        """End a battle or close an invitation, for the operator. Raises ``BattleNotFound``."""
        row = await self.changes.db.battles.get(id)
        if row is None or row.tenant != operator.tenant.name:
            raise BattleNotFound
        is_ended = await (
            self.invitations.end(id)
            if row.state is BattleState.INVITED
            else self._step(id, is_due=False, reason=EndReason.ENDED)
        )
        if not is_ended:
            raise BattleNotFound
        operator.change.note({"state": row.state.value}, {"state": BattleState.RESULT.value})

    async def step(self) -> int:
        """Do what is due: close invitations, decide battles, show results no longer. Return how much it was."""
        done = 0
        for id in await self.changes.db.battles.due(self.changes.now(), _AT_ONCE):
            row = await self.changes.db.battles.get(id)
            if row is not None:
                is_invitation = row.state is BattleState.INVITED
                done += await (self.invitations.expire(id) if is_invitation else self._step(id, is_due=True))
        return done

    async def _step(self, id: str, *, is_due: bool, reason: EndReason = EndReason.TIME_OVER) -> bool:
        """Bring a battle to its next state, if it is due or does not have to be; say whether it was brought there."""
        ids = [one.room for one in await self.changes.db.battles.rooms_of(id)]
        likes = await self._likes(ids, id)

        async def work(tx: Tx) -> TransactionResult[bool]:
            battles = BattleWriter(tx, self.changes.recorder, await lock_rooms(tx, ids), self.changes.now())
            row = await tx.battles.lock(id)
            if row is None or row.due is None or (is_due and row.due > battles.now):
                return TransactionResult(False)
            if row.state is BattleState.RUNNING:
                await _decide(battles, row, reason, likes)
            elif row.state is BattleState.RESULT and is_due:
                await _close(battles, row, likes)
            else:
                return TransactionResult(False)
            return TransactionResult(True, list(battles.written))

        row = await self.changes.db.battles.get(id)
        return row is not None and await self.changes.commit(row.tenant, work)

    async def _likes(self, rooms: Sequence[RoomId], id: str) -> Likes:
        """Return what was counted beside the scores; where the live store is down, nothing."""
        try:
            known = await self.invitations.requests.live.battles.read(rooms, id)
            return {room: one.likes for room, one in known.items()}
        except LiveUnavailable:
            return NO_LIKES


async def _decide(battles: BattleWriter, row: Battle, reason: EndReason, likes: Likes) -> None:
    battle = _running(battles.rooms, row.id)
    if battle is None:
        await battles.tx.battles.put(replace(row, state=BattleState.OVER, due=None))
        log.error("battle.without_rooms", battle=row.id)
        return
    await battles.decide(row, battle, reason, likes=likes)


async def _close(battles: BattleWriter, row: Battle, likes: Likes) -> None:
    """Show a result no longer; note likes of a battle that was decided where they could not be asked for."""
    if any(likes.values()):
        sums = await battles.tx.battle_scores.sums(row.id)
        results = [BattleResult(id, sums.scores.get(id, 0), count) for id, count in likes.items()]
        await battles.tx.battles.decide(row.id, results)
    await battles.close(row)


def _running(rooms: Locked, id: str) -> RoomBattle | None:
    found = (room.options.battle for room in rooms.values())
    return next((battle for battle in found if battle is not None and battle.id == id), None)
