"""Leaving a room, and every other way in which presence entries end: expiry, an eviction, entering elsewhere.

Ends that the live store did not confirm are asked for again until it does. Of an enter that was answered with an outage
this process does not know how far it came; what it may have left behind is taken away as soon as the store answers.
"""

import asyncio
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final, NamedTuple

from liveroom import faults
from liveroom.domain.accounts.sessions import Actor
from liveroom.domain.errors import BadRequest, LiveUnavailable, Refused
from liveroom.domain.ids import EntryId, RoomId, SessionId, UserId
from liveroom.domain.presence.members import LeaveReason, PresenceEntry
from liveroom.ports import Left, Live
from liveroom.usecases.media.participants import PublishPermissions
from liveroom.usecases.presence.media_check import MediaCheck
from liveroom.usecases.rooms.listings import Listings

EXPIRY_GAP: Final = timedelta(seconds=30)
"""With a run every second: a bucket without expiry for longer had an outage."""
TICK_GAP: Final = timedelta(seconds=150)
"""With a timer every minute."""
_BATCH: Final = 1000
_UNFINISHED_MAX: Final = 65_536
"""Entries that wait to be ended; of more, what compares members with the index takes care."""
_UNFINISHED_AT_ONCE: Final = 200


class UnfinishedEnd(NamedTuple):
    """A presence entry to end. ``refused``: its enter never was, and what it replaced is as before."""

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
        for ending in endings[: _UNFINISHED_MAX - len(self._waiting)]:
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

    async def end_if_waiting(self, ending: UnfinishedEnd) -> bool:
        """End a presence entry now if it waits for that; say whether it did. Raises ``LiveUnavailable``."""
        is_waiting = ending in self._waiting
        if is_waiting:
            await self.end_now(ending)
        return is_waiting

    async def end_now(self, ending: UnfinishedEnd) -> None:
        """End a presence entry, which waits for that until it is done; raises ``LiveUnavailable``."""
        self.add(ending)
        await self.end(ending)
        self._waiting.pop(ending, None)

    async def end_waiting(self) -> Sequence[Left]:
        """End what waits, as far as the store answers; return who was in a room until now."""
        now = list(self._waiting)[:_UNFINISHED_AT_ONCE]
        answers = await asyncio.gather(*map(self.end, now), return_exceptions=True)
        found: list[Left] = []
        for ending, answer in zip(now, answers, strict=True):
            self._waiting.pop(ending, None)
            if isinstance(answer, LiveUnavailable):
                self._waiting[ending] = None
            elif isinstance(answer, BaseException):
                raise answer
            elif answer is not None:
                found.append(answer)
        return found


@dataclass(frozen=True, slots=True)
class Departures:
    """Takes people out of rooms."""

    live: Live
    listings: Listings
    unfinished: Unfinished
    publish_permissions: PublishPermissions

    async def leave(self, actor: Actor, room_id: RoomId) -> None:
        """End the session's presence entry in the room; where it has none, nothing changes."""
        left = await self.live.leave(room_id, actor.user, actor.session, None, LeaveReason.LEFT)
        if left is None:
            return
        faults.point("leave.left")
        try:
            await self.live.drop_entries([left.entry])
        except LiveUnavailable:
            self.live.drop_later([left.entry])
            raise
        await self._unseat([left])
        await self.listings.update([(left.room, left.hidden)])
        await self.live.persist()

    async def kick(self, room_id: RoomId, user: UserId) -> bool:
        """End all that a user has in the room; say False when they are not in it. They may enter it again."""
        return await evict(self.live, self.listings, room_id, user)

    async def end_entries(self, entries: Sequence[PresenceEntry], reason: LeaveReason) -> None:
        """Take presence entries out of their rooms, then out of the index; a presence entry that is no longer held
        changes nothing.
        """
        ended = await self._leave_all(entries, reason)
        await self._unseat(ended)
        faults.point("expiry.left")
        await self.live.drop_entries(entries)
        await self.listings.update([(left.room, left.hidden) for left in ended if left is not None])

    async def end_deserted(self, entries: Sequence[PresenceEntry]) -> None:
        """End presence entries of members who are gone; who has entered or subscribed since that was found stays.

        What the store does not answer is found again 30 s later.
        """
        leaving = [
            self.live.leave(entry.room, entry.user, entry.session, entry.id, LeaveReason.LOST, if_deserted=True)
            for entry in entries
        ]
        ended = [left for left in await asyncio.gather(*leaving) if left is not None]
        await self._unseat(ended)
        await self.live.drop_entries([left.entry for left in ended])
        await self.listings.update([(left.room, left.hidden) for left in ended])

    async def end_unfinished(self) -> int:
        """End presence entries whose end the store has not confirmed; return how many of them were held."""
        ended = await self.unfinished.end_waiting()
        await self._unseat(ended)
        await self.listings.update([(left.room, left.hidden) for left in ended])
        return len(ended)

    async def leave_former(self, former: Sequence[PresenceEntry]) -> Sequence[Left]:
        """End presence entries elsewhere. One that is not held (yet: its enter may be under way) is left to the expiry.

        The index forgets them with the next batch: they are marked as former ones there.
        """
        left = [one for one in await self._leave_all(former, LeaveReason.ELSEWHERE) if one is not None]
        await self._unseat(left)
        self.live.drop_later([one.entry for one in left])
        faults.point("enter.former_left")
        return left

    async def take_back(self, entry: PresenceEntry, failure: BaseException, *, fresh: bool) -> None:
        """Forget the presence entry of an enter that failed, so that no member is left whom the index does not name.

        Refused: it is not held. Broken off: it may be, and is left first, as soon as the store answers; one that was
        there before stays.
        """
        refused = isinstance(failure, Refused | BadRequest)
        taking_back = _taking_back(entry)
        try:
            if fresh and refused:
                await self.live.give_back(entry)
            elif fresh:
                await self.unfinished.end_now(taking_back)
            elif refused:
                await self.live.drop_entries([entry])
        except (LiveUnavailable, asyncio.CancelledError):
            if fresh:
                self.unfinished.add(taking_back)

    async def have_taken_back(self, entry: PresenceEntry) -> bool:
        """Take back now what an earlier enter of the session left behind; say whether that was still to be done.

        Whoever enters again is given the same presence entry, which would end behind them.
        """
        return await self.unfinished.end_if_waiting(_taking_back(entry))

    async def _unseat(self, ended: Sequence[Left | None]) -> None:
        """Have media providers told of those who have left a seat with the room."""
        for one in ended:
            if one is not None and one.seated:
                await self.publish_permissions.changed(one.room.tenant, one.room.id, one.entry.user)

    async def _leave_all(self, entries: Sequence[PresenceEntry], reason: LeaveReason) -> Sequence[Left | None]:
        """End presence entries in their rooms; where the store breaks off they are ended when it answers again."""
        leaving = [self.live.leave(entry.room, entry.user, entry.session, entry.id, reason) for entry in entries]
        try:
            return [await leaving[0]] if len(leaving) == 1 else await asyncio.gather(*leaving)
        except (LiveUnavailable, asyncio.CancelledError):
            self.unfinished.add(*(UnfinishedEnd(entry, reason) for entry in entries))
            raise


