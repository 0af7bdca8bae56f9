"""The continuous cross-check: where the index and a room's members disagree about a presence entry, it is repaired.

A call under way looks like a difference for a moment, so only one found twice, some seconds apart, counts. One process
compares at a time. After a loss, an outage or a failover everything is compared at once, and once more when no call is
left that the fault may have interrupted.
"""

import asyncio
import secrets
from collections import Counter, deque
from datetime import datetime, timedelta
from itertools import cycle, islice
from typing import Final

import structlog

from liveroom import deadlines
from liveroom.domain.errors import TokenInvalid
from liveroom.domain.presence.members import LeaveReason, PresenceEntry
from liveroom.domain.presence.signs import Heartbeat
from liveroom.ports import Clock, Difference, Live, PresenceClaim, Repair
from liveroom.ports.comparing import PARTS
from liveroom.usecases.rooms.leaving import Departures

log = structlog.get_logger("liveroom.comparing")

APART: Final = timedelta(seconds=5)
"""Time between the two looks that have to find the same difference."""
_CAUGHT: Final = timedelta(seconds=deadlines.SECONDS)
"""How long after a fault a call that it interrupted may still be under way."""
_RHYTHM: Final = timedelta(milliseconds=750)
"""How often a part is compared while nothing is urgent: all of them in 288 seconds."""
_BUSY: Final = timedelta(seconds=1)
"""How long one run goes on while everything is to be compared soon."""
_TOGETHER: Final = 16
"""Parts compared in parallel then; comparing also refills lost buckets."""
_AT_A_TICK: Final = 80
"""Parts that are compared with each tick: with one a minute all of them in five."""


class Comparison:
    """Compares part after part, and remembers differences found once. ``repairs``: how many of each kind it made."""

    def __init__(self, live: Live, departures: Departures, clock: Clock, apart: timedelta = APART) -> None:
        self._live = live
        self._departures = departures
        self._clock = clock
        self._apart = apart
        self._me = secrets.token_hex(8)
        self._round = cycle(range(PARTS))
        self._soon: deque[int] = deque()
        self._looked = clock.now() - _RHYTHM
        self._doubt: str | None = None
        self._once_more: datetime | None = None
        self._found: dict[int, dict[Difference, datetime]] = {}
        self.repairs: Counter[tuple[str, ...]] = Counter({(repair.value,): 0 for repair in Repair})

    async def go_on(self) -> int:
        """Compare the next parts, or many when that is urgent; return how many differences were put right."""
        if not await self._is_ours():
            return 0
        repaired = await self._look_again()
        began = self._clock.now()
        if self._once_more is not None and began >= self._once_more:
            self._once_more = None
            self._compare_soon()
        while self._soon and timedelta(0) <= self._clock.now() - began < _BUSY:
            some = [self._soon.popleft() for _ in range(min(_TOGETHER, len(self._soon)))]
            await asyncio.gather(*map(self._look, some))
        if not self._soon and began - self._looked >= _RHYTHM:
            self._looked = began
            await self._look(next(self._round))
        return repaired

    async def at_once(self) -> int:
        """Compare many parts, and look again at what differs before returning: the process may not live longer."""
        if not await self._is_ours():
            return 0
        self._soon.clear()
        for part in islice(self._round, _AT_A_TICK):
            await self._look(part)
        if self._found:
            await asyncio.sleep(self._apart.total_seconds())
        return await self._look_again()

    async def _is_ours(self) -> bool:
        """Say whether this process is the one that compares; when it becomes so, everything is compared soon."""
        doubt = await self._live.comparing.claim(self._me)
        if doubt is None:
            self._found.clear()
            self._soon.clear()
            self._once_more = None
        elif doubt != self._doubt:
            self._compare_soon()
            self._once_more = self._clock.now() + _CAUGHT
        self._doubt = doubt
        return doubt is not None

    def _compare_soon(self) -> None:
        self._soon = deque(dict.fromkeys([*self._soon, *range(PARTS)]))

    async def _look(self, part: int) -> None:
        """Note what is different in a part, and since when."""
        differences = await self._live.comparing.differences(part)
        before, now = self._found.pop(part, {}), self._clock.now()
        if differences:
            self._found[part] = {difference: before.get(difference, now) for difference in differences}

    async def _look_again(self) -> int:
        """Put right what is still different where something was found some seconds ago."""
        repaired = 0
        latest = self._clock.now() - self._apart
        for part in [part for part, found in self._found.items() if min(found.values()) <= latest]:
            await self._look(part)
            found = self._found.get(part, {})
            for difference in sorted(difference for difference, since in found.items() if since <= latest):
                await self._repair(difference)
                del found[difference]
                repaired += 1
            if not found:
                self._found.pop(part, None)
        return repaired

    async def _repair(self, difference: Difference) -> None:
        entry, repair = difference
        if repair is Repair.DROP:
            await self._live.drop_entries([entry])
        elif repair is Repair.END or not await self._name(entry):
            await self._departures.end_entries([entry], LeaveReason.LOST)
            repair = Repair.END
        self.repairs[repair.value,] += 1
        log.warning("entry.repaired", kind=repair.value, room=entry.room, user=entry.user, entry=entry.id)

    async def _name(self, entry: PresenceEntry) -> bool:
        """Put a member's presence entry back into the index, and end the entries that it replaces there.

        Returns False if its session is over.
        """
        heartbeat = Heartbeat(entry.user, entry.session, self._clock.now(), keepalive=False)
        presence_claim = PresenceClaim(heartbeat, entry.room, entry.id, entry.host)
        try:
            claimed = await self._live.claim_presence(presence_claim)
            if claimed.entry != entry.id:
                await self._live.drop_entries([entry._replace(id=claimed.entry)])
                claimed = await self._live.claim_presence(presence_claim)
        except TokenInvalid:
            return False
        if claimed.former:
            await self._departures.end_entries(claimed.former, LeaveReason.ELSEWHERE)
        return True
