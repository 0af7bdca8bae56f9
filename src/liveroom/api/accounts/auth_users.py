"""``auth_users/*``: token login, logout, deletion, profile, keepalive; and the user look-ups of older apps."""

from typing import Annotated

from liveroom.api.accounts.code_login import CODE_ANSWERS, proof_of_new
from liveroom.api.codes import Code
from liveroom.api.declare import Data, Who, method
from liveroom.api.identity import Visitor
from liveroom.api.parameters import Id, Many, Nothing, Request, Text
from liveroom.api.shapes import (
    FoundUser,
    KeptAlive,
    ListedUser,
    LoginReply,
    SignedUser,
    found_user,
    listed_user,
    login_reply,
)
from liveroom.domain.accounts.contacts import EMAIL_MAX
from liveroom.domain.accounts.sessions import Actor
from liveroom.domain.accounts.users import NAME_MAX, TAG_MAX, URL_MAX, User
from liveroom.domain.errors import BadRequest, UserNotFound
from liveroom.domain.payloads import wire_time
from liveroom.domain.tenants.model import Language
from liveroom.usecases.accounts.logins import Guests
from liveroom.usecases.accounts.profiles import ProfileChanges, Profiles, UserLookups
from liveroom.usecases.accounts.sessions import Authentication, LoginTokens, Logouts
from liveroom.usecases.privacy.erasures import AccountDeletion

_Name = Annotated[str, Text(NAME_MAX, keep=True, name=True)]
_LANGUAGES = frozenset(Language)
_Tag = Annotated[str, Text(TAG_MAX, keep=True)]


@method(
    "base/v1/auth_users/user_login_token",
    bad_request=Code.SystemVerifyError,
    reply=LoginReply,
    success="login done",
    codes=(Code.UserBanned,),
    permission="tokens.issue",
)
async def user_login_token(_: Nothing, actor: Actor, login_tokens: LoginTokens) -> LoginReply:
    """Exchange a token for a new one of the same session; older ones stay valid until they expire.

    The new token is valid for every call, so a server key needs ``admin:tokens`` for this.
    """
    return login_reply(await login_tokens.renew(actor))


class Guest(Request):
    """``nickname``: what others see; if not given, one is made up."""

    nickname: Annotated[str, Text(NAME_MAX, name=True)] = ""


@method(
    "base/v1/auth_users/guest",
    bad_request=Code.SystemVerifyError,
    who=Who.ANYONE,
    reply=LoginReply,
    success="login done",
    codes=(
        Code.NotOffered,
        Code.RateLimited,
        Code.QuotaExceeded,
        Code.ContentRefused,
    ),
)
async def guest(call: Guest, visitor: Visitor, guests: Guests) -> LoginReply:
    """Create a guest account and sign it in. It has no username, so it is lost with its token."""
    return login_reply(await guests.welcome(visitor.tenant, visitor.address, call.nickname, visitor.language))


class Logout(Request):
    """Ends the token's session. With a ``userId`` that is not the token's user, nothing happens."""

    user_id: Annotated[str, Text(1024)] = ""
    token: Annotated[str, Text(16_384)] = ""


@method("base/v1/auth_users/user_logout", bad_request=Code.Success, who=Who.ANYONE, success="user logout ok")
async def user_logout(_: Logout, visitor: Visitor, logouts: Logouts) -> None:
    """End the token's session, on every device that holds a token of it. Always 0, even for an invalid token."""
    await logouts.sign_out(visitor.token, visitor.user)


@method(
    "base/v1/auth_users/user_delete",
    bad_request=Code.SystemVerifyError,
    who=Who.BEARER,
    success="user delete ok",
)
async def user_delete(_: Nothing, actor: Actor, deletion: AccountDeletion) -> None:
    """Delete the account, with its sessions, memberships and owned rooms. The username is free again. Repeated: 0.

    Within seconds, the user's name is also removed from what they wrote and took part in.
    """
    await deletion.delete(actor)


class UpdateUser(Request):
    """Any of the fields; ``""`` clears one, except ``phone`` and ``email``: these change one at a time, with the
    ``sessionId`` and ``code`` of a code sent there (``user_verify_by_picture``).

    ``language``: ``zh`` or ``en``, the language of texts for this user where a request has no ``Accept-Language``.
    """

    name: _Name | None = None
    tag: _Tag | None = None
    tag2: _Tag | None = None
    avatar: Annotated[str, Text(URL_MAX, keep=True)] | None = None
    phone: Annotated[str, Text(32)] = ""
    email: Annotated[str, Text(EMAIL_MAX)] = ""
    language: Annotated[str, Text(8, keep=True)] | None = None
    session_id: Annotated[str, Text(64)] = ""
    code: Annotated[str, Text(16)] = ""


