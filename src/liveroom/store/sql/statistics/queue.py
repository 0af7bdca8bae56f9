"""What is to be counted: broadcasts that changed, and days on which any did. One row each, however often it changes.

Whoever writes a stay, messages or likes marks the broadcast in the same transaction, so that nothing is ever missed.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import BigInteger, ColumnElement, Integer, bindparam, case, delete, select, update

from liveroom.domain.ids import BroadcastId
from liveroom.domain.parts import parts
from liveroom.ports.statistics import BROADCAST, Marked
from liveroom.store.sql.dialect import New, Statement, Values, statement
from liveroom.store.sql.instants import instant, millis
from liveroom.store.sql.runner import Runner
from liveroom.store.sql.statistics_tables import statistics_queue

_C: Final = statistics_queue.c
_IS: Final = _C.subject == bindparam("which")
_DUE_THEN: Final = bindparam("seen", type_=BigInteger)
_AT_ONCE: Final = 500


def _again(new: New) -> list[tuple[str, ColumnElement[int]]]:
    return [("mark", _C.mark + 1)]


def _again_and_sooner(new: New) -> list[tuple[str, ColumnElement[int]]]:
    return [("mark", _C.mark + 1), ("due", case((new["due"] < _C.due, new["due"]), else_=_C.due))]


_MARK: Final = Statement(lambda dialect: dialect.upsert(statistics_queue, _again))
_HURRY: Final = Statement(lambda dialect: dialect.upsert(statistics_queue, _again_and_sooner))
_KEEP: Final = Statement(lambda dialect: dialect.insert_or_keep(statistics_queue))
_DUE: Final = statement(
    select(_C.subject, _C.mark, _C.due)
    .where(_C.due <= bindparam("now", type_=BigInteger))
    .order_by(_C.due)
    .limit(bindparam("limit", type_=Integer))
)
_LOCK: Final = statement(select(_C.mark, _C.due).where(_IS).with_for_update())
_PUT_OFF: Final = statement(update(statistics_queue).where(_IS, _C.due == _DUE_THEN).values(due=bindparam("until")))
_DROP: Final = statement(delete(statistics_queue).where(_IS))
_WAITING: Final = statement(select(_C.subject).where(_C.subject.in_(bindparam("some", expanding=True))))


async def mark_broadcasts(runner: Runner, broadcasts: Collection[BroadcastId], *, at_once: bool = False) -> None:
    """Note that broadcasts have changed, within the caller's transaction.

    Those that wait already are counted when it is their turn; ``at_once``: now.
    """
    rows: list[Values] = [{"subject": BROADCAST + id, "mark": 1, "due": 0} for id in sorted(broadcasts) if id]
    if rows:
        await runner.run_many(_HURRY if at_once else _MARK, rows)


@dataclass(frozen=True, slots=True)
class SqlStatisticsQueue:
    """``ports.StatisticsQueue``."""

    _runner: Runner

    async def mark(self, subjects: Collection[str], due: datetime, *, sooner: bool = False) -> None:
        rows: list[Values] = [{"subject": subject, "mark": 1, "due": millis(due)} for subject in sorted(subjects)]
        for some in parts(rows, _AT_ONCE):
            await self._runner.run_many(_HURRY if sooner else _MARK, some)

    async def keep(self, subjects: Collection[str], due: datetime) -> None:
        for subject in sorted(subjects):
            await self._runner.run(_KEEP, subject=subject, mark=1, due=millis(due))

    async def due(self, now: datetime, limit: int) -> Sequence[Marked]:
        rows = await self._runner.rows(_DUE, now=millis(now), limit=limit)
        return [Marked(row[0], row[1], instant(row[2])) for row in rows]

    async def take(self, marked: Marked, until: datetime) -> bool:
        taken = await self._runner.run(_PUT_OFF, which=marked.subject, seen=millis(marked.due), until=millis(until))
        return taken > 0

    async def lock(self, taken: Marked) -> bool:
        row = await self._runner.row(_LOCK, which=taken.subject)
        return row is not None and row[1] == millis(taken.due)

    async def done(self, taken: Marked, again: datetime | None) -> None:
        row = await self._runner.row(_LOCK, which=taken.subject)
        if row is None or row[1] != millis(taken.due):
            return
        if again is None and row[0] == taken.mark:
            await self._runner.run(_DROP, which=taken.subject)
        else:
            await self._runner.run(
                _PUT_OFF, which=taken.subject, seen=millis(taken.due), until=0 if again is None else millis(again)
            )

    async def waiting(self, subjects: Collection[str]) -> Collection[str]:
        found: set[str] = set()
        for some in parts(sorted(subjects), _AT_ONCE):
            found |= {row[0] for row in await self._runner.rows(_WAITING, some=some)}
        return found
