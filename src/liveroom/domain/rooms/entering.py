"""Who may enter a room, and what a member becomes who enters once more.

The script that lets people in has its own form of this (``lua/admit.lua``); a test compares the two.
"""

from datetime import datetime
from typing import Final, NamedTuple

from liveroom.domain.errors import PasswordWrong, RoomBanned, RoomConcealed
from liveroom.domain.moderation.room_access import RoomAccess
from liveroom.domain.presence.members import Role
from liveroom.domain.privacy.visibility import lets_in
from liveroom.domain.rooms.options import RoomOptions

_RANK: Final = {Role.AUDIENCE: 0, Role.ANCHOR: 1, Role.OWNER: 2}


class Entrant(NamedTuple):
    """Somebody who wants to enter: what they are to the room, and what they have brought."""

    owns: bool = False
    """They own the broadcast or hold the room's id."""
    member: bool = False
    """They are in the room already."""
    admin: bool = False
    link: str = ""
    """The key of the link by which they come."""
    blocked: bool = False
    """The room's owner has blocked them."""
    passwords: str = ""
    """Digests of the password that they gave, under every secret that counts."""


def check_barriers(options: RoomOptions, access: RoomAccess | None, entrant: Entrant, now: datetime) -> None:
    """Raise ``RoomBanned``, ``RoomConcealed`` or ``PasswordWrong`` for who may not come in."""
    if entrant.owns:
        return
    if (access is not None and access.is_banned(now)) or (entrant.blocked and not entrant.admin):
        raise RoomBanned
    if entrant.member or entrant.admin or (access is not None and access.role is not None):
        return
    if not lets_in(options, entrant.link, invited=access is not None and access.invited):
        raise RoomConcealed
    if options.password and options.password not in entrant.passwords:
        raise PasswordWrong


def is_full(capacity: int, members: int, *, owns: bool) -> bool:
    """Say whether a room with so many members takes no more (0: it takes any number); for who owns it there is room."""
    return 0 < capacity <= members and not owns


def takes_role(role: Role, granted: Role, *, entered: bool) -> bool:
    """Say whether a member who wants a role is given the granted one instead of theirs.

    The session that has ``entered`` may change it; another may only raise it.
    """
    return entered or _RANK[granted] > _RANK[role]
