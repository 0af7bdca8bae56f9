"""Words that operators have added to the list, by tenant."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import BindParameter, Integer, bindparam, delete, func, or_, select

from liveroom.domain.ids import TenantName
from liveroom.domain.messages.words import ListedWord, Word
from liveroom.domain.parts import parts
from liveroom.store.sql.dialect import Row, Values, put_row, statement
from liveroom.store.sql.instants import instant, millis
from liveroom.store.sql.moderation_tables import words
from liveroom.store.sql.runner import Runner

_C: Final = words.c
_LETTERS: Final[BindParameter[str]] = bindparam("some", expanding=True)
_PAGE: Final = statement(
    select(words)
    .where(_C.tenant == bindparam("of"), _C.letters > bindparam("after"))
    .order_by(_C.letters)
    .limit(bindparam("limit", type_=Integer))
)
_ALL: Final = statement(
    select(words)
    .where(_C.tenant >= bindparam("of"), or_(_C.tenant > bindparam("of"), _C.letters > bindparam("after")))
    .order_by(_C.tenant, _C.letters)
    .limit(bindparam("limit", type_=Integer))
)
_COUNT: Final = statement(select(func.count()).where(_C.tenant == bindparam("of")))
_PUT: Final = put_row(words)
_REMOVE: Final = statement(delete(words).where(_C.tenant == bindparam("of"), _C.letters.in_(_LETTERS)))
_AT_ONCE: Final = 1000


@dataclass(frozen=True, slots=True)
class SqlWords:
    """``ports.WordRows``."""

    _runner: Runner

    async def all(self) -> Sequence[tuple[TenantName, ListedWord]]:
        """Read the words of all tenants, some at a time."""
        found = list(await self._runner.rows(_ALL, of="", after="", limit=_AT_ONCE))
        read = len(found)
        while read == _AT_ONCE:
            more = await self._runner.rows(_ALL, of=found[-1][0], after=found[-1][1], limit=_AT_ONCE)
            found += more
            read = len(more)
        return [(TenantName(row[0]), _read(row)) for row in found]

    async def page(self, tenant: TenantName, after: str, limit: int) -> Sequence[ListedWord]:
        return list(map(_read, await self._runner.rows(_PAGE, of=tenant, after=after, limit=limit)))

    async def count(self, tenant: TenantName) -> int:
        row = await self._runner.row(_COUNT, of=tenant)
        return row[0] if row else 0

    async def put(self, tenant: TenantName, words: Sequence[ListedWord]) -> None:
        rows: list[Values] = [
            {
                "tenant": tenant,
                "letters": one.word.letters,
                "written": one.written,
                "masks": int(one.word.masks),
                "added_by": one.by,
                "created": millis(one.at),
            }
            for one in sorted(words, key=lambda one: one.word.letters)
        ]
        if rows:
            await self._runner.run_many(_PUT, rows)

    async def remove(self, tenant: TenantName, letters: Collection[str]) -> int:
        return sum([await self._runner.run(_REMOVE, of=tenant, some=some) for some in parts(sorted(letters), _AT_ONCE)])


def _read(row: Row) -> ListedWord:
    return ListedWord(Word(row[1], row[3] == 1), row[2], row[4], instant(row[5]))
