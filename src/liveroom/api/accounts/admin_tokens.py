"""``admin/*`` about tokens: an operator's server signs its users in, and signs them out everywhere."""

from typing import Annotated

from liveroom.api.admin_requests import OneUser
from liveroom.api.codes import Code
from liveroom.api.declare import Who, method
from liveroom.api.parameters import Id, Request, Text
from liveroom.api.shapes import LoginReply, login_reply
from liveroom.domain.accounts.users import TAG_MAX, USERNAME_MAX
from liveroom.domain.errors import BadRequest
from liveroom.domain.ids import UserId
from liveroom.domain.operators.caller import Operator
from liveroom.usecases.accounts.own_users import AdminUsers
from liveroom.usecases.moderation.users import Moderation


class IssueToken(Request):
    """``userId``; or ``username`` with ``tag``: your own user of that name, created if missing."""

    user_id: Id | None = None
    username: Annotated[str, Text(USERNAME_MAX)] = ""
    tag: Annotated[str, Text(TAG_MAX)] = ""


@method(
    "base/v1/admin/issue_token",
    bad_request=Code.SystemVerifyError,
    who=Who.KEY,
    permission="tokens.issue",
    reply=LoginReply,
    codes=(
        Code.UserNotExists,
        Code.UserBanned,
        Code.QuotaExceeded,
    ),
)
async def issue_token(call: IssueToken, operator: Operator, admin_users: AdminUsers) -> LoginReply:
    """Sign a user in: each call opens a new session and returns what the user's own login would."""
    if (call.user_id is None) == (not call.username):
        raise BadRequest("userId, username: exactly one of them is required")
    if call.user_id is not None:
        return login_reply(await admin_users.issue(operator.tenant, UserId(call.user_id)))
    return login_reply(await admin_users.issue_own(operator.tenant, call.tag, call.username))


@method(
    "base/v1/admin/revoke_tokens",
    bad_request=Code.SystemVerifyError,
    who=Who.KEY,
    permission="tokens.revoke",
    codes=(Code.UserNotExists,),
)
async def revoke_tokens(call: OneUser, operator: Operator, moderation: Moderation) -> None:
    """End every session of a user within a second: tokens become invalid, sockets close, rooms are left."""
    await moderation.sign_out(UserId(call.user_id), tenant=operator.tenant.name)
