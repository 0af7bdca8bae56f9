"""All methods of this release: importing this module declares them."""

from liveroom.api import (
    admin_notices,
    admin_presence,
    admin_rooms,
    admin_tokens,
    admin_users,
    auth_users,
    code_login,
    oauth,
    other,
    presence,
    rooms,
    rtc,
)
from liveroom.api.declare import METHODS

__all__ = [
    "METHODS",
    "admin_notices",
    "admin_presence",
    "admin_rooms",
    "admin_tokens",
    "admin_users",
    "auth_users",
    "code_login",
    "oauth",
    "other",
    "presence",
    "rooms",
    "rtc",
]
