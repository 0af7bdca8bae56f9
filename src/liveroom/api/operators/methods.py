"""``operators/*``: how an operator signs in to the console, and what they do about themselves.

The console's page calls them with its cookie and its header; nobody else can.
"""

from typing import Annotated

from liveroom.api.codes import Code
from liveroom.api.declare import Data, Who, method
from liveroom.api.operators.console import ConsoleCaller, ConsoleVisitor
from liveroom.api.operators.shapes import Me, SessionObject, me_of, session_of
from liveroom.api.parameters import Id, Request, Text
from liveroom.api.shapes import Shape
from liveroom.domain.operators.failures import HttpsMissing, NotOnThisMachine
from liveroom.usecases.operators.accounts import OperatorAccounts
from liveroom.usecases.operators.company import CompanySignIns
from liveroom.usecases.operators.first import FirstOperator
from liveroom.usecases.operators.sessions import Opened, OperatorSessions
from liveroom.usecases.operators.signing_in import OperatorSignIns
from liveroom.usecases.tenants.registry import Tenancy

_Password = Annotated[str, Text(800)]
_Code = Annotated[str, Text(32)]


class WaysIn(Shape):
    """How operators sign in here, beside name and password."""

    company: bool
    """By the company's accounts: a link to ``/console/oidc/start`` does it."""
    needs_totp: bool
    """A second factor is a must for those with a password."""


@method("base/v1/operators/ways", bad_request=Code.SystemVerifyError, who=Who.CONSOLE, reply=WaysIn)
async def ways(call: Request, visitor: ConsoleVisitor, sign_ins: OperatorSignIns, company: CompanySignIns) -> WaysIn:
    """Return how operators sign in here, for the page that asks them to."""
    return WaysIn(company=company.provider is not None, needs_totp=sign_ins.needs_totp)


class SignIn(Request):
    """``code``: of the second factor, or a recovery code; not needed before the answer says so (3017)."""

    name: Id
    password: _Password
    code: _Code = ""


@method(
    "base/v1/operators/sign_in",
    bad_request=Code.SystemVerifyError,
    who=Who.CONSOLE,
    reply=Me,
    codes=(Code.PermissionDenied, Code.SecondFactorRequired, Code.UserCodeInvalid, Code.RateLimited),
)
async def sign_in(
    call: SignIn, visitor: ConsoleVisitor, sign_ins: OperatorSignIns, sessions: OperatorSessions, tenants: Tenancy
) -> Me:
    """Sign in to the console: its cookie is set. A session that the browser had before ends."""
    _check_encrypted(visitor)
    opened = await sign_ins.sign_in(call.name, call.password, call.code, visitor.browser)
    return await _begin(opened, visitor, sessions, tenants)


@method("base/v1/operators/sign_out", bad_request=Code.SystemVerifyError, who=Who.OPERATOR)
async def sign_out(call: Request, caller: ConsoleCaller, sessions: OperatorSessions) -> None:
    """End the session of this browser."""
    await sessions.end_token(caller.visitor.console.token)
    caller.visitor.forget()


@method("base/v1/operators/sign_out_everywhere", bad_request=Code.SystemVerifyError, who=Who.OPERATOR)
async def sign_out_everywhere(call: Request, caller: ConsoleCaller, sessions: OperatorSessions) -> None:
    """End every session of the operator within a second, this one too."""
    await sessions.end_all(caller.signed_in.account.id)
    caller.visitor.forget()


@method("base/v1/operators/me", bad_request=Code.SystemVerifyError, who=Who.OPERATOR, noted=False, reply=Me)
async def me(call: Request, caller: ConsoleCaller, tenants: Tenancy) -> Me:
    """Return who is signed in in this browser, and what they may."""
    return me_of(caller.signed_in, tenants.all())


class OneToken(Request):
    """``token``: from the fragment of the link."""

    token: Id


class InvitationObject(Shape):
    """Whom an invitation is for, and a second factor to set up."""

    name: str
    display_name: str
    totp_uri: str
    """For an app of second factors, as a QR code."""
    totp_secret: str
    """The same to type in."""
    needs_totp: bool
    """The installation asks for a second factor."""


@method(
    "base/v1/operators/invitation",
    bad_request=Code.SystemVerifyError,
    who=Who.CONSOLE,
    reply=InvitationObject,
    codes=(Code.UserCodeExpired,),
)
async def invitation(call: OneToken, visitor: ConsoleVisitor, sign_ins: OperatorSignIns) -> InvitationObject:
    """Return what a link is for; it stays good for its day. Used, replaced or older: 201."""
    found = await sign_ins.invitation(call.token)
    return InvitationObject(
        name=found.account.name,
        display_name=found.account.display_name,
        totp_uri=found.uri,
        totp_secret=found.account.totp,
        needs_totp=found.needs_totp,
    )


class AcceptInvitation(Request):
    """``code``: of the second factor that the invitation shows; without one, none is set up."""

    token: Id
    password: _Password
    code: _Code = ""


class AcceptedObject(Shape):
    """Who is signed in now."""

    me: Me
    recovery_codes: list[str]
    """Each stands in once for the second factor; shown only now. None where no second factor was set up."""


