"""``rooms/*`` about roles: the owner appoints moderators and anchors, and passes the room on."""

from typing import Annotated

import msgspec

from liveroom.api.codes import Code
from liveroom.api.declare import Data, method
from liveroom.api.envelopes import Page
from liveroom.api.parameters import Id, Text
from liveroom.api.rooms.methods import OneRoom
from liveroom.api.shapes import RoomObject, Shape, finish_card
from liveroom.domain.accounts.sessions import Actor
from liveroom.domain.errors import BadRequest
from liveroom.domain.ids import RoomId, UserId
from liveroom.domain.moderation.room_access import APPOINTABLE
from liveroom.domain.presence.members import Role
from liveroom.domain.rooms.permissions import Right
from liveroom.usecases.rooms.roles import SET_ROLE, TRANSFER, OwnerTransfers, Roles

_GIVEN = {role.value: role for role in (*APPOINTABLE, Role.AUDIENCE)}


class OneTarget(OneRoom):
    """The room and the user."""

    target_id: Id


class SetRole(OneTarget):
    """``role``: ``moderator``, ``anchor``, or ``audience``, which revokes an appointment."""

    role: Annotated[str, Text(32)]


class GivenRole(Shape):
    """A user, and the role to which the owner has appointed them."""

    user_id: str
    role: str


class RoleHolder(GivenRole):
    """A user with a role, whether they are in the room or not."""

    name: str
    avatar: str


@method(
    SET_ROLE,
    bad_request=Code.RoomQueryParams,
    right=Right.APPOINT,
    reply=GivenRole,
    codes=(Code.RoomNotExists, Code.PermissionDenied, Code.UserNotExists, Code.RateLimited, Code.QuotaExceeded),
)
async def set_role(call: SetRole, actor: Actor, roles: Roles) -> GivenRole:
    """Appoint a moderator or an anchor, or revoke that; the room's owner only (3000). At most 100 (3005).

    It lasts until revoked, in later broadcasts too, and ends a ban or mute. A user in the room is notified at once, and
    an anchor is a host from then on. The operator's server may be asked first.
    """
    role = _GIVEN.get(call.role)
    if role is None:
        raise BadRequest("role: must be moderator, anchor or audience")
    await roles.give(actor, RoomId(call.room_id), UserId(call.target_id), role)
    return GivenRole(user_id=call.target_id, role=role)


@method(
    "base/v1/rooms/list_roles",
    bad_request=Code.RoomQueryParams,
    reply=list[RoleHolder],
    data=Data.LIST,
    codes=(Code.RoomNotExists, Code.NotInRoom),
)
async def list_roles(call: OneRoom, actor: Actor, roles: Roles) -> Page:
    """List the owner and the users they have appointed; for members, the owner and admins (else 3007)."""
    found = await roles.list(actor, RoomId(call.room_id))
    holders = [RoleHolder(user_id=user.id, role=role, name=user.name, avatar=user.avatar) for user, role in found]
    return Page.of(holders)


@method(
    TRANSFER,
    bad_request=Code.RoomQueryParams,
    right=Right.TRANSFER,
    reply=RoomObject,
    codes=(Code.RoomNotExists, Code.PermissionDenied, Code.UserNotExists, Code.RateLimited),
)
async def transfer_owner(call: OneTarget, actor: Actor, transfers: OwnerTransfers) -> msgspec.Raw:
    """Hand the broadcast over to another member (not a member: 206), who becomes its host; owner or admin only.

    The holder of the room's id still opens the next broadcast. The operator's server may be asked first.
    """
    live = await transfers.transfer(actor, RoomId(call.room_id), UserId(call.target_id))
    return msgspec.Raw(finish_card(live))
