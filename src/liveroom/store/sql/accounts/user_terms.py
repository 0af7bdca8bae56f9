"""What users are found by: a row for each term of a user's name, written in the background."""

from collections.abc import Collection, Sequence
from typing import Final

from sqlalchemy import BindParameter, Integer, bindparam, select, update

from liveroom.domain.ids import TenantName, UserId
from liveroom.domain.parts import parts
from liveroom.ports.people import NamedUser, UserTerm
from liveroom.store.sql.dialect import statement
from liveroom.store.sql.people_tables import user_terms
from liveroom.store.sql.tables import users
from liveroom.store.sql.terms import TermIndex, term_statements

_AT_ONCE: Final = 512
_LIMIT: Final = bindparam("limit", type_=Integer)
_USERS: Final[BindParameter[str]] = bindparam("users", expanding=True)
_WAITING: Final = statement(select(users.c.id).where(users.c.named == 0).order_by(users.c.id).limit(_LIMIT))
_LOCK: Final = statement(
    select(users.c.id, users.c.tenant, users.c.name).where(users.c.id.in_(_USERS)).with_for_update()
)
_TERMS: Final = term_statements(user_terms, user_terms.c.user_id)
_WRITTEN: Final = statement(update(users).where(users.c.id.in_(_USERS)).values(named=1))


class SqlUserTerms(TermIndex[UserId, UserTerm]):
    """``ports.UserTermRows``."""

    statements = _TERMS
    term = UserTerm

    async def waiting(self, limit: int) -> Sequence[UserId]:
        return [UserId(row[0]) for row in await self._runner.rows(_WAITING, limit=limit)]

    async def lock(self, users: Collection[UserId]) -> Sequence[NamedUser]:
        found: list[NamedUser] = []
        for some in parts(sorted(users), _AT_ONCE):
            rows = await self._runner.rows(_LOCK, users=some)
            found += [NamedUser(UserId(id), TenantName(tenant), name) for id, tenant, name in rows]
        return found

    async def written(self, users: Collection[UserId]) -> None:
        for some in parts(sorted(users), _AT_ONCE):
            await self._runner.run(_WRITTEN, users=some)
