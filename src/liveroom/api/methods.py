"""All methods of this release: importing this module declares them."""

from liveroom.api import (
    admin_notices,
    admin_presence,
    admin_rooms,
    admin_tokens,
    admin_users,
    auth_users,
    code_login,
    likes,
    messages,
    moderation,
    oauth,
    presence,
    reports,
    room_metadata,
    room_options,
    room_schedules,
    rooms,
    rooms_roles,
    rtc,
    seats,
)
from liveroom.api.declare import METHODS

# isort: split
from liveroom.api import other  # the last: the reference lists methods as they are declared

__all__ = [
    "METHODS",
    "admin_notices",
    "admin_presence",
    "admin_rooms",
    "admin_tokens",
    "admin_users",
    "auth_users",
    "code_login",
    "likes",
    "messages",
    "moderation",
    "oauth",
    "other",
    "presence",
    "reports",
    "room_metadata",
    "room_options",
    "room_schedules",
    "rooms",
    "rooms_roles",
    "rtc",
    "seats",
]
