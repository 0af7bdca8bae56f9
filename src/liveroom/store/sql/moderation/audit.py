"""The audit: one row for each thing that was done in an operator's name, in the order of its time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import BindParameter, Connection, Integer, String, bindparam, delete, func, insert, or_, select, update

from liveroom.domain.ids import RoomId, TenantName, first_id
from liveroom.domain.moderation.audit import AuditEntry, AuditId, AuditOutcome
from liveroom.domain.parts import parts
from liveroom.store.sql.backend_tables import audit
from liveroom.store.sql.dialect import BEHIND_ALL, Row, Value, Values, statement
from liveroom.store.sql.instants import instant, millis
from liveroom.store.sql.runner import Runner

_LIMIT: Final = bindparam("limit", type_=Integer)
_ROWS: Final[BindParameter[str]] = bindparam("entries", expanding=True)
_ADD: Final = statement(insert(audit))
_ANSWERED: Final = statement(
    update(audit).where(audit.c.id.in_(_ROWS), audit.c.code.is_(None)).values(code=bindparam("ended"))
)
_CHANGED: Final = statement(
    update(audit)
    .where(audit.c.id == bindparam("entry"), audit.c.code.is_(None))
    .values(code=bindparam("ended"), was=bindparam("before"), becomes=bindparam("after"))
)
_NEWEST: Final = select(audit).where(audit.c.id >= bindparam("since")).order_by(audit.c.id.desc()).limit(_LIMIT)
_OF_ALL: Final = statement(_NEWEST)
_OF_TENANT: Final = statement(_NEWEST.where(audit.c.tenant == bindparam("tenant")))
_OF_ACTOR: Final = statement(_NEWEST.where(audit.c.actor == bindparam("actor")))
_BEFORE: Final = select(audit).where(audit.c.id < bindparam("before")).order_by(audit.c.id.desc()).limit(_LIMIT)
_BEFORE_BY_ACTOR: Final = statement(_BEFORE.where(audit.c.actor == bindparam("actor")))
_IN_TENANT: Final = _BEFORE.where(audit.c.tenant == bindparam("tenant"))
_BEFORE_IN_TENANT: Final = statement(_IN_TENANT)
_BEFORE_IN_ROOM: Final = statement(_IN_TENANT.where(audit.c.room == bindparam("room")))
_BEFORE_BY_USERS: Final = statement(
    _IN_TENANT.where(audit.c.room == bindparam("room"), func.substr(audit.c.actor, 1, 5) == "user:")
)
_OF_ROOM: Final = select(audit).where(
    audit.c.tenant == bindparam("tenant"),
    audit.c.room == bindparam("room"),
    or_(audit.c.code == 0, audit.c.code.is_(None)),
    or_(
        bindparam("whom", type_=String) == "",
        audit.c.actor == bindparam("whom"),
        func.substr(audit.c.subject.concat(" "), 1, bindparam("rest", type_=Integer)) == bindparam("begins"),
    ),
)
_ROOM_UP: Final = statement(_OF_ROOM.where(audit.c.id > bindparam("edge")).order_by(audit.c.id).limit(_LIMIT))
_ROOM_DOWN: Final = statement(_OF_ROOM.where(audit.c.id < bindparam("edge")).order_by(audit.c.id.desc()).limit(_LIMIT))
_OLD: Final = statement(select(audit.c.id).where(audit.c.id < bindparam("before")).order_by(audit.c.id).limit(_LIMIT))
_DROP: Final = statement(delete(audit).where(audit.c.id.in_(_ROWS)))
_AT_ONCE: Final = 512


@dataclass(frozen=True, slots=True)
class SqlAudit:
    """``ports.Audit``."""

    _runner: Runner

    async def add(self, entries: Sequence[AuditEntry]) -> None:
        if len(entries) == 1:
            await self._runner.run(_ADD, **_values(entries[0]))
        elif entries:
            rows: list[Values] = [_values(entry) for entry in entries]
            await self._runner.run_many(_ADD, rows)

    async def answered(self, outcomes: Sequence[AuditOutcome]) -> None:
        by_code: dict[int, list[AuditId]] = {}
        for outcome in outcomes:
            if not (outcome.before or outcome.after):
                by_code.setdefault(outcome.code, []).append(outcome.entry)
        for code, entries in by_code.items():
            for some in parts(entries, _AT_ONCE):
                await self._runner.run(_ANSWERED, entries=some, ended=code)
        changes: list[Values] = [
            {"entry": one.entry, "ended": one.code, "before": one.before, "after": one.after}
            for one in outcomes
            if one.before or one.after
        ]
        if changes:
            await self._runner.run_many(_CHANGED, changes)

    async def newest(
        self, *, tenant: TenantName | None, actor: str, since: datetime | None, limit: int
    ) -> Sequence[AuditEntry]:
        first = "" if since is None else first_id(since)
        if actor:
            rows = await self._runner.rows(_OF_ACTOR, actor=actor, since=first, limit=limit)
        elif tenant is not None:
            rows = await self._runner.rows(_OF_TENANT, tenant=tenant, since=first, limit=limit)
        else:
            rows = await self._runner.rows(_OF_ALL, since=first, limit=limit)
        return list(map(_read, rows))

    async def page(
        self, tenant: TenantName, *, room: RoomId | None, before: AuditId, limit: int, by_users: bool = False
    ) -> Sequence[AuditEntry]:
        asked: dict[str, Value] = {"tenant": tenant, "before": before or BEHIND_ALL, "limit": limit}
        if room is None:
            return list(map(_read, await self._runner.rows(_BEFORE_IN_TENANT, **asked)))
        in_room = _BEFORE_BY_USERS if by_users else _BEFORE_IN_ROOM
        return list(map(_read, await self._runner.rows(in_room, **asked, room=room)))

    async def of_room(
        self, tenant: TenantName, room: RoomId, edge: str, limit: int, *, whom: str, up: bool
    ) -> Sequence[AuditEntry]:
        asked = _ROOM_UP if up else _ROOM_DOWN
        about: dict[str, Value] = {"whom": whom, "begins": f"{whom} ", "rest": len(whom) + 1}
        rows = await self._runner.rows(asked, tenant=tenant, room=room, edge=edge, limit=limit, **about)
        return list(map(_read, rows))

    async def page_of(self, actor: str, *, before: AuditId, limit: int) -> Sequence[AuditEntry]:
        asked: dict[str, Value] = {"actor": actor, "before": before or BEHIND_ALL, "limit": limit}
        return list(map(_read, await self._runner.rows(_BEFORE_BY_ACTOR, **asked)))

    async def purge(self, before: datetime, limit: int) -> int:
        """Drop entries made before that time, the oldest first; return how many."""
        old = [row[0] for row in await self._runner.rows(_OLD, before=first_id(before), limit=limit)]
        for some in parts(old, _AT_ONCE):
            await self._runner.run(_DROP, entries=some)
        return len(old)


def add_on(connection: Connection, entry: AuditEntry) -> None:
    """Write an entry on a connection of ``schema``: for what is done to the whole database."""
    connection.execute(insert(audit).values(**_values(entry)))


def _values(entry: AuditEntry) -> dict[str, str | int | None]:
    return {
        "id": entry.id,
        "tenant": entry.tenant,
        "at": millis(entry.at),
        "actor": entry.actor,
        "action": entry.action,
        "subject": entry.subject,
        "address": entry.address,
        "request": entry.request,
        "code": entry.code,
        "room": entry.room,
        "reason": entry.reason,
        "was": entry.before or None,
        "becomes": entry.after or None,
    }


def _read(row: Row) -> AuditEntry:
    changes = [text or "" for text in row[11:13]]
    return AuditEntry(AuditId(row[0]), TenantName(row[1]), instant(row[2]), *row[3:11], *changes)