@method(
    "base/v1/auth_users/user_update",
    bad_request=Code.SystemVerifyError,
    success="update ok",
    codes=(
        Code.UseInfoEmpty,
        Code.ContentRefused,
        *CODE_ANSWERS,
    ),
)
async def user_update(call: UpdateUser, actor: Actor, profiles: Profiles) -> None:
    """Change the caller's profile. Nothing given: 205; no change: 0. Another account's phone or e-mail: 98."""
    if call.language and call.language not in _LANGUAGES:
        raise BadRequest("language: must be zh or en")
    changes = ProfileChanges(call.name, call.tag, call.tag2, call.avatar, call.language)
    await profiles.update(actor, changes, proof_of_new(call.phone, call.email, call.session_id, call.code))


class QueryUser(Request):
    """Whom to look up: ``searchUserId``, ``searchPhone``, else ``userId``, else the caller."""

    search_user_id: Id | None = None
    search_phone: Annotated[str, Text(32)] | None = None
    user_id: Id | None = None


@method(
    "base/v1/auth_users/user_query",
    bad_request=Code.UserQueryParams,
    who=Who.SEEKER,
    reply=FoundUser,
    success="query done",
    codes=(
        Code.SystemVerifyError,
        Code.UserNotExists,
        Code.UserQueryLimit,
    ),
)
async def user_query(call: QueryUser, actor: Actor, lookups: UserLookups) -> FoundUser:
    """Look up a user of the caller's tenant, at most 60 a minute (209). Phone and e-mail are never returned."""
    if call.search_phone and not call.search_user_id:
        return found_user(await lookups.find_by_phone(actor, call.search_phone))
    return found_user(await lookups.find(actor, call.search_user_id or call.user_id or actor.user))


@method(
    "base/v1/auth_users/user_keepalive",
    bad_request=Code.SystemVerifyError,
    reply=KeptAlive,
    success="keep alive done",
    is_keepalive=True,
)
async def user_keepalive(_: Nothing, actor: Actor, sessions: Authentication) -> KeptAlive:
    """Report that the user is still there; send it every 10 seconds. A session that has sent one goes offline 90 s
    after the last.
    """
    return KeptAlive(user_id=actor.user, update_utc=wire_time(sessions.clock.now()))


class DoctorAuth(Request):
    """``doctorUserId``: the caller's id, or ``<own id>_music``."""

    doctor_user_id: Id | None = None


@method(
    "base/v1/auth_users/user_doctor_auth",
    bad_request=Code.UserQueryParams,
    reply=SignedUser,
    codes=(
        Code.SystemVerifyError,
        Code.PermissionDenied,
    ),
    permission="tokens.issue",
)
async def user_doctor_auth(call: DoctorAuth, actor: Actor, login_tokens: LoginTokens) -> SignedUser:
    """Return a UserSig for TRTC for the caller's id or its ``_music`` twin; any other id: 3000."""
    user, sig = login_tokens.sign_for(actor, call.doctor_user_id or actor.user)
    return SignedUser(user_id=user, sdk_app_id=actor.tenant.sdk_app_id, user_sig=sig, sdk_user_sig=sig)


class LookedUp(Request):
    """``userId`` is the user to look up; the caller is ``apaasUserId``, else the token's user."""

    user_id: Id | None = None


@method(
    "getUserInfo",
    bad_request=Code.UserQueryParams,
    who=Who.SEEKER,
    reply=ListedUser,
    codes=(
        Code.SystemVerifyError,
        Code.UserNotExists,
        Code.UserQueryLimit,
    ),
)
async def get_user_info(call: LookedUp, actor: Actor, lookups: UserLookups) -> ListedUser:
    """Return one user as in ``list_users``."""
    found = await lookups.find_all(actor, [call.user_id or actor.user])
    if not found:
        raise UserNotFound
    return _listed(found[0])


class LookedUpAll(Request):
    """``userId``: at most 100 ids joined by ``|``."""

    user_id: Annotated[tuple[str, ...], Many(100, "|")] = ()


@method(
    "getUserInfoBatch",
    bad_request=Code.UserQueryParams,
    who=Who.SEEKER,
    reply=list[ListedUser],
    data=Data.LIST,
    codes=(
        Code.SystemVerifyError,
        Code.UserQueryLimit,
    ),
)
async def get_user_info_batch(call: LookedUpAll, actor: Actor, lookups: UserLookups) -> list[ListedUser]:
    """Return users as in ``list_users``; unknown ones are left out."""
    return [_listed(user) for user in await lookups.find_all(actor, call.user_id)]


def _listed(user: User) -> ListedUser:
    return listed_user(user.id, user.name, user.avatar, "")
