"""Tencent's ``follow/*``: users follow others at the word of the operator's server, in Tencent's form.

What is refused of one user of several is in their item. Tencent has no codes for a user who follows as many as one may,
or who is blocked: that is a wrong parameter here, and says so.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, Final

from liveroom.api.vendors.calls import Said, VendorCaller, VendorCommand, VendorRefusal, text_in
from liveroom.domain.errors import BadRequest, Refused, UserNotFound
from liveroom.domain.follows.model import COUNTED_MAX, RELATIONS_MAX, Relation, Side
from liveroom.domain.ids import UserId
from liveroom.usecases.follows.relations import Follows, ListedFollow

SERVICE: Final = "follow"
PARAMETER_WRONG: Final = 30001
ACCOUNT_UNKNOWN: Final = 30003
OFF: Final = 30005
FAILED: Final = 30006
_A_SECOND: Final = 200
_CHANGED_MAX: Final = 20
_WANTED: Final = 100
_WANTED_MAX: Final = 1000
_TYPES: Final = {Relation.NONE: 0, Relation.FOLLOWER: 1, Relation.FOLLOWING: 2, Relation.MUTUAL: 3}
_SIDES: Final = {1: Side.FOLLOWERS, 2: Side.FOLLOWING, 3: Side.MUTUAL}

_Change = Callable[[UserId], Awaitable[object]]


class VendorFollows:
    """Answers them."""

    def __init__(self, follows: Follows, *, offered: bool) -> None:
        """``offered``: the module is on in this installation."""
        self._follows: Final = follows
        self._offered: Final = offered

    def commands(self) -> list[VendorCommand]:
        """Return Tencent's commands about follows."""
        answers = {
            "follow_add": self._add,
            "follow_delete": self._delete,
            "follow_check": self._check,
            "follow_get": self._get,
            "follow_get_info": self._info,
        }
        return [VendorCommand(f"{SERVICE}/{name}", do, _A_SECOND, failed=FAILED) for name, do in answers.items()]

    async def _add(self, by: VendorCaller, said: Said) -> Said:
        user, tenant = await self._account(by, said), by.tenant.name
        items = _list_in(said, "FollowItem", _CHANGED_MAX)
        if not all(isinstance(item, dict) for item in items):
            raise VendorRefusal(PARAMETER_WRONG, "FollowItem: objects with To_Account")
        others = [UserId(text_in(item, "To_Account", PARAMETER_WRONG)) for item in items]
        return await _each(others, lambda other: self._follows.add_for(tenant, user, other))

    async def _delete(self, by: VendorCaller, said: Said) -> Said:
        user, tenant = await self._account(by, said), by.tenant.name
        others = _accounts_in(said, _CHANGED_MAX)
        return await _each(others, lambda other: self._follows.remove_for(tenant, user, other))

    async def _check(self, by: VendorCaller, said: Said) -> Said:
        user = await self._account(by, said)
        found = dict(await self._follows.relations(user, _accounts_in(said, RELATIONS_MAX)))
        return {"ResultItem": [{**_item(other), "FollowType": _TYPES[relation]} for other, relation in found.items()]}

    async def _get(self, by: VendorCaller, said: Said) -> Said:
        user = await self._account(by, said)
        side = _SIDES.get(_number_in(said, "FollowType", 0, 3))
        if side is None:
            raise VendorRefusal(PARAMETER_WRONG, "FollowType: 1, 2 or 3")
        cursor, wanted = said.get("StartCursor", ""), _number_in(said, "WantNum", _WANTED, _WANTED_MAX)
        if not isinstance(cursor, str):
            raise VendorRefusal(PARAMETER_WRONG, "StartCursor: a text")
        try:
            page, following = await self._follows.page(user, side, cursor=cursor, limit=wanted)
        except BadRequest:
            raise VendorRefusal(PARAMETER_WRONG, "StartCursor: the NextCursor of an answer") from None
        return {"FollowItem": [_listed(one) for one in page], "NextCursor": following}

    async def _info(self, by: VendorCaller, said: Said) -> Said:
        await self._account(by, said)
        found = await self._follows.counts(by.tenant.name, _accounts_in(said, COUNTED_MAX))
        return {
            "FollowInfo": [
                {
                    "To_Account": user,
                    "FollowerCount": counts.followers,
                    "FollowingCount": counts.following,
                    "MutualFollowingCount": counts.mutual,
                }
                for user, counts in found
            ]
        }

    async def _account(self, by: VendorCaller, said: Said) -> UserId:
        """Return the user who is meant. Raises ``VendorRefusal`` where follows are off, or there is no such user."""
        if not self._offered:
            raise VendorRefusal(OFF, "follows are not offered here")
        user = UserId(text_in(said, "From_Account", PARAMETER_WRONG))
        if not await self._follows.ours(by.tenant.name, [user]):
            raise VendorRefusal(ACCOUNT_UNKNOWN, "From_Account: there is no such user")
        return user


async def _each(others: Sequence[UserId], change: _Change) -> Said:
    """Change something about each of the others; return what came of each."""
    return {"ResultItem": [await _changed(other, change) for other in others]}


async def _changed(other: UserId, change: _Change) -> Mapping[str, Any]:
    try:
        await change(other)
    except UserNotFound:
        return _item(other, ACCOUNT_UNKNOWN, "there is no such user")
    except (BadRequest, Refused) as refusal:
        return _item(other, PARAMETER_WRONG, refusal.detail or "refused")
    return _item(other)


def _item(other: UserId, code: int = 0, text: str = "") -> Mapping[str, Any]:
    return {"To_Account": other, "ResultCode": code, "ResultInfo": text}


def _listed(one: ListedFollow) -> Mapping[str, Any]:
    profile = {"Tag_Profile_IM_Nick": one.user.name, "Tag_Profile_IM_Image": one.user.avatar}
    return {
        "To_Account": one.user.id,
        "FollowTime": int(one.follow.at.timestamp()),
        "ProfileItem": [{"Tag": tag, "Value": value} for tag, value in profile.items()],
    }


def _accounts_in(said: Said, most: int) -> list[UserId]:
    found = _list_in(said, "To_Account", most)
    return [UserId(text_in({"To_Account": one}, "To_Account", PARAMETER_WRONG)) for one in found]


def _list_in(said: Said, name: str, most: int) -> list[Any]:
    found = said.get(name)
    if not isinstance(found, list) or not 1 <= len(found) <= most:
        raise VendorRefusal(PARAMETER_WRONG, f"{name}: 1 to {most} of them")
    return found


def _number_in(said: Said, name: str, default: int, most: int) -> int:
    found = said.get(name, default)
    if not isinstance(found, int) or isinstance(found, bool) or not 1 <= found <= most:
        raise VendorRefusal(PARAMETER_WRONG, f"{name}: a number from 1 to {most}")
    return found
