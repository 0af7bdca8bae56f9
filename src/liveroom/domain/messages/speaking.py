"""Who may say something in a room now, and how long they have to wait in between.

The script that says a message has its own form of this (``lua/say.lua``).
"""

from datetime import datetime, timedelta
from typing import Final

from liveroom.domain.errors import NotInRoom, PermissionDenied, RoomMuted
from liveroom.domain.follows.failures import FollowersOnly
from liveroom.domain.ids import UserId
from liveroom.domain.messages.model import Priority, muted_until
from liveroom.domain.moderation.room_access import RoomAccess
from liveroom.domain.rooms.options import RoomOptions
from liveroom.domain.rooms.permissions import Rank, Right, may

_AT_ONCE: Final = timedelta(0)


def time_between(
    options: RoomOptions, access: RoomAccess | None, rank: Rank, priority: Priority, now: datetime, *, owns: bool
) -> timedelta:
    """Return how much time a member of this rank has to leave between two messages.

    Raises ``PermissionDenied``, ``NotInRoom``, ``UserMuted`` or ``RoomMuted`` for who may not write now.
    """
    speaks_up = may(rank, Right.SPEAK_UP)
    if priority is Priority.HIGH and not speaks_up:
        raise PermissionDenied
    if access is not None and access.is_banned(now) and not owns:
        raise NotInRoom  # about to be evicted
    if access is not None and access.muted_until is not None and access.is_muted(now):
        raise muted_until(access.muted_until)
    if speaks_up:
        return _AT_ONCE
    if options.muted:
        raise RoomMuted
    return options.slow


def check_follows(options: RoomOptions, rank: Rank, owner: UserId, follows: UserId, *, seated: bool) -> None:
    """Raise ``FollowersOnly`` where only the owner's followers write, and the member is none.

    ``follows``: of which owner they are known to be a follower ("": of none).
    """
    if options.followers_chat and not seated and follows != owner and not may(rank, Right.SPEAK_UP):
        raise FollowersOnly().of(owner)
