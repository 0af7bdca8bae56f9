"""Operators, roles and sessions as the console sees them."""

from liveroom.api.shapes import Shape
from liveroom.domain.operators.account import OperatorAccount, OperatorSession, show_tenants
from liveroom.domain.operators.roles import RoleBook, is_built_in
from liveroom.domain.payloads import time_or_empty, wire_time
from liveroom.domain.tenants.model import Tenant
from liveroom.usecases.operators.sessions import SignedIn


class Me(Shape):
    """Who is signed in to the console, and what they may."""

    operator_id: str
    name: str
    display_name: str
    roles: list[str]
    permissions: list[str]
    tenants: list[str]
    """In which they act, as ``apaasAppId`` names them: "" is the default one."""
    language: str
    """``zh``, ``en``, or "" for that of the browser."""
    has_totp: bool


class OperatorObject(Shape):
    """An operator."""

    operator_id: str
    name: str
    display_name: str
    roles: list[str]
    tenants: list[str]
    """``*`` for all; ``default`` is the default one."""
    language: str
    has_totp: bool
    state: str
    """``active``, ``invited`` (has a link and has not used it yet) or ``disabled``."""
    create_utc: str
    signed_in_utc: str
    """When they last signed in; "" for never."""


class LinkedOperator(Shape):
    """An operator, and the link that sets their password and second factor. It is shown only now."""

    operator: OperatorObject
    token: str
    """The link is the console's address, ``#invitation=`` and this token."""
    expire_utc: str


class RoleObject(Shape):
    """A role."""

    role: str
    permissions: list[str]
    built_in: bool


class SessionObject(Shape):
    """A browser in which one is signed in."""

    session_id: str
    device: str
    """The browser's name of itself."""
    address: str
    create_utc: str
    seen_utc: str
    """When it was last used, to the minute."""
    expire_utc: str
    current: bool
    """It is the one that asks."""


def me_of(signed_in: SignedIn, tenants: list[Tenant]) -> Me:
    """Return who is signed in."""
    account = signed_in.account
    return Me(
        operator_id=account.id,
        name=account.name,
        display_name=account.display_name,
        roles=sorted(account.roles),
        permissions=sorted(signed_in.permissions),
        tenants=[tenant.name for tenant in tenants if account.may_enter(tenant.name)],
        language=account.language,
        has_totp=account.has_totp,
    )


def operator_of(account: OperatorAccount) -> OperatorObject:
    """Return an operator as others see them."""
    return OperatorObject(
        operator_id=account.id,
        name=account.name,
        display_name=account.display_name,
        roles=sorted(account.roles),
        tenants=show_tenants(account.tenants),
        language=account.language,
        has_totp=account.has_totp,
        state="disabled" if account.disabled is not None else "invited" if account.link else "active",
        create_utc=wire_time(account.created),
        signed_in_utc=time_or_empty(account.signed_in),
    )


def linked_operator(account: OperatorAccount, token: str) -> LinkedOperator:
    """Return an operator with their link."""
    return LinkedOperator(operator=operator_of(account), token=token, expire_utc=time_or_empty(account.link_until))


def role_of(book: RoleBook, name: str) -> RoleObject:
    """Return a role."""
    return RoleObject(role=name, permissions=sorted(book.of_role(name)), built_in=is_built_in(name))


def session_of(session: OperatorSession, current: str) -> SessionObject:
    """Return a session; ``current`` is the id of the one that asks."""
    return SessionObject(
        session_id=session.id,
        device=session.device,
        address=session.address,
        create_utc=wire_time(session.created),
        seen_utc=wire_time(session.seen),
        expire_utc=wire_time(session.expires),
        current=session.id == current,
    )
