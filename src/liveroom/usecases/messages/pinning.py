"""The pinned message of a room: one that everybody in it sees above all others, until it is unpinned or recalled.

It is an option of the room, stored and published with the others: so it lasts as long as the broadcast, and no longer.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

from liveroom.domain.accounts.sessions import Actor
from liveroom.domain.errors import BadRequest, MessageNotFound, RoomNotFound
from liveroom.domain.ids import BroadcastId, RoomId, TenantName
from liveroom.domain.messages.model import Message, read_number
from liveroom.domain.rooms.model import Room, RoomStatus
from liveroom.domain.rooms.options import PinnedMessage, RoomOptions
from liveroom.domain.rooms.permissions import Right
from liveroom.ports import Live, Tx
from liveroom.usecases.events.relay import OutboxRelay
from liveroom.usecases.moderation.evidence import FindMessage
from liveroom.usecases.moderation.room_access import AccessChanges
from liveroom.usecases.rooms.broadcasts import Broadcasts
from liveroom.usecases.rooms.ranks import Judge, Ranked, Ranks, judge

PIN: Final = "base/v1/messages/pin"
UNPIN: Final = "base/v1/messages/unpin"


@dataclass(frozen=True, slots=True)
class PinBoard:
    """Writes which message is pinned."""

    live: Live
    broadcasts: Broadcasts
    relay: OutboxRelay

    async def put(
        self, tenant: TenantName, room_id: RoomId, change: Callable[[RoomOptions], RoomOptions], may: Judge
    ) -> RoomOptions:
        """Change what is pinned in a live room; return its options then. Raises ``RoomNotFound``, as ``may`` does."""
        committed = await self.broadcasts.change_options(tenant, room_id, change, may)
        if await self.relay.bring_up(committed.room, committed.row) is None:
            raise RoomNotFound
        return committed.room.options

    async def drop(self, tenant: TenantName, room_id: RoomId, *, meant: Callable[[PinnedMessage], bool]) -> None:
        """Unpin the message of a room if it is meant; in a room that is not live nothing is pinned."""
        room = await self.live.room(room_id)
        pinned = None if room is None or room.tenant != tenant else room.options.pinned
        if room is None or pinned is None or not meant(pinned):
            return

        def change(options: RoomOptions) -> RoomOptions:
            return replace(options, pinned=None) if options.pinned == pinned else options

        try:
            await self.put(tenant, room_id, change, _in_broadcast(room.broadcast))
        except RoomNotFound:
            return  # it has closed


@dataclass(frozen=True, slots=True)
class PinnedMessages:
    """Pins and unpins for those who may."""

    ranks: Ranks
    access_changes: AccessChanges
    board: PinBoard
    find: FindMessage

    async def pin(self, actor: Actor, room_id: RoomId, id: str) -> PinnedMessage:
        """Pin a message of the running broadcast in place of any other; pinning it again changes nothing.

        Raises ``RoomNotFound``, ``PermissionDenied``, ``RateLimited``, ``MessageNotFound``; ``BadRequest`` for a
        message without a text.
        """
        await self.access_changes.count(actor)
        ranked = await self.ranks.check(actor, room_id, Right.PIN)
        message = await self._message(actor, ranked, id)
        if not message.text:
            raise BadRequest("messageId: only a message with a text can be pinned")
        pinned = PinnedMessage(message.number, message.user, message.name, message.text, actor.user)

        def change(options: RoomOptions) -> RoomOptions:
            is_pinned = options.pinned is not None and options.pinned.number == pinned.number
            return options if is_pinned else replace(options, pinned=pinned)

        options = await self.board.put(actor.tenant.name, room_id, change, self._judge(actor, ranked, PIN))
        await self._check_still_said(actor, message)
        return options.pinned or pinned

    async def unpin(self, actor: Actor, room_id: RoomId) -> None:
        """Unpin whatever is pinned; nothing pinned is fine. Raises as ``pin``."""
        await self.access_changes.count(actor)
        ranked = await self.ranks.check(actor, room_id, Right.PIN)
        may = self._judge(actor, ranked, UNPIN)
        await self.board.put(actor.tenant.name, room_id, lambda options: replace(options, pinned=None), may)

    async def _message(self, actor: Actor, ranked: Ranked, id: str) -> Message:
        """Return a message of the running broadcast that is not recalled. Raises ``MessageNotFound``."""
        message = await self.find(actor.tenant.name, ranked.room.id, read_number(id) or 0)
        if message.broadcast != ranked.room.broadcast or message.recalled is not None:
            raise MessageNotFound
        return message

    async def _check_still_said(self, actor: Actor, message: Message) -> None:
        """Unpin the message if it was recalled while it was pinned: whoever recalled it did not see that."""
        now = await self.find(actor.tenant.name, message.room, message.number)
        if now.recalled is None:
            return
        await self.board.drop(actor.tenant.name, message.room, meant=lambda one: one.number == message.number)
        raise MessageNotFound

    def _judge(self, actor: Actor, ranked: Ranked, path: str) -> Judge:
        may = judge(self.access_changes.trail, actor, path, Right.PIN, ranked)
        is_running = _in_broadcast(ranked.room.broadcast)

        async def check(tx: Tx, room: Room) -> None:
            await is_running(tx, room)
            await may(tx, room)

        return check


def _in_broadcast(broadcast: BroadcastId) -> Judge:
    """Return what lets only a room be changed in which this broadcast runs. Raises ``RoomNotFound``."""

    async def check(_: Tx, room: Room) -> None:
        if room.state is not RoomStatus.LIVE or room.broadcast != broadcast:
            raise RoomNotFound

    return check
