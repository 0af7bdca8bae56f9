"""``rooms/*`` about who comes in: a room's options, and invitations to it."""

from datetime import timedelta
from typing import Annotated, Final

from liveroom.api.codes import Code
from liveroom.api.declare import Need, method
from liveroom.api.parameters import Id, Text, Whole
from liveroom.api.rooms.methods import OneRoom
from liveroom.api.rooms.option_shapes import OptionsWithLink, options_with_link
from liveroom.domain.accounts.sessions import Actor
from liveroom.domain.errors import BadRequest
from liveroom.domain.ids import RoomId, UserId
from liveroom.domain.rooms.options import LASTS_MAX, PASSWORD_MAX, SLOW_MAX, Access, OptionChanges
from liveroom.domain.rooms.permissions import Right
from liveroom.usecases.rooms.options import Invitations, RoomOptionChanges

SECOND: Final = timedelta(seconds=1)
MINUTE: Final = timedelta(minutes=1)
AccessName = Annotated[str, Text(16)]
Password = Annotated[str, Text(PASSWORD_MAX, keep=True)]
Minutes = Annotated[int, Whole(0, LASTS_MAX // MINUTE)]


@method(
    "base/v1/rooms/options",
    bad_request=Code.RoomQueryParams,
    reply=OptionsWithLink,
    codes=(
        Code.RoomNotExists,
        Code.PermissionDenied,
        Code.NotInRoom,
    ),
)
async def options(call: OneRoom, actor: Actor, options: RoomOptionChanges) -> OptionsWithLink:
    """Return a room's options; for its members, owner and admins (else 3007). Reserved rooms have them too.

    ``linkKey`` is for the owner, moderators, appointed anchors and admins.
    """
    return options_with_link(await options.get(actor, RoomId(call.room_id)))


class SetOptions(OneRoom):
    """Absent fields stay as they are. ``access``: ``public``, ``private`` or ``invited``; ``password``: "" removes it.

    ``newLink``: the private room's old link stops working. ``slowMode``: in seconds, 0 for none. ``minutes``: from now,
    or in a scheduled room from its opening; 0: no end. ``gifts``: whether gifts may be sent.
    ``openBattles``: whether connected rooms may begin a battle without asking.
    ``followersChat``: only followers of the owner can write. ``followersSeats``: only they can take or apply for seats.
    ``recorded``: whether every broadcast that opens from now on is recorded.
    ``liveCover``: whether lists show frames of the stream as the room's picture, every 30 seconds another.
    """

    access: AccessName | None = None
    password: Password | None = None
    new_link: bool = False
    slow_mode: Annotated[int, Whole(0, SLOW_MAX // SECOND)] | None = None
    muted: bool | None = None
    minutes: Minutes | None = None
    gifts: bool | None = None
    open_battles: bool | None = None
    followers_chat: bool | None = None
    followers_seats: bool | None = None
    recorded: bool | None = None
    live_cover: bool | None = None


@method(
    "base/v1/rooms/set_options",
    bad_request=Code.RoomCreateParams,
    right=Right.ARRANGE,
    sometimes=(Need(Right.CONFIGURE, "access, password, link, minutes, gifts, battles, recorded and live cover"),),
    reply=OptionsWithLink,
    codes=(
        Code.RoomNotExists,
        Code.PermissionDenied,
        Code.RateLimited,
    ),
)
async def set_options(call: SetOptions, actor: Actor, options: RoomOptionChanges) -> OptionsWithLink:
    """Set options of a live or reserved room, and return all of them.

    The owner and admins may set access, password, link, minutes, gifts, battles, recorded and live cover;
    moderators only the others (else 3000).
    """
    changes = OptionChanges(
        access=read_access(call.access),
        slow=None if call.slow_mode is None else call.slow_mode * SECOND,
        muted=call.muted,
        lasts=None if call.minutes is None else call.minutes * MINUTE,
        new_link=call.new_link,
        gifts=call.gifts,
        open_battles=call.open_battles,
        followers_chat=call.followers_chat,
        followers_seats=call.followers_seats,
        recorded=call.recorded,
        live_cover=call.live_cover,
    )
    return options_with_link(await options.set(actor, RoomId(call.room_id), changes, password=call.password))


class InviteUser(OneRoom):
    """``targetId``: the user."""

    target_id: Id


@method(
    "base/v1/rooms/invite",
    bad_request=Code.RoomQueryParams,
    right=Right.INVITE,
    codes=(
        Code.RoomNotExists,
        Code.PermissionDenied,
        Code.UserNotExists,
        Code.RateLimited,
        Code.QuotaExceeded,
    ),
)
async def invite(call: InviteUser, actor: Actor, invitations: Invitations) -> None:
    """Invite a user to an invitation-only room, and notify them (``user.invited``); works in reserved rooms too.

    Hosts, moderators and admins only (3000). A user banned from the room: 3000.
    """
    await invitations.invite(actor, RoomId(call.room_id), UserId(call.target_id))


@method(
    "base/v1/rooms/uninvite",
    bad_request=Code.RoomQueryParams,
    right=Right.INVITE,
    codes=(
        Code.RoomNotExists,
        Code.PermissionDenied,
        Code.UserNotExists,
        Code.RateLimited,
    ),
)
async def uninvite(call: InviteUser, actor: Actor, invitations: Invitations) -> None:
    """Withdraw an invitation; a user who is in the room stays. Not invited: 0."""
    await invitations.uninvite(actor, RoomId(call.room_id), UserId(call.target_id))


def read_access(text: str | None) -> Access | None:
    """Return the access of that name. Raises ``BadRequest`` for a name that is none."""
    if text is None:
        return None
    try:
        return Access(text)
    except ValueError:
        raise BadRequest("access: must be public, private or invited") from None
