"""With which parameters a server key calls methods about operators and roles: a part of ``stages.ADMIN_SCENES``."""

import itertools
from collections.abc import Awaitable, Callable
from typing import Any, Final

from tests.contract.scene import ADMIN, Params, Scenes, Stage

_KEEPERS: Final = "keepers"
"""A role that a key may give which has the scope of operators alone."""
_numbers = itertools.count(1)


async def _keepers(stage: Stage) -> None:
    services = stage.service.services
    if _KEEPERS not in (await services.console.operators.roles.book()).own:
        await services.console.operators.roles.put(None, _KEEPERS, ["operators.view"])


async def _newcomer(stage: Stage) -> Params:
    await _keepers(stage)
    names = {"name": f"new-{next(_numbers)}", "displayName": "小李", "language": "zh"}
    return {**names, "roles": [_KEEPERS], "tenants": ["default"]}


def _about_operator(**params: Any) -> Callable[[Stage], Awaitable[Params]]:
    async def make(stage: Stage) -> Params:
        await _keepers(stage)
        name, accounts = f"known-{next(_numbers)}", stage.service.services.console.operators.accounts
        made = await accounts.add(None, name, roles=[_KEEPERS], tenants=["default"])
        return {"operatorId": made.account.id, **params}

    return make


def _about_role(**params: Any) -> Callable[[Stage], Awaitable[Params]]:
    async def make(stage: Stage) -> Params:
        name = f"role-{next(_numbers)}"
        await stage.service.services.console.operators.roles.put(None, name, ["operators.view"])
        return {"role": name, **params}

    return make


OPERATORS: Final[Scenes] = {
    ADMIN + "list_operators": lambda _: {},
    ADMIN + "invite_operator": _newcomer,
    ADMIN + "update_operator": _about_operator(displayName="小李", language=""),
    ADMIN + "disable_operator": _about_operator(disabled="true"),
    ADMIN + "remove_operator": _about_operator(),
    ADMIN + "reset_operator": _about_operator(),
    ADMIN + "list_operator_sessions": _about_operator(),
    ADMIN + "list_roles": lambda _: {},
    ADMIN + "put_role": _about_role(permissions=["operators.view", "operators.manage"]),
    ADMIN + "delete_role": _about_role(),
    ADMIN + "list_permissions": lambda _: {},
}