def _taking_back(entry: PresenceEntry) -> UnfinishedEnd:
    return UnfinishedEnd(entry, LeaveReason.LEFT, refused=True)


@dataclass(frozen=True, slots=True)
class Expiry:
    """Ends presence entries whose lease is over, or whose socket or media is gone."""

    live: Live
    departures: Departures
    media: MediaCheck

    async def end_expired(self, gap: timedelta = EXPIRY_GAP) -> int:
        """End presence entries that nothing vouches for any more, and those whose end an outage broke off; return how
        many.
        """
        ended = await self.departures.end_unfinished()
        expired = await self.live.expired(_BATCH, gap=gap)
        ended += await self._end(expired.over)
        if expired.unseen:
            ended += await self._end(await self._without_media(expired.unseen))
        return ended

    async def _end(self, entries: Sequence[PresenceEntry]) -> int:
        if entries:
            await self.departures.end_entries(entries, LeaveReason.LOST)
        return len(entries)

    async def _without_media(self, entries: Sequence[PresenceEntry]) -> Sequence[PresenceEntry]:
        """Return those whose users are not in their room's media either; the others stay, also where the provider does
        not answer.
        """
        answer = await self.media.look(entries)
        stay = (*answer.there, *answer.unknown)
        if stay:
            await self.live.outside.spare(stay)
        return _without(entries, stay)

    async def end_deserted(self) -> int:
        """End presence entries of members who listened to their room and do not any more; return how many.

        Whom an outside service sees in the room stays as long as it does. If the media provider does not answer, what
        its reports have said counts.
        """
        entries = await self.live.channels.deserted(_BATCH)
        if not entries:
            return 0
        over = _without(entries, await self.live.outside.seen(entries))
        if over:
            over = _without(over, (await self.media.look(over)).there)
        if over:
            await self.departures.end_deserted(over)
        return len(over)


def _without(entries: Sequence[PresenceEntry], others: Collection[PresenceEntry]) -> Sequence[PresenceEntry]:
    others = frozenset(others)
    return [entry for entry in entries if entry not in others]


async def evict(live: Live, listings: Listings, room_id: RoomId, user: UserId) -> bool:
    """End all that a user has in the room; say False when they are not in it.

    One presence entry after the other: whoever is entering meanwhile by another session keeps the presence entry that
    the index has.
    """
    held = [entry for entry in await live.entries(user) if entry.room == room_id]
    ends: list[tuple[SessionId | None, EntryId | None]] = [(entry.session, entry.id) for entry in held]
    found = [await live.leave(room_id, user, *end, LeaveReason.KICKED) for end in [*ends, (None, None)]]
    left = [one for one in found if one is not None]
    if not left:
        return False
    faults.point("leave.left")
    await live.drop_entries([one.entry for one in left])
    await listings.update([(left[-1].room, any(one.hidden for one in left))])
    await live.persist()
    return True
