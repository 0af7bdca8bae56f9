"""Sessions and the login signatures that opened them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Integer, bindparam, delete, func, insert, select, update

from liveroom.domain.accounts.sessions import Session, SessionEnd
from liveroom.domain.ids import SessionId, TenantName, UserId, user_bucket
from liveroom.store.sql.dialect import Row, Statement, Value, statement
from liveroom.store.sql.instants import instant, millis, optional_instant, optional_millis
from liveroom.store.sql.runner import Runner
from liveroom.store.sql.tables import sessions, signatures

SESSION: Final = [column for column in sessions.columns if column.name not in ("user_bucket", "address")]

_LIMIT: Final = bindparam("limit", type_=Integer)
_ADD: Final = statement(insert(sessions))
_ALWAYS: Final = [column.name for column in sessions.columns if column.name not in ("ended", "why")]
_OPEN: Final = statement(insert(sessions).values({name: bindparam(name) for name in _ALWAYS}), joins=True)
_OPEN_OF: Final = statement(
    select(sessions.c.id).where(sessions.c.user_id == bindparam("user"), sessions.c.ended.is_(None))
)
_OPEN_WITH: Final = statement(
    select(sessions.c.id)
    .where(sessions.c.user_id == bindparam("user"), sessions.c.ended.is_(None), sessions.c.tag == bindparam("tag"))
    .limit(1)
)
_GOING_ON: Final = statement(
    select(*SESSION).where(sessions.c.user_id == bindparam("user"), sessions.c.ended.is_(None)).limit(_LIMIT)
)
_ENDED_OF: Final = statement(
    select(*SESSION)
    .where(sessions.c.user_id == bindparam("user"), sessions.c.ended.is_not(None))
    .order_by(sessions.c.ended.desc())
    .limit(_LIMIT)
)
_BEGAN: Final = statement(
    select(sessions.c.created).where(sessions.c.id == bindparam("session"), sessions.c.ended.is_(None))
)
_ADDRESSES: Final = statement(
    select(func.max(sessions.c.created), sessions.c.address)
    .where(sessions.c.user_id == bindparam("user"), sessions.c.address != "")
    .group_by(sessions.c.address)
)
_END: Final = Statement(
    lambda dialect: dialect.upsert(
        sessions,
        lambda new: [
            ("why", func.coalesce(sessions.c.why, new["why"])),
            ("ended", func.coalesce(sessions.c.ended, new["ended"])),
        ],
    )
)
_END_ALL: Final = statement(
    update(sessions)
    .where(sessions.c.user_id == bindparam("user"), sessions.c.ended.is_(None))
    .values(ended=bindparam("at"), why=bindparam("reason"))
)
_USE: Final = Statement(lambda dialect: dialect.insert_or_keep(signatures), joins=True)
_FIRST_USE: Final = statement(
    select(signatures.c.session, signatures.c.used).where(signatures.c.digest == bindparam("digest"))
)
_OLD_SIGNATURES: Final = statement(
    select(signatures.c.digest).where(signatures.c.used < bindparam("before")).limit(_LIMIT)
)
_OLD_SESSIONS: Final = statement(select(sessions.c.id).where(sessions.c.ended < bindparam("before")).limit(_LIMIT))
_DROP_SIGNATURES: Final = statement(
    delete(signatures).where(signatures.c.digest.in_(bindparam("keys", expanding=True)))
)
_DROP_SESSIONS: Final = statement(delete(sessions).where(sessions.c.id.in_(bindparam("keys", expanding=True))))


@dataclass(frozen=True, slots=True)
class SqlSessions:
    """``ports.Sessions``."""

    _runner: Runner

    async def add(self, session: Session) -> None:
        await self._runner.run(_OPEN if session.ended is None else _ADD, **_values(session))

    async def open_of(self, user: UserId) -> Sequence[SessionId]:
        return [SessionId(row[0]) for row in await self._runner.rows(_OPEN_OF, user=user)]

    async def open_with(self, user: UserId, tag: str) -> SessionId | None:
        row = await self._runner.row(_OPEN_WITH, user=user, tag=tag)
        return SessionId(row[0]) if row else None

    async def newest_of(self, user: UserId, limit: int) -> Sequence[Session]:
        found = [read_session(row) for row in await self._runner.rows(_GOING_ON, user=user, limit=limit)]
        found.sort(key=lambda session: session.created, reverse=True)
        rows = await self._runner.rows(_ENDED_OF, user=user, limit=limit)
        return [*found, *map(read_session, rows)][:limit]

    async def began(self, session: SessionId) -> datetime | None:
        row = await self._runner.row(_BEGAN, session=session)
        return instant(row[0]) if row else None

    async def addresses(self, user: UserId, limit: int) -> Sequence[str]:
        rows = await self._runner.rows(_ADDRESSES, user=user)
        return [row[1] for row in sorted(rows, key=lambda row: row[0], reverse=True)[:limit]]

    async def end(self, session: Session, at: datetime, why: SessionEnd) -> None:
        """Note the end of a session; of two ends the first is kept."""
        await self._runner.run(_END, **{**_values(session), "ended": millis(at), "why": why.value})

    async def end_all(self, user: UserId, at: datetime, why: SessionEnd) -> None:
        await self._runner.run(_END_ALL, user=user, at=millis(at), reason=why.value)

    async def use_signature(self, digest: str, session: SessionId, at: datetime) -> tuple[SessionId, datetime]:
        added = await self._runner.run(_USE, digest=digest, session=session, used=millis(at))
        row = None if added else await self._runner.row(_FIRST_USE, digest=digest)
        return (SessionId(row[0]), instant(row[1])) if row else (session, at)

    async def purge(self, before: datetime, limit: int) -> int:
        dropped = await self._drop(_OLD_SIGNATURES, _DROP_SIGNATURES, before, limit)
        return dropped + await self._drop(_OLD_SESSIONS, _DROP_SESSIONS, before, limit - dropped)

    async def _drop(self, find: Statement, drop: Statement, before: datetime, limit: int) -> int:
        keys = [row[0] for row in await self._runner.rows(find, before=millis(before), limit=limit)]
        if keys:
            await self._runner.run(drop, keys=keys)
        return len(keys)


def read_session(row: Row) -> Session:
    """Return the session in a row of ``SESSION``."""
    end = SessionEnd(row[6]) if row[6] else None
    return Session(
        SessionId(row[0]), UserId(row[1]), TenantName(row[2]), instant(row[3]), row[4], optional_instant(row[5]), end
    )


def _values(session: Session) -> dict[str, Value]:
    return {
        "id": session.id,
        "user_id": session.user,
        "tenant": session.tenant,
        "created": millis(session.created),
        "tag": session.tag,
        "ended": optional_millis(session.ended),
        "why": session.end.value if session.end else None,
        "user_bucket": user_bucket(session.user),
        "address": session.address,
    }
