"""Messages in the operator's hand: reading those of any broadcast, saying something as the house, recalling."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import msgspec

from liveroom.domain.errors import MessageNotFound, RoomNotFound
from liveroom.domain.ids import BroadcastId, RoomId, TenantName, UserId
from liveroom.domain.messages.model import KEPT, Message, read_number, recalled
from liveroom.domain.operators.caller import Operator
from liveroom.domain.rooms.model import Room, present_room
from liveroom.domain.rooms.paging import cut
from liveroom.ports import Clock, Database, Live
from liveroom.ports.messages import TalkPage
from liveroom.usecases.messages.paging import filled
from liveroom.usecases.messages.sending import Messages

_ANYBODY: Final = UserId("")
"""Who reads here is no member."""


@dataclass(frozen=True, slots=True)
class HouseMessages:
    """What the operator does with messages. All raise ``RoomNotFound``."""

    db: Database
    live: Live
    clock: Clock
    messages: Messages
    house_name: str = ""

    async def page(
        self, tenant: TenantName, room_id: RoomId, broadcast: BroadcastId, *, before: int | None, limit: int
    ) -> tuple[Sequence[Message], str]:
        """Return messages of a broadcast ("": the current or last one), newest first: those below a number, and the
        next cursor. Recalled ones are among them.
        """
        room = await self._room(tenant, room_id)
        asked = broadcast or room.broadcast
        found = await self._newest(tenant, room, asked, before, limit + 1)
        return cut(found, limit, lambda message: message.id)

    async def following(
        self, tenant: TenantName, room_id: RoomId, broadcast: BroadcastId, *, after: int, limit: int
    ) -> tuple[Sequence[Message], str]:
        """Return messages of a broadcast above a number, oldest first, and the next cursor."""
        room = await self._room(tenant, room_id)
        asked = broadcast or room.broadcast
        recent, older = await self._live(tenant, room, asked, None, KEPT)
        stored: Sequence[Message] = ()
        if older is not None and not (recent and recent[-1].number <= after + 1):
            stored = await self.db.messages.following(older, after, limit + 1)
        known = {one.number: one for one in (*stored, *recent) if one.number > after and one.room == room.id}
        return cut([known[number] for number in sorted(known)][: limit + 1], limit, lambda message: message.id)

    async def say(self, operator: Operator, room_id: RoomId, text: str) -> Message:
        """Say something in a live room as the house: a notice, under the house's name.

        Raises ``RateLimited`` above the allowance of important messages.
        """
        data = msgspec.json.encode({"from": self.house_name}) if self.house_name else b""
        said = await self.messages.notice(operator.tenant.name, room_id, text, data)
        operator.change.note({}, {"messageId": said.id, "text": text})
        return said

    async def recall(self, operator: Operator, room_id: RoomId, id: str) -> None:
        """Recall a message of any broadcast, whoever said it, and unpin it; twice is once. Raises
        ``MessageNotFound``.
        """
        tenant = operator.tenant.name
        room = await self._room(tenant, room_id)
        message = await self.messages.find(tenant, room_id, read_number(id) or 0)
        is_recalled = message.recalled is not None
        operator.change.note({"recalled": is_recalled}, {"recalled": True})
        if is_recalled:
            return
        gone = recalled(message, UserId(""), self.clock.now())
        try:
            await self._recall_live(gone, room)
        except RoomNotFound:
            await self.db.messages.put([gone])
        await self.messages.board.drop(tenant, room_id, meant=lambda pinned: pinned.number == message.number)

    async def _recall_live(self, gone: Message, room: Room) -> None:
        """Recall a message of the running broadcast, and tell the room. Raises ``RoomNotFound`` for any other."""
        if gone.broadcast != room.broadcast:
            raise RoomNotFound
        await self.live.talk.recall(gone)
        await self.live.persist()

    async def _newest(
        self, tenant: TenantName, room: Room, broadcast: BroadcastId, before: int | None, limit: int
    ) -> Sequence[Message]:
        """Return the newest messages below a number, those that the live store has and then those of SQL."""
        page = await self._live(tenant, room, broadcast, before, limit)
        return [message for message in await filled(self.db, page, before, limit) if message.room == room.id]

    async def _live(
        self, tenant: TenantName, room: Room, broadcast: BroadcastId, before: int | None, limit: int
    ) -> TalkPage:
        """Return what of it the live store has."""
        if broadcast == room.broadcast:
            try:
                return await self.live.talk.page(room.id, tenant, _ANYBODY, before=before, limit=limit)
            except RoomNotFound:
                pass  # it is not live any more
        return TalkPage((), broadcast)

    async def _room(self, tenant: TenantName, id: RoomId) -> Room:
        return present_room(await self.db.rooms.get(id), tenant)


def check_number(id: str) -> int:
    """Return the number that a message's id is. Raises ``MessageNotFound``."""
    number = read_number(id)
    if number is None:
        raise MessageNotFound
    return number