@method(
    "base/v1/operators/accept_invitation",
    bad_request=Code.SystemVerifyError,
    who=Who.CONSOLE,
    reply=AcceptedObject,
    codes=(Code.PermissionDenied, Code.UserCodeExpired, Code.UserCodeInvalid, Code.SecondFactorRequired),
)
async def accept_invitation(
    call: AcceptInvitation,
    visitor: ConsoleVisitor,
    sign_ins: OperatorSignIns,
    sessions: OperatorSessions,
    tenants: Tenancy,
) -> AcceptedObject:
    """Set password and second factor by a link, which is spent then, and sign in."""
    _check_encrypted(visitor)
    accepted = await sign_ins.accept(call.token, call.password, call.code, visitor.browser)
    shown = await _begin(accepted.opened, visitor, sessions, tenants)
    return AcceptedObject(me=shown, recovery_codes=list(accepted.recovery_codes))


class SignedInFirst(Shape):
    """Who is signed in now, and the token of an invitation with which they set a password."""

    me: Me
    token: str
    """For ``operators/accept_invitation``, within a day; without a password nobody signs in again."""


@method(
    "base/v1/operators/first",
    bad_request=Code.SystemVerifyError,
    who=Who.CONSOLE,
    reply=SignedInFirst,
    codes=(Code.PermissionDenied, Code.UserCodeExpired),
)
async def sign_in_first(
    call: OneToken, visitor: ConsoleVisitor, first: FirstOperator, sessions: OperatorSessions, tenants: Tenancy
) -> SignedInFirst:
    """Make the first operator and sign them in, by the link that ``make run`` prints on a terminal.

    It works once, for ten minutes, while there is no operator, on the machine itself and through no proxy.
    """
    if visitor.console.is_forwarded or not visitor.console.is_local:
        raise NotOnThisMachine
    opened, token = await first.use(call.token, visitor.browser)
    return SignedInFirst(me=await _begin(opened, visitor, sessions, tenants), token=token)


class Confirm(Request):
    """``password``: the operator's own, once more."""

    password: _Password


@method(
    "base/v1/operators/confirm",
    bad_request=Code.SystemVerifyError,
    who=Who.OPERATOR,
    codes=(Code.RateLimited,),
)
async def confirm(call: Confirm, caller: ConsoleCaller, sign_ins: OperatorSignIns) -> None:
    """Give the password again: for five minutes, this session may do what is dangerous (3016)."""
    await sign_ins.confirm(caller.signed_in, call.password, caller.visitor.browser)


class ChangePassword(Request):
    """``current``: the password until now; not needed by who has none yet (``operators/first``)."""

    password: _Password
    current: _Password = ""


@method(
    "base/v1/operators/change_password",
    bad_request=Code.SystemVerifyError,
    who=Who.OPERATOR,
    codes=(Code.RateLimited,),
)
async def change_password(call: ChangePassword, caller: ConsoleCaller, sign_ins: OperatorSignIns) -> None:
    """Set a new password, 10 to 200 characters; one's other sessions end. It counts as ``operators/confirm``."""
    await sign_ins.change_password(caller.signed_in, call.current, call.password, caller.visitor.browser)


@method(
    "base/v1/operators/sessions",
    bad_request=Code.SystemVerifyError,
    who=Who.OPERATOR,
    noted=False,
    reply=list[SessionObject],
    data=Data.LIST,
)
async def list_sessions(call: Request, caller: ConsoleCaller, sessions: OperatorSessions) -> list[SessionObject]:
    """List where one is signed in, the oldest session first."""
    account, current, _ = caller.signed_in
    return [session_of(one, current.id) for one in await sessions.list(account.id)]


class Colleague(Shape):
    """An operator, as others are told of them."""

    actor: str
    """``operator:<id>``, as the audit, reports and notes have it."""
    display_name: str


@method(
    "base/v1/operators/colleagues",
    bad_request=Code.SystemVerifyError,
    who=Who.OPERATOR,
    noted=False,
    reply=list[Colleague],
    data=Data.LIST,
)
async def list_colleagues(call: Request, caller: ConsoleCaller, accounts: OperatorAccounts) -> list[Colleague]:
    """List the names of operators who act in a tenant of the caller's, themselves included."""
    within = caller.signed_in.account.within
    known = [one for one in await accounts.list() if one.is_known_to(within)]
    return [Colleague(actor=one.actor, display_name=one.display_name) for one in known]


class EndSession(Request):
    """``sessionId``: as ``operators/sessions`` lists it."""

    session_id: Id


@method("base/v1/operators/end_session", bad_request=Code.SystemVerifyError, who=Who.OPERATOR)
async def end_session(call: EndSession, caller: ConsoleCaller, sessions: OperatorSessions) -> None:
    """End one of one's own sessions within a second; one that is over already: nothing changes."""
    account, current, _ = caller.signed_in
    await sessions.end(account.id, call.session_id)
    if call.session_id == current.id:
        caller.visitor.forget()


async def _begin(opened: Opened, visitor: ConsoleVisitor, sessions: OperatorSessions, tenants: Tenancy) -> Me:
    """Have the browser keep a new session in place of the one that it had."""
    if visitor.console.token:
        await sessions.end_token(visitor.console.token)
    visitor.keep(opened.token, int(sessions.lasts.total_seconds()))
    return me_of(opened.signed_in, tenants.all())


def _check_encrypted(visitor: ConsoleVisitor) -> None:
    if visitor.console.is_open:
        raise HttpsMissing
