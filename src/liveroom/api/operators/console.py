"""Calls from the console: who is signed in by its cookie, whether they may, and what the audit notes of it.

A call is of the console if it has the console's header, came as POST, and the browser says that the page is of the same
origin. Every call of a method that takes a permission goes into the audit before it is carried out, also one that is
refused, unless the method is declared otherwise.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from liveroom.api.codes import Code
from liveroom.api.declare import IN_CONSOLE, Method, Who
from liveroom.api.identity import ConsoleRequest, RequestContext, text_of
from liveroom.api.tenants.server_keys import note_call
from liveroom.domain.ids import DEFAULT_TENANT
from liveroom.domain.moderation.audit import AuditId
from liveroom.domain.operators.caller import NotedChange, Operator
from liveroom.domain.operators.failures import ConsoleSessionMissing, ForeignPage, PermissionMissing, TenantForbidden
from liveroom.domain.tenants.model import Language, Tenant
from liveroom.usecases.moderation.audit import Audit
from liveroom.usecases.operators.sessions import Browser, OperatorSessions, SignedIn
from liveroom.usecases.tenants.registry import Tenancy

_ENDED: Final = "; Max-Age=0"


@dataclass(frozen=True, slots=True)
class ConsoleVisitor:
    """Whoever has opened the console."""

    browser: Browser
    console: ConsoleRequest
    language: Language

    def keep(self, token: str, seconds: int) -> None:
        """Have the browser keep a session's cookie."""
        self.console.cookies.append(f"{token}; Max-Age={seconds}")

    def forget(self) -> None:
        """Have the browser drop it."""
        self.console.cookies.append(_ENDED)


@dataclass(frozen=True, slots=True)
class ConsoleCaller:
    """An operator who is signed in, and calls about themselves."""

    signed_in: SignedIn
    visitor: ConsoleVisitor


class ConsoleUse(NamedTuple):
    """A call from the console."""

    tenant: Tenant
    visitor: ConsoleRequest
    browser: Browser
    signed_in: SignedIn | None
    noted: AuditId | None
    change: NotedChange
    """What the call changes, as its use case says."""


def is_console_call(method: Method) -> bool:
    """Say whether the console's cookie counts for a method."""
    return method.who is Who.KEY or method.who in IN_CONSOLE


class ConsoleCalls:
    """Decides what an operator may do who is signed in."""

    def __init__(self, sessions: OperatorSessions, tenants: Tenancy, audit: Audit) -> None:
        self._sessions = sessions
        self._tenants = tenants
        self._audit = audit

    async def admit(
        self, method: Method, raw: Mapping[str, Any], console: ConsoleRequest, context: RequestContext
    ) -> ConsoleUse:
        """Return whose call it is, once it is noted where it has to be.

        Raises ``ForeignPage``, ``ConsoleSessionMissing``, ``TenantForbidden``, and ``DatabaseUnavailable``.
        """
        if not (console.is_post and console.from_own_page):
            raise ForeignPage
        browser = Browser(context.address, console.device, context.request_id)
        default = self._tenants.default
        if method.who is Who.CONSOLE:
            return ConsoleUse(default, console, browser, None, None, NotedChange())
        signed_in = await self._sessions.find(console.token)
        actor = signed_in.account.actor
        if method.who is Who.OPERATOR:
            noted = await note_call(self._audit, method, raw, context, tenant=default.name, actor=actor)
            return ConsoleUse(default, console, browser, signed_in, noted, NotedChange())
        tenant = self._tenant(raw, signed_in)
        within = (tenant or default).name
        noted = await note_call(self._audit, method, raw, context, tenant=within, actor=actor)
        if tenant is None:
            self._audit.answered(noted, int(Code.PermissionDenied))
            raise TenantForbidden
        return ConsoleUse(tenant, console, browser, signed_in, noted, NotedChange())

    def caller(self, method: Method, use: ConsoleUse, language: Language) -> Operator | ConsoleCaller | ConsoleVisitor:
        """Return who calls. Raises ``PermissionMissing``, and ``ConfirmationRequired`` before something dangerous."""
        visitor = ConsoleVisitor(use.browser, use.visitor, language)
        if method.who is Who.CONSOLE:
            return visitor
        if use.signed_in is None:
            raise ConsoleSessionMissing
        account, session, permissions = use.signed_in
        if method.permission and method.permission not in permissions:
            raise PermissionMissing(method.permission)
        if method.confirms:
            self._sessions.check_confirmed(use.signed_in)
        if method.who is Who.OPERATOR:
            return ConsoleCaller(use.signed_in, visitor)
        return Operator(
            use.tenant,
            account.actor,
            self._sessions.clock.now(),
            may=permissions.__contains__,
            change=use.change,
            tenants=account.within,
            session=session.id,
        )

    def _tenant(self, raw: Mapping[str, Any], signed_in: SignedIn) -> Tenant | None:
        """Return the tenant that is meant: the named one, else the default one or the only one of the operator."""
        named, account = text_of(raw, "apaasAppId"), signed_in.account
        if not named and account.within is not None and len(account.within) == 1:
            (named,) = account.within
        tenant = self._tenants.find(named) if named else self._tenants.get(DEFAULT_TENANT)
        return tenant if tenant is not None and account.may_enter(tenant.name) else None
