"""Codes by text message and e-mail: having one sent, and signing in with it."""

from typing import Annotated, Final

from liveroom.api.codes import Code
from liveroom.api.declare import Who, method
from liveroom.api.identity import Visitor
from liveroom.api.parameters import Request, Text
from liveroom.api.shapes import LoginReply, Shape, login_reply
from liveroom.domain.accounts.contacts import EMAIL_MAX, CaptchaTicket, CodeSessionId, read_contact
from liveroom.domain.accounts.users import TAG_MAX
from liveroom.domain.errors import BadRequest
from liveroom.usecases.accounts.contacts import Codes, Proof
from liveroom.usecases.accounts.logins import CodeLogins

CODE_ANSWERS: Final = (
    Code.UserCodeInvalid,
    Code.UserCodeExpired,
    Code.UserCodeConsumed,
    Code.UserEmailInvalid,
    Code.RateLimited,
)
"""What a call that uses a code up may answer."""
_Phone = Annotated[str, Text(32)]
_Email = Annotated[str, Text(EMAIL_MAX)]


class CodeSent(Shape):
    """The session to which the code belongs."""

    session_id: str


class VerifyByPicture(Request):
    """``phone`` or ``email``, and the solved captcha: ``appId`` is the captcha's application.

    A phone number has its country code (``+86…``, ``0086…`` and ``86…`` are the same) or is an 11-digit Chinese mobile
    number. If both are given, the phone is used.
    """

    app_id: Annotated[str, Text(32)] = ""
    ticket: Annotated[str, Text(4096)] = ""
    randstr: Annotated[str, Text(256)] = ""
    phone: _Phone = ""
    email: _Email = ""


@method(
    "base/v1/auth_users/user_verify_by_picture",
    bad_request=Code.SystemVerifyError,
    who=Who.ANYONE,
    reply=CodeSent,
    codes=(
        Code.ServiceUnavailable,
        Code.ServiceResponseInvalid,
        Code.ServiceSmsFailed,
        Code.ServiceUnknownError,
        Code.UserEmailInvalid,
        Code.RateLimited,
        Code.NotOffered,
    ),
)
async def user_verify_by_picture(call: VerifyByPicture, visitor: Visitor, codes: Codes) -> CodeSent:
    """Send a six-digit code, at most one a minute and ten a day per number or mailbox."""
    ticket = CaptchaTicket(call.app_id, call.ticket, call.randstr, visitor.address)
    contact = read_contact(call.phone, call.email)
    return CodeSent(session_id=await codes.send(visitor.tenant, contact, ticket, visitor.language))


class LoginCode(Request):
    """``sessionId`` is the one returned by ``user_verify_by_picture`` for this ``phone`` or ``email``."""

    session_id: Annotated[str, Text(64)]
    code: Annotated[str, Text(16)]
    phone: _Phone = ""
    email: _Email = ""
    tag: Annotated[str, Text(TAG_MAX)] = ""


@method(
    "base/v1/auth_users/user_login_code",
    bad_request=Code.SystemVerifyError,
    who=Who.ANYONE,
    reply=LoginReply,
    success="login done",
    codes=(*CODE_ANSWERS, Code.NotOffered, Code.UserBanned, Code.QuotaExceeded),
)
async def user_login_code(call: LoginCode, visitor: Visitor, code_logins: CodeLogins) -> LoginReply:
    """Sign in with a code, valid once, for five minutes and three tries. The first sign-in creates the account."""
    proof = Proof(CodeSessionId(call.session_id), read_contact(call.phone, call.email), call.code.strip())
    return login_reply(await code_logins.sign_in(visitor.tenant, visitor.address, proof, call.tag))


def proof_of_new(phone: str, email: str, session: str, code: str) -> Proof | None:
    """Return what proves the new number or mailbox of a profile, if one was given."""
    if phone and email:
        raise BadRequest("phone, email: change one at a time, each with its own code")
    if not (phone or email):
        return None
    return Proof(CodeSessionId(session), read_contact(phone, email), code.strip())
