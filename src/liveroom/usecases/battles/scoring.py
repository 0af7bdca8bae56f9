"""Scores of running battles, as rooms are told them: sums of what SQL has counted, read after a gift was paid for.

The process that sells a gift publishes, at most five times a second for each battle; a process that dies before it does
leaves that to the next gift, or to the job, which looks at all battles that run. So scores need no counter that could
be lost, and a lost live store has them again with the next publication.
"""

import asyncio
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Final

import structlog

from liveroom import deadlines
from liveroom.domain.battles.model import RoomBattle
from liveroom.domain.battles.payloads import battle_score, write_score
from liveroom.domain.errors import Unavailable
from liveroom.domain.ids import TenantName
from liveroom.ports import Database, Live

log = structlog.get_logger("liveroom.battles")

_PACE: Final = 0.2
"""Least seconds between two publications of a battle by this process."""
_SHARE: Final = 20
"""A publication is followed by a pause at least so many times as long: summing does not keep the database busy."""
_AT_ONCE: Final = 500


@dataclass(frozen=True, slots=True)
class BattleScoring:
    """Publishes scores."""

    db: Database
    live: Live
    _tasks: dict[str, asyncio.Task[None]] = field(default_factory=dict)
    _again: set[str] = field(default_factory=set)
    """Battles of which more was counted since the publication that runs or pauses now."""

    def counted(self, battles: Collection[str]) -> None:
        """Note that gifts were counted in these battles: their scores are published now, or as soon as they may be."""
        for battle in battles:
            if battle in self._tasks:
                self._again.add(battle)
            else:
                self._tasks[battle] = deadlines.spawn(self._publish_paced(battle))

    async def publish(self, battle: str) -> None:
        """Publish the scores of a battle in its rooms, unless it is decided."""
        found = await self._running(battle)
        if found is None:
            return
        sums = await self.db.battle_scores.sums(battle)
        tenant, running = found
        inside = sorted(running.inside)
        known = await self.live.battles.read(running.ids, battle)
        likes = {room: one.likes for room, one in known.items()}
        data = write_score(battle_score(running, sums.version, sums.scores, likes))
        await asyncio.gather(*(self.live.battles.tell(room, tenant, battle, sums.version, data) for room in inside))

    async def publish_all(self) -> None:
        """Publish the scores of all battles that run: rooms that know them already are told nothing."""
        after = ""
        while battles := await self.db.battles.running(after, _AT_ONCE):
            for battle in battles:
                await self.publish(battle)
            after = battles[-1]

    async def _running(self, battle: str) -> tuple[TenantName, RoomBattle] | None:
        """Return the battle as its rooms have it, if it runs."""
        rooms = await self.db.rooms.some([one.room for one in await self.db.battles.rooms_of(battle)])
        for room in rooms:
            running = room.options.battle
            if running is not None and running.id == battle and running.is_running:
                return room.tenant, running
        return None

    async def _publish_paced(self, battle: str) -> None:
        loop = asyncio.get_running_loop()
        try:
            while True:
                self._again.discard(battle)
                begun = loop.time()
                try:
                    await self.publish(battle)
                except (Unavailable, TimeoutError) as failure:
                    log.warning("battle.score_waits", battle=battle, cause=repr(failure.__cause__ or failure))
                await asyncio.sleep(max(_PACE, (loop.time() - begun) * _SHARE))
                if battle not in self._again:
                    return
        finally:
            self._again.discard(battle)
            del self._tasks[battle]
