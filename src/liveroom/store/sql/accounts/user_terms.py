"""What users are found by: a row for each term of a user's name, written in the background."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import BindParameter, Integer, and_, bindparam, delete, select, update

from liveroom.domain.ids import TenantName, UserId
from liveroom.domain.parts import parts
from liveroom.ports.people import NamedUser, UserTerm
from liveroom.store.sql.dialect import Statement, Values, statement
from liveroom.store.sql.people_tables import user_terms
from liveroom.store.sql.runner import Runner
from liveroom.store.sql.tables import users

_AT_ONCE: Final = 512
_LAST: Final = "\U0010ffff"
"""Sorts behind every letter."""
_C: Final = user_terms.c
_LIMIT: Final = bindparam("limit", type_=Integer)
_USERS: Final[BindParameter[str]] = bindparam("users", expanding=True)
_BEGINS: Final = and_(_C.term >= bindparam("first"), _C.term < bindparam("last"))
_WAITING: Final = statement(select(users.c.id).where(users.c.named == 0).order_by(users.c.id).limit(_LIMIT))
_LOCK: Final = statement(
    select(users.c.id, users.c.tenant, users.c.name).where(users.c.id.in_(_USERS)).with_for_update()
)
_OF: Final = statement(select(_C.tenant, _C.term, _C.user_id).where(_C.user_id.in_(_USERS)))
_PUT: Final = Statement(lambda dialect: dialect.insert_or_keep(user_terms))
_DROP: Final = statement(
    delete(user_terms).where(
        _C.tenant == bindparam("of"), _C.term == bindparam("which"), _C.user_id == bindparam("about")
    )
)
_WRITTEN: Final = statement(update(users).where(users.c.id.in_(_USERS)).values(named=1))
_FIND: Final = statement(
    select(_C.user_id).where(_C.tenant == bindparam("of"), _BEGINS).order_by(_C.term, _C.user_id).limit(_LIMIT)
)
_AMONG: Final = statement(select(_C.user_id).where(_C.user_id.in_(_USERS), _BEGINS))
_COLUMNS: Final = ("tenant", "term", "user_id")
_NAMES: Final = ("of", "which", "about")


@dataclass(frozen=True, slots=True)
class SqlUserTerms:
    """``ports.UserTermRows``."""

    _runner: Runner

    async def waiting(self, limit: int) -> Sequence[UserId]:
        return [UserId(row[0]) for row in await self._runner.rows(_WAITING, limit=limit)]

    async def lock(self, users: Collection[UserId]) -> Sequence[NamedUser]:
        found: list[NamedUser] = []
        for some in parts(sorted(users), _AT_ONCE):
            rows = await self._runner.rows(_LOCK, users=some)
            found += [NamedUser(UserId(id), TenantName(tenant), name) for id, tenant, name in rows]
        return found

    async def of(self, users: Collection[UserId]) -> Collection[UserTerm]:
        found: set[UserTerm] = set()
        for some in parts(sorted(users), _AT_ONCE):
            rows = await self._runner.rows(_OF, users=some)
            found |= {UserTerm(TenantName(tenant), term, UserId(user)) for tenant, term, user in rows}
        return found

    async def put(self, terms: Collection[UserTerm]) -> None:
        await self._many(_PUT, _COLUMNS, terms)

    async def drop(self, terms: Collection[UserTerm]) -> None:
        await self._many(_DROP, _NAMES, terms)

    async def written(self, users: Collection[UserId]) -> None:
        for some in parts(sorted(users), _AT_ONCE):
            await self._runner.run(_WRITTEN, users=some)

    async def find(self, tenant: TenantName, word: str, limit: int) -> Sequence[UserId]:
        rows = await self._runner.rows(_FIND, of=tenant, first=word, last=word + _LAST, limit=limit)
        return [UserId(row[0]) for row in rows]

    async def among(self, users: Collection[UserId], word: str) -> Collection[UserId]:
        if not users:
            return ()
        rows = await self._runner.rows(_AMONG, users=sorted(users), first=word, last=word + _LAST)
        return {UserId(row[0]) for row in rows}

    async def _many(self, asked: Statement, names: Sequence[str], terms: Collection[UserTerm]) -> None:
        many: list[Values] = [dict(zip(names, term, strict=True)) for term in sorted(terms)]
        if many:
            await self._runner.put_many(asked, many)
