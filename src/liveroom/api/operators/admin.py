"""``admin/*`` about operators and roles: who may do what in the console.

Nobody gives away a permission or a tenant that they lack, nor changes an operator or a role that has one (3000).
"""

from typing import Annotated

from liveroom.api.codes import Code
from liveroom.api.declare import Data, Who, method
from liveroom.api.operators.shapes import (
    LinkedOperator,
    OperatorObject,
    RoleObject,
    SessionObject,
    linked_operator,
    operator_of,
    role_of,
    session_of,
)
from liveroom.api.parameters import Id, Many, Request, Text
from liveroom.api.shapes import Shape
from liveroom.domain.errors import BadRequest
from liveroom.domain.operators.account import OperatorAccount, show_tenants
from liveroom.domain.operators.caller import Operator
from liveroom.domain.operators.roles import subjects
from liveroom.usecases.operators.accounts import ChangedOperator, OperatorAccounts
from liveroom.usecases.operators.roles import OperatorRoles
from liveroom.usecases.operators.sessions import OperatorSessions

_Names = Annotated[tuple[str, ...], Many(50, separator=",")]
_Shown = Annotated[str, Text(100)]
_LANGUAGES = ("", "zh", "en")


class OneOperator(Request):
    """``operatorId``: as ``admin/list_operators`` lists it."""

    operator_id: Id


@method(
    "base/v1/admin/list_operators",
    bad_request=Code.SystemVerifyError,
    who=Who.KEY,
    permission="operators.view",
    reply=list[OperatorObject],
    data=Data.LIST,
)
async def list_operators(
    call: Request, operator: Operator, operator_accounts: OperatorAccounts
) -> list[OperatorObject]:
    """List the operators who act in tenants of the caller's, the oldest first."""
    return [operator_of(one) for one in await operator_accounts.list() if one.is_known_to(operator.tenants)]


class InviteOperator(Request):
    """``roles``: built-in ones or your own. ``tenants``: names, ``default`` for the default one, ``*`` for all."""

    name: Id
    roles: _Names
    tenants: _Names
    display_name: _Shown = ""
    language: Id = ""


@method(
    "base/v1/admin/invite_operator",
    bad_request=Code.SystemVerifyError,
    who=Who.KEY,
    permission="operators.manage",
    confirms=True,
    reply=LinkedOperator,
)
async def invite_operator(
    call: InviteOperator, operator: Operator, operator_accounts: OperatorAccounts
) -> LinkedOperator:
    """Add an operator. The answer's link works once and for a day: pass it on to nobody else."""
    account, token = await operator_accounts.add(
        operator,
        call.name,
        roles=call.roles,
        tenants=call.tenants,
        display_name=call.display_name,
        language=_read_language(call.language),
    )
    operator.change.note({}, _facts(account))
    return linked_operator(account, token)


class UpdateOperator(Request):
    """What is not given stays as it is."""

    operator_id: Id
    roles: _Names | None = None
    tenants: _Names | None = None
    display_name: _Shown | None = None
    language: Annotated[str, Text(8, keep=True)] | None = None


@method(
    "base/v1/admin/update_operator",
    bad_request=Code.SystemVerifyError,
    who=Who.KEY,
    permission="operators.manage",
    confirms=True,
    reply=OperatorObject,
    codes=(Code.UserNotExists,),
)
async def update_operator(
    call: UpdateOperator, operator: Operator, operator_accounts: OperatorAccounts
) -> OperatorObject:
    """Change an operator's roles, tenants, shown name or language; it counts within a second."""
    changed = await operator_accounts.update(
        operator,
        call.operator_id,
        roles=call.roles,
        tenants=call.tenants,
        display_name=call.display_name,
        language=None if call.language is None else _read_language(call.language),
    )
    return _noted(operator, changed)


class DisableOperator(Request):
    """``disabled``: false lets them sign in again."""

    operator_id: Id
    disabled: bool = True


@method(
    "base/v1/admin/disable_operator",
    bad_request=Code.SystemVerifyError,
    who=Who.KEY,
    permission="operators.manage",
    confirms=True,
    reply=OperatorObject,
    codes=(Code.UserNotExists,),
)
async def disable_operator(
    call: DisableOperator, operator: Operator, operator_accounts: OperatorAccounts
) -> OperatorObject:
    """Keep an operator from signing in, and end their sessions within a second; or let them sign in again."""
    return _noted(operator, await operator_accounts.disable(operator, call.operator_id, disabled=call.disabled))


@method(
    "base/v1/admin/remove_operator",
    bad_request=Code.SystemVerifyError,
    who=Who.KEY,
    permission="operators.manage",
    confirms=True,
    codes=(Code.UserNotExists,),
)
async def remove_operator(call: OneOperator, operator: Operator, operator_accounts: OperatorAccounts) -> None:
    """Remove an operator for good; what they did stays in the audit."""
    operator.change.note(_facts(await operator_accounts.remove(operator, call.operator_id)), {})


