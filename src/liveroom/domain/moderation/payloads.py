"""A user's standing in a room, as the events of its channel say it."""

from datetime import datetime
from typing import Annotated

import msgspec

from liveroom.domain.moderation import room_access
from liveroom.domain.payloads import Payload, instant_text

_Given = Annotated[str, msgspec.Meta(extra_json_schema={"enum": ["", "moderator", "anchor"]})]


class Standing(Payload):
    """A user's standing in the room, whether or not they are in it."""

    user_id: str
    role: _Given
    """The role the owner has appointed them to; empty: none."""
    muted_until: str
    """Until when they are muted: UTC, as ``2026-11-25T10:00:00.123Z``; in 9999: permanently. Empty: not muted."""
    banned_until: str
    """Until when they are banned, likewise."""
    invited: bool
    """They are invited: they may enter an invitation-only room."""


def standing_now(access: room_access.RoomAccess, now: datetime) -> Standing:
    """Return an access record as it is now."""
    return Standing(
        user_id=access.user,
        role=access.role.value if access.role else "",
        muted_until=_end(access.muted_until if access.is_muted(now) else None),
        banned_until=_end(access.banned_until if access.is_banned(now) else None),
        invited=access.invited,
    )


def _end(until: datetime | None) -> str:
    return "" if until is None else instant_text(until)
