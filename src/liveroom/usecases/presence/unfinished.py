"""Presence entries whose end the live store has not confirmed: they are ended again until it does.

If an enter was answered with an outage, this process does not know how far it came. What it may have left behind is
removed as soon as the store answers.
"""

import asyncio
from collections.abc import Sequence
from typing import Final, NamedTuple

from liveroom.domain.errors import LiveUnavailable
from liveroom.domain.presence.members import LeaveReason, PresenceEntry
from liveroom.ports import Left, Live

MOST: Final = 65_536
"""How many entries wait; the cross-check takes care of any more."""
_AT_ONCE: Final = 200


class UnfinishedEnd(NamedTuple):
    """A presence entry to end. ``refused``: the enter did not happen, so the entry that it would have replaced
    stays."""

    entry: PresenceEntry
    reason: LeaveReason
    refused: bool = False


class Unfinished:
    """Ends of presence entries that wait for the live store."""

    def __init__(self, live: Live) -> None:
        self._live = live
        self._waiting: dict[UnfinishedEnd, None] = {}

    def add(self, *endings: UnfinishedEnd) -> None:
        """Let presence entries wait to be ended."""
        for ending in endings[: MOST - len(self._waiting)]:
            self._waiting[ending] = None

    async def end(self, ending: UnfinishedEnd) -> Left | None:
        """End a presence entry, first in its room, so that the index always names it; raises ``LiveUnavailable``."""
        entry = ending.entry
        left = await self._live.leave(entry.room, entry.user, entry.session, entry.id, ending.reason)
        if ending.refused:
            await self._live.give_back(entry)
        else:
            await self._live.drop_entries([entry])
        return left

    async def end_waiting(self) -> Sequence[Left]:
        """End what waits, as far as the store answers; return who was in a room until now."""
        now = list(self._waiting)[:_AT_ONCE]
        answers = await asyncio.gather(*map(self.end, now), return_exceptions=True)
        found: list[Left] = []
        for ending, answer in zip(now, answers, strict=True):
            del self._waiting[ending]
            if isinstance(answer, LiveUnavailable):
                self._waiting[ending] = None
            elif isinstance(answer, BaseException):
                raise answer
            elif answer is not None:
                found.append(answer)
        return found