@method(
    "base/v1/admin/reset_operator",
    bad_request=Code.SystemVerifyError,
    who=Who.KEY,
    permission="operators.manage",
    confirms=True,
    reply=LinkedOperator,
    codes=(Code.UserNotExists,),
)
async def reset_operator(call: OneOperator, operator: Operator, operator_accounts: OperatorAccounts) -> LinkedOperator:
    """Take password and second factor from an operator and end their sessions; the answer's link sets new ones."""
    account, token = await operator_accounts.reset(operator, call.operator_id)
    operator.change.note({"link": False}, {"link": True, "name": account.name})
    return linked_operator(account, token)


@method(
    "base/v1/admin/list_operator_sessions",
    bad_request=Code.SystemVerifyError,
    who=Who.KEY,
    permission="operators.view",
    reply=list[SessionObject],
    data=Data.LIST,
    codes=(Code.UserNotExists,),
)
async def list_operator_sessions(
    call: OneOperator, operator: Operator, operator_accounts: OperatorAccounts, sessions: OperatorSessions
) -> list[SessionObject]:
    """List where an operator is signed in to the console."""
    account = await operator_accounts.find(call.operator_id)
    if not account.is_known_to(operator.tenants):
        return []
    return [session_of(one, operator.session) for one in await sessions.list(account.id)]


@method(
    "base/v1/admin/list_roles",
    bad_request=Code.SystemVerifyError,
    who=Who.KEY,
    permission="operators.view",
    reply=list[RoleObject],
    data=Data.LIST,
)
async def list_roles(call: Request, operator: Operator, operator_roles: OperatorRoles) -> list[RoleObject]:
    """List roles and what each allows: the built-in ones, then your own."""
    book = await operator_roles.book()
    return [role_of(book, name) for name in book.names()]


class PutRole(Request):
    """``role``: 1 to 32 of a-z, 0-9, - and _. ``permissions``: as ``admin/list_permissions`` lists them."""

    role: Id
    permissions: Annotated[tuple[str, ...], Many(500, separator=",")]


@method(
    "base/v1/admin/put_role",
    bad_request=Code.SystemVerifyError,
    who=Who.KEY,
    permission="operators.manage",
    confirms=True,
    reply=RoleObject,
)
async def put_role(call: PutRole, operator: Operator, operator_roles: OperatorRoles) -> RoleObject:
    """Add a role of your own, or change what it allows: it counts within a second for all who have it."""
    before, role = await operator_roles.put(operator, call.role, call.permissions)
    operator.change.note({"permissions": sorted(before)}, {"permissions": sorted(role.permissions), "role": role.id})
    return role_of(await operator_roles.book(), role.id)


class OneRole(Request):
    """``role``: one of your own."""

    role: Id


@method(
    "base/v1/admin/delete_role",
    bad_request=Code.SystemVerifyError,
    who=Who.KEY,
    permission="operators.manage",
    confirms=True,
)
async def delete_role(call: OneRole, operator: Operator, operator_roles: OperatorRoles) -> None:
    """Delete a role of your own that nobody has."""
    operator.change.note(
        {"role": call.role, "permissions": sorted(await operator_roles.remove(operator, call.role))}, {}
    )


class PermissionSubject(Shape):
    """What operators can be allowed to do with one subject."""

    subject: str
    permissions: list[str]


@method(
    "base/v1/admin/list_permissions",
    bad_request=Code.SystemVerifyError,
    who=Who.KEY,
    permission="operators.view",
    reply=list[PermissionSubject],
    data=Data.LIST,
)
async def list_permissions(call: Request, operator: Operator, operator_roles: OperatorRoles) -> list[PermissionSubject]:
    """List every permission that a role can have, by subject. One that ends in ``.view`` changes nothing."""
    found = subjects(operator_roles.known)
    return [PermissionSubject(subject=subject, permissions=names) for subject, names in found.items()]


def _read_language(text: str) -> str:
    if text not in _LANGUAGES:
        raise BadRequest("language: zh or en")
    return text


def _facts(account: OperatorAccount) -> dict[str, object]:
    """Return what the audit keeps of an operator."""
    return {
        "name": account.name,
        "displayName": account.display_name,
        "roles": sorted(account.roles),
        "tenants": show_tenants(account.tenants),
        "language": account.language,
        "disabled": account.disabled is not None,
    }


def _noted(operator: Operator, changed: ChangedOperator) -> OperatorObject:
    """Note a change for the audit, and return the operator as they are now."""
    operator.change.note(_facts(changed.before), _facts(changed.after))
    return operator_of(changed.after)
