"""Access records: what somebody is to a room whether they are in it or not: appointed, invited, muted, banned.

They are of the room, not of a broadcast: whoever is banned for ever is banned from the next one too.
"""

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Final

from liveroom.domain.ids import RoomId, TenantName, UserId
from liveroom.domain.moments import moment
from liveroom.domain.payloads import wire_time
from liveroom.domain.presence.members import Role

FOREVER: Final = datetime.max.replace(tzinfo=UTC)
ROOM_ACCESS_MAX: Final = 10_000
"""People with an access record in one room: bans and mutes that are over do not count."""
APPOINTED_MAX: Final = 100
"""Moderators and anchors of one room."""
REASON_MAX: Final = 200
APPOINTABLE: Final = frozenset({Role.MODERATOR, Role.ANCHOR})


@dataclass(frozen=True, slots=True)
class RoomAccess:
    """Somebody's access record in a room. ``rev`` grows with every committed change of it."""

    room: RoomId
    user: UserId
    tenant: TenantName
    role: Role | None = None
    """To what the owner has appointed them: one of ``APPOINTABLE``."""
    banned_until: datetime | None = None
    ban_reason: str = ""
    muted_until: datetime | None = None
    mute_reason: str = ""
    invited: bool = False
    updated_by: UserId = UserId("")
    updated: datetime = FOREVER
    rev: int = 0

    def is_banned(self, now: datetime) -> bool:
        """Say whether they may not come in."""
        return self.banned_until is not None and self.banned_until > now

    def is_muted(self, now: datetime) -> bool:
        """Say whether they may not write."""
        return self.muted_until is not None and self.muted_until > now

    def appointed(self, role: Role | None) -> "RoomAccess":
        """Return it with another appointment, or with none; whoever is appointed is neither banned nor muted."""
        if role is None:
            return replace(self, role=None)
        return replace(self, role=role, banned_until=None, ban_reason="", muted_until=None, mute_reason="")

    def banned(self, until: datetime | None, reason: str = "") -> "RoomAccess":
        """Return it with a ban, which takes appointment and invitation away; None ends one."""
        if until is None:
            return replace(self, banned_until=None, ban_reason="")
        return replace(self, role=None, invited=False, banned_until=until, ban_reason=reason)

    def muted(self, until: datetime | None, reason: str = "") -> "RoomAccess":
        """Return it with a mute; None ends one."""
        return replace(self, muted_until=until, mute_reason=reason if until is not None else "")

    def written_by(self, by: UserId, now: datetime) -> "RoomAccess":
        """Return the next version to store; its ``rev`` is at least the time, so that none is used twice."""
        return replace(self, updated_by=by, updated=now, rev=max(self.rev + 1, moment(now)))


def utc_text(until: datetime | None) -> str:
    """Return until when something holds, as answers say it: UTC, "" for ever."""
    return "" if until is None or until >= FOREVER else wire_time(until)
