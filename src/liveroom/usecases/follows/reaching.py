"""Whether somebody reaches another user, or has been blocked by them.

Who has blocked a user is in the user's record of the live store: entering a room compares it with the room's owner, and
asks nobody. What names somebody, such as an invitation, asks the database.
"""

from collections.abc import Collection
from dataclasses import dataclass, field

from liveroom.domain.errors import UserRefuses
from liveroom.domain.follows.blocks import KEPT_BLOCKERS, kept_blockers
from liveroom.domain.ids import UserId
from liveroom.ports import Clock, Database
from liveroom.usecases.short_memory import ShortMemory


async def check_reaches(db: Database, user: UserId, others: Collection[UserId]) -> None:
    """Raise ``UserRefuses`` if any of the others has blocked the user."""
    if others and await db.blocks.blockers_among(user, others):
        raise UserRefuses


async def blockers_of(db: Database, user: UserId) -> tuple[UserId, ...]:
    """Return who has blocked a user, as their record keeps it."""
    return kept_blockers(await db.blocks.blockers(user, KEPT_BLOCKERS + 1))


@dataclass(frozen=True, slots=True)
class RememberedBlocks:
    """Blocks for what happens often, such as gifts and signals: what was read in the last second is not read again."""

    db: Database
    clock: Clock
    _memory: ShortMemory[tuple[UserId, UserId]] = field(default_factory=ShortMemory)

    async def refuses(self, user: UserId, others: Collection[UserId]) -> bool:
        """Say whether any of the others has blocked the user."""
        now, pairs = self.clock.now(), [(user, other) for other in others]
        found = dict(self._memory.known(pairs, now))
        if missing := [other for other in others if (user, other) not in found]:
            blockers = await self.db.blocks.blockers_among(user, missing)
            read = {(user, other): other in blockers for other in missing}
            self._memory.keep(read, now)
            found |= read
        return any(found.values())
