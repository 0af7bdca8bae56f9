"""What a room conceals, and from whom.

A room with a password, a private room and an invitation room show their members to members alone. For those who may not
enter them, private rooms and invitation rooms do not exist; for whoever is banned from it, no room does.
"""

from datetime import datetime
from secrets import compare_digest
from typing import NamedTuple

from liveroom.domain.errors import NotInRoom, RoomConcealed, RoomForbidden
from liveroom.domain.moderation.room_access import RoomAccess
from liveroom.domain.rooms.options import Access, RoomOptions


class Onlooker(NamedTuple):
    """A viewer of a room, with what they are to it."""

    owner: bool = False
    holder: bool = False
    """The room's id is theirs."""
    member: bool = False
    appointed: bool = False
    invited: bool = False
    banned: bool = False


def onlooker_of(
    known: RoomAccess | None, now: datetime, *, owner: bool = False, holder: bool = False, member: bool = False
) -> Onlooker:
    """Return somebody with this access record in a room."""
    if known is None:
        return Onlooker(owner, holder, member)
    return Onlooker(owner, holder, member, known.role is not None, known.invited, known.is_banned(now))


def lets_in(options: RoomOptions, link: str, *, invited: bool) -> bool:
    """Say whether the room's access lets in somebody without any role in it. ``link``: the key that they have."""
    if invited or options.access is Access.PUBLIC:
        return True
    is_key = bool(options.link_key) and compare_digest(link.encode(), options.link_key.encode())
    return options.access is Access.PRIVATE and is_key


def check_known(options: RoomOptions, onlooker: Onlooker, link: str = "") -> None:
    """Raise ``RoomConcealed``, or ``RoomForbidden`` for a ban, when the room does not exist for them."""
    if onlooker.owner or onlooker.holder:
        return
    if onlooker.banned:
        raise RoomForbidden
    if not (onlooker.member or onlooker.appointed or lets_in(options, link, invited=onlooker.invited)):
        raise RoomConcealed


def check_visible(options: RoomOptions, onlooker: Onlooker) -> None:
    """Raise ``RoomConcealed``, or ``NotInRoom`` when they may not see who is in the room."""
    check_known(options, onlooker)
    if not (options.shows_members or onlooker.member or onlooker.owner):
        raise NotInRoom
