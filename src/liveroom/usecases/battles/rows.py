"""What a battle is in the rows of its rooms and in its own: written in one transaction, in which these rows are locked.

Rooms are locked first, in the order of their ids, then the battle. Whoever pays for a gift that counts shares the lock
of the battle alone: what it has committed is in the sums of whoever decides the battle, and nothing comes after.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final

from liveroom.domain.battles.counting import BattleResult
from liveroom.domain.battles.model import (
    Battle,
    BattleState,
    EndReason,
    LeftWhy,
    RoomBattle,
    decided,
    handed,
    left,
    sides_inside,
)
from liveroom.domain.events import battles as battle_events
from liveroom.domain.events.records import NewEvent
from liveroom.domain.ids import RoomId
from liveroom.domain.moments import at, moment
from liveroom.domain.rooms.model import Room
from liveroom.ports import Tx
from liveroom.usecases.events.recorder import EventRecorder

Likes = Mapping[RoomId, int]
NO_LIKES: Final[Likes] = {}


@dataclass(slots=True)
class BattleWriter:
    """Writes battles in one transaction that has locked their rooms, and those that these are connected with."""

    tx: Tx
    recorder: EventRecorder
    rooms: dict[RoomId, Room]
    """The rooms that are locked, as they are now."""
    now: datetime
    why: LeftWhy = LeftWhy.GAVE_UP
    """Why rooms leave."""
    written: dict[RoomId, Room] = field(default_factory=dict)
    """Those of them that have changed."""

    async def put(self, after: RoomBattle, shown_in: Collection[RoomId] | None = None) -> None:
        """Write a battle to its rooms that have not left it (or those that are named), and take it out of all others
        that had it.
        """
        shown = after.inside if shown_in is None else shown_in
        for room in list(self.rooms.values()):
            before, battle = room.options.battle, after if room.id in shown else None
            had = before is not None and before.id == after.id
            if before != battle and (had or room.id in shown):
                await self._put(room, after, battle)

    async def _put(self, room: Room, after: RoomBattle, battle: RoomBattle | None) -> None:
        changed = replace(room, options=replace(room.options, battle=battle), rev=room.rev + 1)
        await self.tx.rooms.put(changed)
        if (event := self._event(changed, room.options.battle, after)) is not None:
            await self.recorder.record_for_room(self.tx, changed, event)
        self.rooms[room.id] = self.written[room.id] = changed

    def _event(self, room: Room, before: RoomBattle | None, after: RoomBattle) -> NewEvent | None:
        """Return what is recorded of a room: the beginning, and one end."""
        battle, was_running = room.options.battle, before is not None and before.is_running
        if battle is None:
            return battle_events.left(room, after, self.now, self.why) if was_running else None
        if not battle.is_running:
            return battle_events.decided(room, battle, self.now) if was_running else None
        return None if was_running else battle_events.started(room, battle, self.now)

    async def leave(self, leaving: Collection[RoomId]) -> None:
        """Take rooms out of the battles that they are in. A battle of which one side is left is decided."""
        found = [self.rooms[id].options.battle for id in leaving if id in self.rooms]
        for battle in {battle.id: battle for battle in found if battle is not None}.values():
            going = [id for id in leaving if id in battle.ids]
            if battle.is_running:
                await self._leave_running(battle, going)
            else:
                for room in [self.rooms[id] for id in going if id in self.rooms]:
                    await self._put(room, battle, None)

    async def _leave_running(self, battle: RoomBattle, going: Collection[RoomId]) -> None:
        row = await self.tx.battles.lock(battle.id)
        await self.tx.battles.leave(battle.id, going, self.why)
        rest = left(battle, going, self.why)
        if row is None or len(sides_inside(rest)) > 1:
            await self.put(rest)
            return
        # Whoever gives up stays connected, and sees the result.
        shown = rest.inside | set(going) if self.why is LeftWhy.GAVE_UP else rest.inside
        await self.decide(row, rest, EndReason.ALONE if rest.inside else EndReason.ENDED, shown_in=shown)

    async def decide(
        self,
        row: Battle,
        battle: RoomBattle,
        reason: EndReason,
        *,
        likes: Likes = NO_LIKES,
        shown_in: Collection[RoomId] | None = None,
    ) -> None:
        """Decide a battle whose row is locked, by what SQL has counted."""
        sums, now = await self.tx.battle_scores.sums(battle.id), at(moment(self.now))
        result = decided(battle, sums.scores, likes, reason, now, row.shown)
        results = [BattleResult(one.room, one.score, one.likes) for one in result.rooms]
        await self.tx.battles.decide(battle.id, results)
        after = replace(row, state=BattleState.RESULT, due=result.closes, winner=result.winner, reason=reason)
        await self.tx.battles.put(after)
        await self.put(result, shown_in)

    async def close(self, row: Battle) -> None:
        """Show the result of a battle whose row is locked no longer."""
        await self.tx.battles.put(replace(row, state=BattleState.OVER, due=None))
        found = (room.options.battle for room in self.rooms.values())
        shown = next((battle for battle in found if battle is not None and battle.id == row.id), None)
        if shown is not None:
            await self.put(shown, ())

    async def hand_over(self, room: RoomId, name: str, avatar: str) -> None:
        """Say in the battle of a room who owns it now."""
        battle = self.rooms[room].options.battle
        if battle is None:
            return
        after = handed(battle, room, self.rooms[room].owner, name, avatar)
        having = [one for one in self.rooms.values() if one.options.battle == battle]
        for one in having:
            await self._put(one, after, after)
