"""What has to be there before a server key calls a method about operators and roles."""

import itertools
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

from tests.contract.scene import Stage

_KEEPERS: Final = "keepers"
"""A role that a key may give which has the scope of operators alone."""
_numbers = itertools.count(1)
Prepare = Callable[[Stage], Awaitable[Mapping[str, Any]]]


async def _keepers(stage: Stage) -> None:
    services = stage.service.services
    if _KEEPERS not in (await services.console.operators.roles.book()).own:
        await services.console.operators.roles.put(None, _KEEPERS, ["operators.view"])


async def _newcomer(stage: Stage) -> Mapping[str, Any]:
    await _keepers(stage)
    return {"name": f"new-{next(_numbers)}", "roles": [_KEEPERS]}


async def _operator(stage: Stage) -> Mapping[str, Any]:
    await _keepers(stage)
    name, accounts = f"known-{next(_numbers)}", stage.service.services.console.operators.accounts
    return {"operatorId": (await accounts.add(None, name, roles=[_KEEPERS], tenants=["default"])).account.id}


async def _role(stage: Stage) -> Mapping[str, Any]:
    name = f"role-{next(_numbers)}"
    await stage.service.services.console.operators.roles.put(None, name, ["operators.view"])
    return {"role": name}


_ADMIN: Final = "base/v1/admin/"
PREPARED: Final[Mapping[str, Prepare]] = {
    _ADMIN + "invite_operator": _newcomer,
    **{
        _ADMIN + name: _operator
        for name in (
            *("update_operator", "disable_operator", "remove_operator", "reset_operator"),
            "list_operator_sessions",
        )
    },
    _ADMIN + "put_role": _role,
    _ADMIN + "delete_role": _role,
}
"""Makes what is needed, and returns the parameters that name it."""
