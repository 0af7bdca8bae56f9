"""``blocks/*``: users keep others away from themselves."""

from liveroom.api.codes import Code
from liveroom.api.declare import Data, method
from liveroom.api.envelopes import Page
from liveroom.api.follows.methods import ListFollows, TargetUser
from liveroom.api.shapes import Shape
from liveroom.domain.accounts.sessions import Actor
from liveroom.domain.ids import UserId
from liveroom.domain.payloads import wire_time
from liveroom.usecases.follows.blocks import Blocks


class BlockedUser(Shape):
    """A user whom the caller has blocked."""

    user_id: str
    name: str
    avatar: str
    blocked_utc: str


@method(
    "base/v1/blocks/add",
    bad_request=Code.UserQueryParams,
    codes=(Code.UserNotExists, Code.QuotaExceeded, Code.RateLimited),
)
async def add(call: TargetUser, actor: Actor, blocks: Blocks) -> None:
    """Block a user, who is not told. Whoever is blocked stays so.

    Follows between the two end. The blocked user is put out of the caller's live rooms and cannot enter them (3002),
    follow the caller, invite them, mention them or reply to them (3000); to a room that asks for a connection, the
    caller's is not there. At most 1000 users: 3005; more than 60 changes in a minute: 3004.
    """
    await blocks.add(actor, UserId(call.target_id))


@method("base/v1/blocks/remove", bad_request=Code.UserQueryParams, codes=(Code.RateLimited,))
async def remove(call: TargetUser, actor: Actor, blocks: Blocks) -> None:
    """Unblock a user. Follows that ended do not come back."""
    await blocks.remove(actor, UserId(call.target_id))


@method("base/v1/blocks/list", bad_request=Code.UserQueryParams, reply=list[BlockedUser], data=Data.LIST)
async def list_blocked(call: ListFollows, actor: Actor, blocks: Blocks) -> Page:
    """List whom the caller has blocked, the newest first. Deleted users are left out."""
    found, cursor = await blocks.page(actor, cursor=call.cursor, limit=call.limit)
    return Page.of(
        [
            BlockedUser(user_id=user.id, name=user.name, avatar=user.avatar, blocked_utc=wire_time(block.at))
            for block, user in found
        ],
        cursor,
    )
