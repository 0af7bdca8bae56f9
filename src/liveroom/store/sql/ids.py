"""Ids: the sequence they come from, and who holds which. Users and rooms share them."""

import asyncio
from collections import deque
from collections.abc import Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from sqlalchemy import bindparam, select

from liveroom import deadlines
from liveroom.domain.errors import DatabaseUnavailable
from liveroom.domain.ids import TenantName, UserId
from liveroom.store.sql.counters import IDS, add_to_counter
from liveroom.store.sql.dialect import Statement, statement
from liveroom.store.sql.runner import Runner
from liveroom.store.sql.tables import ids

_CLAIM: Final = Statement(lambda dialect: dialect.insert_or_keep(ids), joins=True)
_CLAIMED: Final = statement(select(ids.c.id).where(ids.c.id.in_(bindparam("some", expanding=True))))
_HOLDER: Final = statement(select(ids.c.holder, ids.c.tenant).where(ids.c.id == bindparam("id")))
_AHEAD: Final = 128


class IdsAhead:
    """Ids taken from the sequence before they are needed, while several are wanted at once.

    Whoever takes one in a transaction holds the sequence's row until the commit, so that on a server accounts are made
    one after another. Where they come one by one nothing is taken ahead; what is left when the process ends is a gap.
    """

    def __init__(self, engine: Runner) -> None:
        self._engine = engine
        self._free: deque[int] = deque()
        self._waiting = 0
        self._taking: asyncio.Task[None] | None = None

    async def take(self, runner: Runner, count: int) -> int:
        """Return the first of so many in a row: of those taken ahead, or in the caller's transaction."""
        if (first := self._at_hand(count)) is not None:
            return first
        self._waiting += 1
        try:
            if self._waiting > 1:
                self._take_ahead()
            return await add_to_counter(runner, IDS, count) - count
        finally:
            self._waiting -= 1

    async def close(self) -> None:
        """Take nothing more."""
        if self._taking is not None:
            self._taking.cancel()
            await asyncio.wait([self._taking])

    def _at_hand(self, count: int) -> int | None:
        free = self._free
        if len(free) < count or free[count - 1] - free[0] != count - 1:
            return None
        first = free[0]
        for _ in range(count):
            free.popleft()
        if len(free) < _AHEAD // 2:
            self._take_ahead()
        return first

    def _take_ahead(self) -> None:
        if self._taking is None or self._taking.done():
            self._taking = deadlines.spawn(self._take())

    async def _take(self) -> None:
        with suppress(DatabaseUnavailable):
            end = await add_to_counter(self._engine, IDS, _AHEAD)
            self._free.extend(range(end - _AHEAD, end))


@dataclass(frozen=True, slots=True)
class SqlIds:
    """``ports.Ids``."""

    _runner: Runner
    _ahead: IdsAhead | None = None

    async def take(self, count: int) -> int:
        if self._ahead is not None:
            return await self._ahead.take(self._runner, count)
        return await add_to_counter(self._runner, IDS, count) - count

    async def claim(self, id: str, tenant: TenantName, holder: UserId) -> tuple[UserId, TenantName]:
        """Claim the id. The insert locks the row that is there as well, on MySQL as on SQLite."""
        added = await self._runner.run(_CLAIM, id=id, tenant=tenant, holder=holder)
        row = None if added else await self._runner.row(_HOLDER, id=id)
        return (UserId(row[0]), TenantName(row[1])) if row else (holder, tenant)

    async def claimed(self, ids: Sequence[str]) -> Collection[str]:
        return {row[0] for row in await self._runner.rows(_CLAIMED, some=list(ids))}
