"""Who calls: what is known of a call beside its parameters, and those parameters that every method has for it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from liveroom.api.codes import Code
from liveroom.api.declare import IN_CONSOLE, Method, Who
from liveroom.api.parameters import read_text
from liveroom.caches import short_cache
from liveroom.domain.accounts.sessions import Claims
from liveroom.domain.errors import BadRequest, CredentialsMissing, Failure, OtherUser, ServerKeyMissing, TokenOfAnother
from liveroom.domain.ids import DEFAULT_TENANT
from liveroom.domain.operators.failures import ForeignPage
from liveroom.domain.tenants.app_signatures import SignedCall
from liveroom.domain.tenants.model import Language, Tenant
from liveroom.usecases.accounts.sessions import Authentication
from liveroom.usecases.tenants.keys import AppSignatures
from liveroom.usecases.tenants.registry import Tenancy


class ConsoleRequest(NamedTuple):
    """What is known of a call that says it came from the console's page."""

    token: str
    """What the console's cookie holds; "" for no cookie."""
    device: str
    """The browser's name of itself."""
    is_post: bool
    from_own_page: bool
    """The browser says that the page is of the same origin, or says nothing about it."""
    is_open: bool
    """It came unencrypted through a network."""
    is_local: bool
    """It was sent to this machine's own address, unencrypted: cookies have a plain name there."""
    is_forwarded: bool
    """A proxy has passed it on."""
    cookies: list[str]
    """``Set-Cookie`` headers of the answer: the handler adds to them."""


class RequestContext(NamedTuple):
    """What is known of a call beside its parameters."""

    request_id: str
    address: str
    """The client's address, behind trusted proxies the forwarded one."""
    languages: str = ""
    """The ``Accept-Language`` header."""
    host: str = ""
    bearer: str = ""
    """The token or server key of an ``Authorization: Bearer`` header, or the token of the socket."""
    by_socket: bool = False
    """The call came through the session's socket, which vouches for it by itself."""
    by_page: bool = False
    """The call came from a web page: it has an ``Origin`` header."""
    signed: SignedCall | None = None
    """What an ``Authorization: hmac`` header may have signed, where there is one."""
    console: ConsoleRequest | None = None
    """What the console's page sends beside the parameters, where the call is from there."""


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who calls a method that needs no login."""

    tenant: Tenant
    address: str
    user: str
    """The ``userId`` or ``apaasUserId`` that was sent, unchecked."""
    token: str
    language: Language
    """In which texts for them are written."""


@short_cache(1024, 256)
def preferred_language(accept: str) -> Language | None:
    """Return the first of our languages that an ``Accept-Language`` header prefers, or None."""
    ranked: list[tuple[float, int, Language]] = []
    for place, part in enumerate(accept.split(",", 16)[:16]):
        name, _, weight = part.partition(";")
        quality = weight.strip().removeprefix("q=")
        try:
            rank = float(quality) if quality else 1.0
        except ValueError:
            continue
        for language in Language:
            if name.strip().lower().startswith(language) and rank > 0:
                ranked.append((-rank, place, language))
    return min(ranked)[2] if ranked else None


def spoken(tenant: Tenant, context: RequestContext) -> Language:
    """Return the language of the request, else the tenant's."""
    return preferred_language(context.languages) or tenant.language


@dataclass(frozen=True, slots=True)
class Callers:
    """Finds out whose call it is, and whether it is really theirs."""

    tenants: Tenancy
    sessions: Authentication
    app_signatures: AppSignatures

    def identify(self, method: Method, raw: Mapping[str, Any], context: RequestContext) -> tuple[Tenant, Claims | None]:
        """Return whose call it is, as far as a token's signature says."""
        named = self.tenants.find(text_of(raw, "apaasAppId"))
        if method.who is Who.KEY:
            raise ServerKeyMissing
        if method.who in IN_CONSOLE:
            raise ForeignPage
        if method.who is Who.ANYONE:
            return named or self.tenants.at_host(context.host), None
        token = text_of(raw, "token") or context.bearer
        if not token:
            raise missing(method, "token: required")
        claims = self.sessions.read(token)
        tenant = self.tenants.get(claims.tenant if claims.tenant is not None else DEFAULT_TENANT)
        if tenant is None or (named is not None and named.name != tenant.name):
            raise TokenOfAnother
        _check_identity(method, raw, context, claims)
        return tenant, claims

    async def check_session(self, method: Method, claims: Claims, *, by_socket: bool) -> None:
        """Count the call as a sign of life of its session. Raises ``TokenInvalid`` for one that is over."""
        sessions, keepalive = self.sessions, method.is_keepalive
        if method.who is not Who.BEARER and not sessions.renew(claims, keepalive=keepalive, by_socket=by_socket):
            await sessions.check(claims, keepalive=keepalive, by_socket=by_socket)


def text_of(raw: Mapping[str, Any], key: str) -> str:
    """Return a parameter as a text, "" when it was not sent. Raises ``BadRequest`` for what is none."""
    value = raw.get(key, "")
    if type(value) is str:
        return value
    if value is None:
        return ""
    try:
        return read_text(value)
    except BadRequest as problem:
        raise BadRequest(f"{key}: {problem.detail}") from None


def missing(method: Method, detail: str) -> BadRequest:
    """Return what a missing identity is: 98 for account calls, the method's own number for the others."""
    if method.bad_request >= Code.RoomCreateParams:
        return BadRequest(detail)
    return CredentialsMissing(detail)


def _check_identity(method: Method, raw: Mapping[str, Any], context: RequestContext, claims: Claims) -> None:
    apaas = text_of(raw, "apaasUserId")
    if apaas and apaas != claims.user:
        raise _other_user(method)
    if method.who is Who.SEEKER:
        return
    user = text_of(raw, "userId")
    if user and user != claims.user:
        raise _other_user(method)
    if not user and not apaas and not context.bearer:
        raise missing(method, "userId: required")


def _other_user(method: Method) -> Failure:
    """Return what it is to name another user than one's own: no reason to sign out, but in the original's methods."""
    return TokenOfAnother() if method.is_original else OtherUser()
