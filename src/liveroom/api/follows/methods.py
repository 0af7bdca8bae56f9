"""``follow/*``: users follow others, see whom they follow and who follows them, and how many."""

from typing import Annotated

from liveroom.api.codes import Code
from liveroom.api.declare import Data, method
from liveroom.api.envelopes import Page
from liveroom.api.parameters import Id, Many, Request, Text, Whole
from liveroom.api.shapes import Shape
from liveroom.domain.accounts.sessions import Actor
from liveroom.domain.follows.model import COUNTED_MAX, RELATIONS_MAX, FollowCounts, Side
from liveroom.domain.ids import UserId
from liveroom.domain.payloads import wire_time
from liveroom.usecases.follows.relations import Follows, ListedFollow

_Users = Annotated[tuple[str, ...], Many(RELATIONS_MAX, ",")]
_Counted = Annotated[tuple[str, ...], Many(COUNTED_MAX, ",")]


class TargetUser(Request):
    """``targetId``: the other user."""

    target_id: Id


class UserRelation(Shape):
    """What a user is to the caller."""

    user_id: str
    relation: str
    """``none``, ``follower`` (they follow the caller), ``following`` (the caller follows them) or ``mutual``."""


class FollowedUser(UserRelation):
    """A user in a list of follows."""

    name: str
    avatar: str
    followed_utc: str
    """Since when they follow, or are followed."""


class UserCounts(Shape):
    """How many follow a user."""

    user_id: str
    followers: int
    following: int
    """How many they follow."""
    mutual: int
    """Of those, how many follow them too."""


@method(
    "base/v1/follow/add",
    bad_request=Code.UserQueryParams,
    reply=UserRelation,
    codes=(Code.UserNotExists, Code.PermissionDenied, Code.QuotaExceeded, Code.RateLimited),
)
async def add(call: TargetUser, actor: Actor, follows: Follows) -> UserRelation:
    """Follow a user, who receives ``user.followed``. Whoever is followed already stays so.

    A user follows at most 5000 others (`LIVEROOM_FOLLOW_LIMIT`): 3005. More than 120 changes in a minute: 3004.
    Where one of the two has blocked the other: 3000.
    """
    target = UserId(call.target_id)
    return UserRelation(user_id=target, relation=(await follows.add(actor, target)).value)


@method(
    "base/v1/follow/remove",
    bad_request=Code.UserQueryParams,
    reply=UserRelation,
    codes=(Code.RateLimited,),
)
async def remove(call: TargetUser, actor: Actor, follows: Follows) -> UserRelation:
    """Follow a user no longer. They are not told. Whoever is not followed stays so."""
    target = UserId(call.target_id)
    return UserRelation(user_id=target, relation=(await follows.remove(actor, target)).value)


class ListFollows(Request):
    """``cursor``: the ``nextCursor`` of the previous page."""

    cursor: Annotated[str, Text(96)] = ""
    limit: Annotated[int, Whole(1, 100)] = 50


@method("base/v1/follow/following", bad_request=Code.UserQueryParams, reply=list[FollowedUser], data=Data.LIST)
async def following(call: ListFollows, actor: Actor, follows: Follows) -> Page:
    """List whom the caller follows, those followed last first. Deleted users are left out."""
    return await _page(call, actor, follows, Side.FOLLOWING)


@method("base/v1/follow/followers", bad_request=Code.UserQueryParams, reply=list[FollowedUser], data=Data.LIST)
async def followers(call: ListFollows, actor: Actor, follows: Follows) -> Page:
    """List who follows the caller, the newest first. Deleted users are left out."""
    return await _page(call, actor, follows, Side.FOLLOWERS)


@method("base/v1/follow/mutual", bad_request=Code.UserQueryParams, reply=list[FollowedUser], data=Data.LIST)
async def mutual(call: ListFollows, actor: Actor, follows: Follows) -> Page:
    """List whom the caller follows and who follows them too, those followed last first."""
    return await _page(call, actor, follows, Side.MUTUAL)


class CountFollows(Request):
    """At most 20 ids: a JSON array, a repeated key, or one text with commas."""

    user_ids: _Counted


@method("base/v1/follow/counts", bad_request=Code.UserQueryParams, reply=list[UserCounts], data=Data.LIST)
async def counts(call: CountFollows, actor: Actor, follows: Follows) -> list[UserCounts]:
    """Return how many follow each of the users, and how many they follow; unknown users are left out."""
    found = await follows.counts(actor.tenant.name, [UserId(one) for one in call.user_ids])
    return [write_counts(user, numbers) for user, numbers in found]


class RelateUsers(Request):
    """At most 100 ids: a JSON array, a repeated key, or one text with commas."""

    user_ids: _Users


@method("base/v1/follow/relations", bad_request=Code.UserQueryParams, reply=list[UserRelation], data=Data.LIST)
async def relations(call: RelateUsers, actor: Actor, follows: Follows) -> list[UserRelation]:
    """Return what each of the users is to the caller, in the order asked."""
    found = await follows.relations(actor.user, [UserId(one) for one in call.user_ids])
    return [UserRelation(user_id=user, relation=relation.value) for user, relation in found]


def write_counts(user: UserId, counts: FollowCounts) -> UserCounts:
    """Return counts as the wire has them."""
    return UserCounts(user_id=user, followers=counts.followers, following=counts.following, mutual=counts.mutual)


async def _page(call: ListFollows, actor: Actor, follows: Follows, side: Side) -> Page:
    found, cursor = await follows.page(actor.user, side, cursor=call.cursor, limit=call.limit)
    return Page.of([_listed(one) for one in found], cursor)


def _listed(one: ListedFollow) -> FollowedUser:
    return FollowedUser(
        user_id=one.user.id,
        relation=one.relation.value,
        name=one.user.name,
        avatar=one.user.avatar,
        followed_utc=wire_time(one.follow.at),
    )
