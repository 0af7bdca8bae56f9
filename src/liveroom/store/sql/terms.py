"""An index of terms: rows of tenant, term, and what is found by it."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Final, Generic, NamedTuple, TypeVar

from sqlalchemy import BindParameter, Column, Integer, Table, and_, bindparam, delete, select

from liveroom.domain.ids import TenantName
from liveroom.domain.parts import parts
from liveroom.store.sql.dialect import Statement, Values, statement
from liveroom.store.sql.runner import Runner

Id = TypeVar("Id", bound=str)
Term = TypeVar("Term", bound=tuple[str, str, str])
_AT_ONCE: Final = 512
_LAST: Final = "\U0010ffff"
"""Sorts behind every letter."""
_DROPPED: Final = ("of", "which", "about")
_SOME: Final[BindParameter[str]] = bindparam("some", expanding=True)


class TermStatements(NamedTuple):
    """The statements of one index."""

    found: str
    """The column of what is found."""
    of: Statement
    put: Statement
    drop: Statement
    find: Statement
    among: Statement


def term_statements(table: Table, found: Column[Any]) -> TermStatements:
    """Return the statements of an index in a table with the columns ``tenant``, ``term`` and ``found``."""
    tenant, term = table.c.tenant, table.c.term
    begins = and_(term >= bindparam("first"), term < bindparam("last"))
    dropped = and_(tenant == bindparam("of"), term == bindparam("which"), found == bindparam("about"))
    first = bindparam("limit", type_=Integer)
    return TermStatements(
        found.name,
        of=statement(select(tenant, term, found).where(found.in_(_SOME))),
        put=Statement(lambda dialect: dialect.insert_or_keep(table)),
        drop=statement(delete(table).where(dropped)),
        find=statement(select(found).where(tenant == bindparam("of"), begins).order_by(term, found).limit(first)),
        among=statement(select(found).where(found.in_(_SOME), begins)),
    )


@dataclass(frozen=True)
class TermIndex(Generic[Id, Term]):
    """Writes an index, and finds in it; a subclass says which (``statements``) and what a term is (``term``)."""

    _runner: Runner
    statements: ClassVar[TermStatements]
    term: ClassVar[Callable[..., Any]]

    async def of(self, some: Collection[Id]) -> Sequence[Term]:
        found: list[Term] = []
        for part in parts(sorted(some), _AT_ONCE):
            found += [self.term(*row) for row in await self._runner.rows(self.statements.of, some=part)]
        return found

    async def put(self, terms: Collection[Term]) -> None:
        await self._each(self.statements.put, ("tenant", "term", self.statements.found), terms)

    async def drop(self, terms: Collection[Term]) -> None:
        await self._each(self.statements.drop, _DROPPED, terms)

    async def find(self, tenant: TenantName, word: str, limit: int) -> Sequence[Id]:
        asked = self.statements.find
        rows = await self._runner.rows(asked, of=tenant, first=word, last=word + _LAST, limit=limit)
        return [row[0] for row in rows]

    async def among(self, some: Collection[Id], word: str) -> Collection[Id]:
        if not some:
            return ()
        rows = await self._runner.rows(self.statements.among, some=sorted(some), first=word, last=word + _LAST)
        return {row[0] for row in rows}

    async def _each(self, asked: Statement, names: Sequence[str], terms: Collection[Term]) -> None:
        many: list[Values] = [dict(zip(names, term, strict=True)) for term in sorted(terms)]
        if many:
            await self._runner.put_many(asked, many)
