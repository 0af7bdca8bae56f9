"""``oauth/*``: registering a username with its salt, and signing in with a signature made with it."""

from typing import Annotated

from liveroom.api.codes import Code
from liveroom.api.declare import Who, method
from liveroom.api.identity import Visitor
from liveroom.api.parameters import Request, Text
from liveroom.api.shapes import LoginReply, Registered, login_reply
from liveroom.domain.accounts.signatures import LoginSignature
from liveroom.domain.accounts.users import NAME_MAX, TAG_MAX, URL_MAX
from liveroom.domain.errors import BadRequest
from liveroom.usecases.accounts.own_users import OwnUsers
from liveroom.usecases.accounts.registration import Registration

SALT_MIN = 32


class Register(Request):
    """``salt`` is md5hex(``username-password``), 32 to 256 characters: the password never leaves the device."""

    username: Annotated[str, Text(512)]
    salt: Annotated[str, Text(256)]


@method(
    "base/v1/oauth/register",
    bad_request=Code.SystemVerifyError,
    who=Who.ANYONE,
    reply=Registered,
    success="register ok",
    codes=(
        Code.NotOffered,
        Code.RateLimited,
        Code.QuotaExceeded,
        Code.ContentRefused,
    ),
)
async def register(call: Register, visitor: Visitor, registration: Registration) -> Registered:
    """Register a username: 1 to 128 characters, unique ignoring case. Taken: 98, even with the same salt."""
    if len(call.salt) < SALT_MIN:
        raise BadRequest(f"salt: at least {SALT_MIN} characters")
    user = await registration.register(visitor.tenant, visitor.address, call.username, call.salt)
    return Registered(name=call.username, id=int(user.id) if user.id.isdigit() else user.id)


class Sign(Request):
    """``signature``: the hex digest (``md5`` unless ``hash`` names another) of ``username-tag-ts-nonce-secret``; with
    ``hash`` = ``hmac-sha256``, the hex HMAC of ``username-tag-ts-nonce`` with the secret as the key.

    The secret is the account's salt, or the fixed secret of the ``tag`` for the operator's own users. ``ts``: the
    device's time in milliseconds, within 24 hours of the server's; a signature with it opens one session. With a fixed
    secret it is required, within 5 minutes.
    """

    username: Annotated[str, Text(512)]
    signature: Annotated[str, Text(256)]
    tag: Annotated[str, Text(TAG_MAX)] = ""
    ts: Annotated[str, Text(32)] = ""
    nonce: Annotated[str, Text(128)] = ""
    hash: Annotated[str, Text(32)] = ""
    nickname: Annotated[str, Text(NAME_MAX, name=True)] = ""
    avatar: Annotated[str, Text(URL_MAX)] = ""


@method(
    "base/v1/oauth/signature",
    bad_request=Code.SystemVerifyError,
    who=Who.ANYONE,
    reply=LoginReply,
    success="signature ok",
    codes=(
        Code.UserOAuthParams,
        Code.UserBanned,
        Code.RateLimited,
        Code.QuotaExceeded,
        Code.ContentRefused,
    ),
)
async def signature(call: Sign, visitor: Visitor, own_users: OwnUsers) -> LoginReply:
    """Sign in with a signature. ``nickname`` and ``avatar`` fill empty profile fields.

    Signed with the fixed secret of its ``tag``, it signs in the operator's own user ``username``, who needs no
    registration and is distinct from a registered user of that name.
    """
    signed = LoginSignature(call.username, call.signature, call.tag, call.ts, call.nonce, call.hash)
    login = await own_users.sign_in(visitor.tenant, visitor.address, signed, nickname=call.nickname, avatar=call.avatar)
    return login_reply(login)
