"""All methods of this release: importing this module declares them."""

from liveroom.api.accounts import admin as admin_users
from liveroom.api.accounts import admin_tokens, auth_users, code_login, oauth
from liveroom.api.declare import METHODS
from liveroom.api.media import methods as rtc
from liveroom.api.messages import admin as admin_notices
from liveroom.api.messages import methods as messages
from liveroom.api.moderation import methods as moderation
from liveroom.api.moderation import reports
from liveroom.api.operators import console
from liveroom.api.presence import admin as admin_presence
from liveroom.api.presence import methods as presence
from liveroom.api.rooms import admin as admin_rooms
from liveroom.api.rooms import likes
from liveroom.api.rooms import metadata as room_metadata
from liveroom.api.rooms import methods as rooms
from liveroom.api.rooms import options as room_options
from liveroom.api.rooms import roles as rooms_roles
from liveroom.api.rooms import schedules as room_schedules
from liveroom.api.rooms import search as room_search
from liveroom.api.seats import methods as seats

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
    "console",
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
    "room_search",
    "rooms",
    "rooms_roles",
    "rtc",
    "seats",
]
