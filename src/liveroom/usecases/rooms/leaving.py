"""Leaving a room, and every other way in which presence entries end: expiry, a kick, entering elsewhere."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from liveroom import faults
from liveroom.domain.accounts.sessions import Actor
from liveroom.domain.errors import BadRequest, LiveUnavailable, Refused
from liveroom.domain.ids import RoomId, UserId
from liveroom.domain.presence.members import LeaveReason, PresenceEntry
from liveroom.ports import Left, Live
from liveroom.usecases.media.permissions import PublishPermissions
from liveroom.usecases.presence.evictions import evict
from liveroom.usecases.presence.unfinished import Unfinished, UnfinishedEnd
from liveroom.usecases.rooms.listings import Listings


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
        faults.point("sweep.left")
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
        taking_back = UnfinishedEnd(entry, LeaveReason.LEFT, refused=True)
        try:
            if fresh and refused:
                await self.live.give_back(entry)
            elif fresh:
                await self.unfinished.end(taking_back)
            elif refused:
                await self.live.drop_entries([entry])
        except (LiveUnavailable, asyncio.CancelledError):
            if fresh:
                self.unfinished.add(taking_back)

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
