"""All methods of this release: importing this module declares them."""

from liveroom.api import auth_users, code_login, oauth, other, presence, rooms, rtc
from liveroom.api.declare import METHODS

__all__ = ["METHODS", "auth_users", "code_login", "oauth", "other", "presence", "rooms", "rtc"]
