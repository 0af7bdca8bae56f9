"""Stays that SQL takes for open and that the live store does not know: their end was lost with their bucket."""

import asyncio
from collections.abc import Sequence
from datetime import datetime

from liveroom.domain.presence.members import LeaveReason, Stay
from liveroom.ports import RecoveryStore
from liveroom.store.live.redis.core import RedisCore


class LostStays:
    """Looks after stays that were saved while their buckets were lost: the next loss would bring them back."""

    def __init__(self, core: RedisCore, recovery: RecoveryStore) -> None:
        self._core = core
        self._recovery = recovery

    async def end(self, stays: Sequence[Stay]) -> None:
        """End those in SQL that are open there and that no member has."""
        newest = {stay.id: stay for stay in stays}
        still_open = [stay for stay in newest.values() if stay.left is None]
        known = await asyncio.gather(*map(self._is_known, still_open))
        over = [stay for stay, is_known in zip(still_open, known, strict=True) if not is_known]
        if over:
            now = self._core.clock.now()
            await self._recovery.save([ended_as_lost(stay, now, stay.version + 1) for stay in over])

    async def _is_known(self, stay: Stay) -> bool:
        member = await self._core.member(stay.room, stay.user)
        return member is not None and (member.stay or member.entries[1]) == stay.id


def ended_as_lost(stay: Stay, now: datetime, version: int) -> Stay:
    """Return the stay as ended. An end that arrives after all changes nothing: of two ends the first counts."""
    return stay._replace(version=version, left=now, reason=LeaveReason.LOST, entries=())
