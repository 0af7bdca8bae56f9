"""Notifying a room or a user of what is no change of state: notices, modules' events, removals, invitations.

What concerns one user goes to the connections that they have now. It is committed before, and a user who misses the
message finds out with the next call: so a failure to send is logged and fails nothing.
"""

from collections.abc import Container
from dataclasses import dataclass
from typing import Any, Final

import msgspec
import structlog

from liveroom.domain.accounts.users import present
from liveroom.domain.errors import BadRequest, Unavailable
from liveroom.domain.events.model import ANNOUNCED_MAX, NOTICES, Announcement, EventKind, is_announced_kind
from liveroom.domain.events.user_payloads import Removal
from liveroom.domain.ids import RoomId, TenantName, UserId, new_id
from liveroom.domain.payloads import Payload
from liveroom.ports import Clock, Database, Live, UserMessages

log = structlog.get_logger("liveroom.calling")

_encode: Final = msgspec.json.Encoder().encode


@dataclass(frozen=True, slots=True)
class UserNotifier:
    """Sends events to users."""

    user_messages: UserMessages
    clock: Clock

    async def notify_removed(
        self, user: UserId, room: RoomId, reason: str, *, text: str = "", until: str = "", by: UserId | None = None
    ) -> None:
        """Notify a user that they were evicted from a room."""
        removal = Removal(room_id=room, reason=reason, text=text, until_utc=until)
        await self.notify(user, EventKind.REMOVED, removal, by=by)

    async def notify(self, user: UserId, kind: EventKind, data: Payload, *, by: UserId | None = None) -> None:
        """Send an event to a user's connections; ``data`` is its payload."""
        now = self.clock.now()
        try:
            await self.user_messages.announce(user, now, Announcement(new_id(now), kind, _encode(data), by))
        except Unavailable as failure:
            log.warning("user.not_notified", kind=kind, user=user, cause=repr(failure.__cause__ or failure))


@dataclass(frozen=True, slots=True)
class Announcements:
    """What is announced. ``data`` is anything that JSON can say, of at most 8 KB; more raises ``BadRequest``.

    Raises ``ValueError`` for a kind that nobody has declared: that is a mistake of the caller's code.
    """

    db: Database
    live: Live
    clock: Clock
    user_messages: UserMessages
    kinds: Container[str] = NOTICES
    """Which may be announced: notices, and what modules have declared."""

    async def to_room(
        self, tenant: TenantName, room: RoomId, kind: str, data: Any, *, by: UserId | None = None, paced: bool = False
    ) -> None:
        """Publish an event to a live room's subscribers, in order; a short disconnect does not lose it.

        It leaves at once. If ``paced``, it leaves together with others, at most five times a second, and is left out if
        more than 500 come in that time. ``by``: the user whose call it was. Raises ``RoomNotFound``,
        ``LiveUnavailable``.
        """
        await self.live.channels.announce(room, tenant, self._announcement(kind, data, by, paced=paced))

    async def to_user(
        self, tenant: TenantName, user: UserId, kind: str, data: Any, *, by: UserId | None = None
    ) -> None:
        """Send an event to a user's current connections, on the user's own channel; without a connection they miss it.

        Raises ``UserNotFound`` for a user whom the tenant does not have, ``Unavailable``.
        """
        announcement = self._announcement(kind, data, by)
        present(await self.db.users.get(user), tenant)
        await self.user_messages.announce(user, self.clock.now(), announcement)

    def _announcement(self, kind: str, data: Any, by: UserId | None, *, paced: bool = False) -> Announcement:
        if kind not in self.kinds or not is_announced_kind(kind):
            raise ValueError(f"events of the kind {kind!r} are declared nowhere")
        ready = _encode(data)
        if len(ready) > ANNOUNCED_MAX:
            raise BadRequest(f"data: at most {ANNOUNCED_MAX} bytes as JSON")
        return Announcement(new_id(self.clock.now()), kind, ready, by, paced)
