"""Gathering evidence when a report is filed: the room, the user, and what was said around."""

from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from liveroom.domain.errors import LiveUnavailable, NotInRoom, RoomNotFound
from liveroom.domain.ids import BroadcastId, RoomId, TenantName, UserId
from liveroom.domain.messages.model import Message
from liveroom.domain.moderation.evidence import BEFORE, BEHIND, NEWEST, Evidence, evidence_of
from liveroom.domain.rooms.model import Room, RoomStatus
from liveroom.ports import Database, Live
from liveroom.ports.messages import TalkPage
from liveroom.usecases.messages.paging import filled

_LOOKED_THROUGH: Final = 50
"""Newest messages among which those behind the reported one are looked for."""

FindMessage = Callable[[TenantName, RoomId, int], Awaitable[Message]]
"""Returns a message of a room, or raises ``MessageNotFound``."""


@dataclass(frozen=True, slots=True)
class EvidenceGatherer:
    """Gathers it."""

    db: Database
    live: Live
    find: FindMessage

    async def gather(self, reporter: UserId, room: Room | None, target: UserId, said: Message | None) -> Evidence:
        """Return what a report is about, as it is now; ``said``: the reported message."""
        user = await self.db.users.get(target) if target else None
        if room is None:
            return evidence_of(None, user, (), 0)
        if said is None:
            newest = await self._page(room, room.broadcast, reporter, None, NEWEST)
            return evidence_of(room, user, newest, 0)
        return evidence_of(room, user, await self._around(room, reporter, said), said.number)

    async def _around(self, room: Room, reporter: UserId, said: Message) -> Sequence[Message]:
        broadcast, number = said.broadcast, said.number
        found = [*await self._page(room, broadcast, reporter, number, BEFORE), said]
        newest = sorted(await self._page(room, broadcast, reporter, None, _LOOKED_THROUGH), key=lambda one: one.number)
        if newest and (newest[0].number <= number or len(newest) < _LOOKED_THROUGH):
            found += [message for message in newest if message.number > number][:BEHIND]
        return found

    async def _page(
        self, room: Room, broadcast: BroadcastId, reporter: UserId, before: int | None, limit: int
    ) -> Sequence[Message]:
        """Return the newest messages below a number: what the live store has for a member, and SQL else."""
        page = TalkPage((), broadcast)
        if broadcast == room.broadcast and room.state is RoomStatus.LIVE:
            with suppress(RoomNotFound, NotInRoom, LiveUnavailable):
                page = await self.live.talk.page(room.id, room.tenant, reporter, before=before, limit=limit)
        return await filled(self.db, page, before, limit)
