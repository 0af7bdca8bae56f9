"""Bindings: which user an imported username is, by the tag of the login."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import bindparam, delete, select, update

from liveroom.domain.ids import TenantName, UserId
from liveroom.domain.importing.accounts import Binding
from liveroom.store.sql.dialect import Row, Statement, Value, statement
from liveroom.store.sql.instants import optional_instant, optional_millis
from liveroom.store.sql.runner import Runner
from liveroom.store.sql.tables import bindings

_OF: Final = statement(
    select(bindings).where(
        bindings.c.tenant == bindparam("tenant"), bindings.c.folded.in_(bindparam("names", expanding=True))
    )
)
_TO: Final = statement(select(bindings).where(bindings.c.user_id.in_(bindparam("users", expanding=True))))
_ADD: Final = Statement(lambda dialect: dialect.insert_or_keep(bindings))
_PUT: Final = Statement(
    lambda dialect: dialect.upsert(bindings, lambda new: [(name, new[name]) for name in ("user_id", "bound")])
)
_CONTEST: Final = statement(
    update(bindings).where(bindings.c.user_id.in_(bindparam("users", expanding=True))).values(bound=None)
)
_REMOVE_TO: Final = statement(delete(bindings).where(bindings.c.user_id == bindparam("user")))
_REMOVE_OF: Final = statement(
    delete(bindings).where(bindings.c.tenant == bindparam("tenant"), bindings.c.folded == bindparam("folded"))
)


@dataclass(frozen=True, slots=True)
class SqlBindings:
    """``ports.Bindings``."""

    _runner: Runner

    async def of(self, tenant: TenantName, folded: Collection[str]) -> Sequence[Binding]:
        if not folded:
            return []
        return [_read(row) for row in await self._runner.rows(_OF, tenant=tenant, names=list(folded))]

    async def to(self, users: Collection[UserId]) -> Sequence[Binding]:
        if not users:
            return []
        return [_read(row) for row in await self._runner.rows(_TO, users=list(users))]

    async def add(self, bindings: Sequence[Binding]) -> None:
        if bindings:
            await self._runner.run_many(_ADD, [_values(binding) for binding in bindings])

    async def put(self, binding: Binding) -> None:
        await self._runner.run(_PUT, **_values(binding))

    async def contest(self, users: Collection[UserId]) -> None:
        if users:
            await self._runner.run(_CONTEST, users=list(users))

    async def remove_to(self, user: UserId) -> None:
        await self._runner.run(_REMOVE_TO, user=user)

    async def remove_of(self, tenant: TenantName, folded: str) -> None:
        await self._runner.run(_REMOVE_OF, tenant=tenant, folded=folded)


def _read(row: Row) -> Binding:
    return Binding(TenantName(row[0]), row[1], row[2], UserId(row[3]), optional_instant(row[4]))


def _values(binding: Binding) -> dict[str, Value]:
    return {
        "tenant": binding.tenant,
        "folded": binding.folded,
        "tag": binding.tag,
        "user_id": binding.user,
        "bound": optional_millis(binding.bound),
    }
