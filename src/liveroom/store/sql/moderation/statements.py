"""Statements of reasons and their appeals: one row each."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import BindParameter, Integer, bindparam, delete, func, insert, select, update

from liveroom.domain.ids import RoomId, TenantName, UserId
from liveroom.domain.moderation.reports import Measure
from liveroom.domain.moderation.statements import AppealState, StatementOfReasons
from liveroom.store.sql.dialect import BEHIND_ALL, Row, Value, statement
from liveroom.store.sql.instants import instant, millis, optional_instant, optional_millis
from liveroom.store.sql.moderation_tables import statements
from liveroom.store.sql.runner import Runner

_C: Final = statements.c
_LIMIT: Final = bindparam("limit", type_=Integer)
_ROWS: Final[BindParameter[str]] = bindparam("rows", expanding=True)
_ADD: Final = statement(insert(statements))
_BY_ID: Final = select(statements).where(_C.id == bindparam("key"))
_GET: Final = statement(_BY_ID)
_LOCK: Final = statement(_BY_ID.with_for_update())
_PUT: Final = statement(
    update(statements)
    .where(_C.id == bindparam("key"))
    .values(
        {name: bindparam(f"new_{name}") for name in ("state", "appeal", "appealed", "decided_by", "decided", "answer")}
    )
)
_NEWEST: Final = select(statements).where(_C.id < bindparam("before")).order_by(_C.id.desc()).limit(_LIMIT)
_OF_USER: Final = statement(_NEWEST.where(_C.user_id == bindparam("whose")))
_IN_STATE: Final = statement(_NEWEST.where(_C.tenant == bindparam("of"), _C.state == bindparam("standing")))
_COUNTED: Final = statement(
    select(_C.id).where(_C.tenant == bindparam("of"), _C.state == bindparam("standing")).limit(_LIMIT)
)
_OF_REPORT: Final = statement(select(statements).where(_C.report == bindparam("of")))
_WARNED: Final = statement(
    select(_C.user_id, func.count())
    .where(
        _C.user_id.in_(bindparam("users", expanding=True)),
        _C.measure == Measure.WARN.value,
        _C.state != AppealState.GRANTED.value,
    )
    .group_by(_C.user_id)
)
_OLD: Final = statement(select(_C.id).where(_C.at < bindparam("before")).order_by(_C.at).limit(_LIMIT))
_DROP: Final = statement(delete(statements).where(_C.id.in_(_ROWS)))


@dataclass(frozen=True, slots=True)
class SqlStatementRows:
    """``ports.StatementRows``."""

    _runner: Runner

    async def add(self, statement: StatementOfReasons) -> None:
        await self._runner.run(_ADD, **_values(statement))

    async def get(self, id: str) -> StatementOfReasons | None:
        row = await self._runner.row(_GET, key=id)
        return _read(row) if row and row[0] == id else None

    async def lock(self, id: str) -> StatementOfReasons | None:
        row = await self._runner.row(_LOCK, key=id)
        return _read(row) if row and row[0] == id else None

    async def put(self, statement: StatementOfReasons) -> None:
        values: dict[str, Value] = {
            "new_state": statement.state.value,
            "new_appeal": statement.appeal,
            "new_appealed": optional_millis(statement.appealed),
            "new_decided_by": statement.decided_by,
            "new_decided": optional_millis(statement.decided),
            "new_answer": statement.answer,
        }
        await self._runner.run(_PUT, key=statement.id, **values)

    async def of_user(self, user: UserId, before: str, limit: int) -> Sequence[StatementOfReasons]:
        rows = await self._runner.rows(_OF_USER, whose=user, before=before or BEHIND_ALL, limit=limit)
        return list(map(_read, rows))

    async def of_report(self, report: str) -> StatementOfReasons | None:
        row = await self._runner.row(_OF_REPORT, of=report)
        return _read(row) if row else None

    async def in_state(
        self, tenant: TenantName, state: AppealState, before: str, limit: int
    ) -> Sequence[StatementOfReasons]:
        asked: dict[str, Value] = {"of": tenant, "standing": state.value, "before": before or BEHIND_ALL}
        return list(map(_read, await self._runner.rows(_IN_STATE, **asked, limit=limit)))

    async def count(self, tenant: TenantName, state: AppealState, limit: int) -> int:
        return len(await self._runner.rows(_COUNTED, of=tenant, standing=state.value, limit=limit))

    async def warned(self, users: Collection[UserId]) -> Mapping[UserId, int]:
        rows = await self._runner.rows(_WARNED, users=sorted(users)) if users else []
        return {UserId(row[0]): row[1] for row in rows}

    async def purge(self, before: datetime, limit: int) -> int:
        old = [row[0] for row in await self._runner.rows(_OLD, before=millis(before), limit=limit)]
        if old:
            await self._runner.run(_DROP, rows=old)
        return len(old)


def _values(statement: StatementOfReasons) -> dict[str, Value]:
    return {
        "id": statement.id,
        "tenant": statement.tenant,
        "user_id": statement.user,
        "report": statement.report,
        "room": statement.room,
        "measure": statement.measure.value,
        "reason": statement.reason,
        "words": statement.words,
        "at": millis(statement.at),
        "until": optional_millis(statement.until),
        "made_by": statement.by,
        "state": statement.state.value,
        "appeal": statement.appeal,
        "appealed": optional_millis(statement.appealed),
        "decided_by": statement.decided_by,
        "decided": optional_millis(statement.decided),
        "answer": statement.answer,
    }


def _read(row: Row) -> StatementOfReasons:
    return StatementOfReasons(
        id=row[0],
        tenant=TenantName(row[1]),
        user=UserId(row[2]),
        report=row[3],
        room=RoomId(row[4]),
        measure=Measure(row[5]),
        reason=row[6],
        words=row[7],
        at=instant(row[8]),
        until=optional_instant(row[9]),
        by=row[10],
        state=AppealState(row[11]),
        appeal=row[12],
        appealed=optional_instant(row[13]),
        decided_by=row[14],
        decided=optional_instant(row[15]),
        answer=row[16],
    )
