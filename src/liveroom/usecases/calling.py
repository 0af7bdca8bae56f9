"""Telling one user what concerns them alone: that they are invited, that they were removed.

It goes to the connections that they have now. What it is about is committed before; a user who misses it finds that
out by the next call, so that a failure to tell is logged and fails nothing.
"""

from dataclasses import dataclass
from typing import Final

import msgspec
import structlog

from liveroom.domain.errors import Unavailable
from liveroom.domain.events import Announcement, EventKind
from liveroom.domain.ids import RoomId, UserId, new_id
from liveroom.domain.payloads import Payload
from liveroom.domain.user_payloads import Removal
from liveroom.ports import Clock, UserMessages

log = structlog.get_logger("liveroom.calling")

_encode: Final = msgspec.json.Encoder().encode


@dataclass(frozen=True, slots=True)
class Calling:
    """Tells users."""

    user_messages: UserMessages
    clock: Clock

    async def tell_removed(
        self, user: UserId, room: RoomId, reason: str, *, text: str = "", until: str = "", by: UserId | None = None
    ) -> None:
        """Tell somebody that they were evicted of a room."""
        removal = Removal(room_id=room, reason=reason, text=text, until_utc=until)
        await self.tell(user, EventKind.REMOVED, removal, by=by)

    async def tell(self, user: UserId, kind: EventKind, data: Payload, *, by: UserId | None = None) -> None:
        """Send an event to a user's connections; ``data`` is its payload."""
        now = self.clock.now()
        try:
            await self.user_messages.announce(user, now, Announcement(new_id(now), kind, _encode(data), by))
        except Unavailable as failure:
            log.warning("user.not_told", kind=kind, user=user, cause=repr(failure.__cause__ or failure))
