"""Blocks between users."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import BigInteger, BindParameter, Integer, and_, bindparam, delete, func, or_, select

from liveroom.domain.follows.blocks import Block
from liveroom.domain.ids import UserId
from liveroom.domain.rooms.paging import UserMark
from liveroom.store.sql.dialect import Statement, statement
from liveroom.store.sql.follow_tables import blocks
from liveroom.store.sql.instants import instant, millis
from liveroom.store.sql.runner import Runner

_C: Final = blocks.c
_END: Final = 1 << 62
"""Behind every time."""
_USER: Final[BindParameter[str]] = bindparam("user")
_OTHERS: Final[BindParameter[Any]] = bindparam("others", expanding=True)
_LIMIT: Final = bindparam("limit", type_=Integer)
_AT: Final = bindparam("before", type_=BigInteger)

_ADD: Final = Statement(lambda dialect: dialect.insert_or_keep(blocks))
_REMOVE: Final = statement(delete(blocks).where(_C.blocker == _USER, _C.blocked == bindparam("whom")))
_BLOCKED: Final = statement(select(_C.blocked).where(_C.blocker == _USER, _C.blocked.in_(_OTHERS)))
_BLOCKERS: Final = statement(select(_C.blocker).where(_C.blocked == _USER, _C.blocker.in_(_OTHERS)))
_ALL_BLOCKERS: Final = statement(select(_C.blocker).where(_C.blocked == _USER).order_by(_C.blocker).limit(_LIMIT))
_COUNT: Final = statement(select(func.count()).select_from(blocks).where(_C.blocker == _USER))
_PAGE: Final = statement(
    select(_C.blocked, _C.at)
    .where(_C.blocker == _USER, and_(_C.at <= _AT, or_(_C.at < _AT, _C.blocked < bindparam("after"))))
    .order_by(_C.at.desc(), _C.blocked.desc())
    .limit(_LIMIT)
)


@dataclass(frozen=True, slots=True)
class SqlBlocks:
    """``ports.BlockRows``."""

    _runner: Runner

    async def add(self, blocker: UserId, blocked: UserId, at: datetime) -> None:
        await self._runner.run(_ADD, blocker=blocker, blocked=blocked, at=millis(at))

    async def remove(self, blocker: UserId, blocked: UserId) -> None:
        await self._runner.run(_REMOVE, user=blocker, whom=blocked)

    async def among(self, user: UserId, others: Collection[UserId]) -> Collection[UserId]:
        return {UserId(row[0]) for row in await self._runner.rows(_BLOCKED, user=user, others=list(others))}

    async def blockers_among(self, user: UserId, others: Collection[UserId]) -> Collection[UserId]:
        return {UserId(row[0]) for row in await self._runner.rows(_BLOCKERS, user=user, others=list(others))}

    async def blockers(self, user: UserId, limit: int) -> Sequence[UserId]:
        return [UserId(row[0]) for row in await self._runner.rows(_ALL_BLOCKERS, user=user, limit=limit)]

    async def count(self, user: UserId) -> int:
        row = await self._runner.row(_COUNT, user=user)
        return 0 if row is None else int(row[0])

    async def page(self, user: UserId, before: UserMark | None, limit: int) -> Sequence[Block]:
        at, after = (_END, "") if before is None else (millis(before.at), before.user)
        rows = await self._runner.rows(_PAGE, user=user, before=at, after=after, limit=limit)
        return [Block(UserId(blocked), instant(stored)) for blocked, stored in rows]
