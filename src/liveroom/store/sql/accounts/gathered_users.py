"""Users outside transactions, on a server: what one tick of the loop asks of those who sign in is one statement.

A statement takes 60 µs of the processor that asks, most of it for packets and waiting, and each further row 10: phones
that sign in again by the hundred, after a release or an outage, would otherwise pay for a hundred.
"""

import asyncio
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import and_, bindparam, select

from liveroom.domain.accounts.looks import look_of
from liveroom.domain.accounts.sessions import Session
from liveroom.domain.accounts.users import LoginCredential, User
from liveroom.domain.errors import DatabaseUnavailable
from liveroom.domain.ids import SessionId, TenantName, UserId
from liveroom.store.batching import Batches
from liveroom.store.sql.accounts.sessions import SESSION, read_session
from liveroom.store.sql.accounts.users import CREDENTIAL, USER, SqlUsers, read_credential, read_user
from liveroom.store.sql.dialect import statement
from liveroom.store.sql.runner import Runner
from liveroom.store.sql.tables import credentials, sessions, users

Asked = tuple[UserId, SessionId]
Found = tuple[User, Session | None] | None
Name = tuple[TenantName, str]
Known = tuple[LoginCredential, User | None] | None

_MOST: Final = 64
"""The server compares each user of a statement with each session."""
# Without the hint a server may look through all sessions that a user has had.
WITH_SESSIONS: Final = statement(
    select(*USER, *SESSION)
    .outerjoin_from(
        users,
        sessions,
        and_(sessions.c.id.in_(bindparam("sessions", expanding=True)), sessions.c.user_id == users.c.id),
    )
    .with_hint(sessions, "FORCE INDEX (PRIMARY)", "mysql")
    .where(users.c.id.in_(bindparam("users", expanding=True)))
)
_BY_NAMES: Final = statement(
    select(*USER, *CREDENTIAL, credentials.c.tenant, credentials.c.folded)
    .outerjoin_from(credentials, users, users.c.id == credentials.c.user_id)
    .where(
        credentials.c.tenant.in_(bindparam("tenants", expanding=True)),
        credentials.c.folded.in_(bindparam("names", expanding=True)),
    )
)
_BY_LOOKS: Final = statement(
    select(credentials.c.tenant, credentials.c.look)
    .where(
        credentials.c.tenant.in_(bindparam("tenants", expanding=True)),
        credentials.c.look.in_(bindparam("looks", expanding=True)),
    )
    .distinct()
)


@dataclass(frozen=True, slots=True)
class GatheredUsers(SqlUsers):
    """``ports.Users``."""

    _sessions: Batches[int, Asked, Found]
    _names: Batches[int, Name, Known]
    _looks: Batches[int, Name, bool]
    _adults: Batches[int, UserId, bool]

    async def with_session(self, user: UserId, session: SessionId) -> Found:
        return await self._sessions.ask(0, (user, session))

    async def adults(self, users: Collection[UserId]) -> Collection[UserId]:
        asked = list(users)
        found = await asyncio.gather(*(self._adults.ask(0, user) for user in asked))
        return {user for user, is_one in zip(asked, found, strict=True) if is_one}

    async def credential(self, tenant: TenantName, folded: str) -> Known:
        return await self._names.ask(0, (tenant, folded))

    async def looks_taken(self, tenant: TenantName, folded: str) -> bool:
        return await self._looks.ask(0, (tenant, look_of(folded)))


def gathered_users(runner: Runner) -> GatheredUsers:
    """Return the users of an engine; to be made where the event loop runs."""
    alone = SqlUsers(runner)

    async def find(_: int, asked: Sequence[Asked]) -> Sequence[Found]:
        return [await alone.with_session(*asked[0])] if len(asked) == 1 else await _find_many(runner, asked)

    async def find_names(_: int, asked: Sequence[Name]) -> Sequence[Known]:
        return [await alone.credential(*asked[0])] if len(asked) == 1 else await _find_names(runner, asked)

    async def find_looks(_: int, asked: Sequence[Name]) -> Sequence[bool]:
        return await _find_looks(runner, asked)

    async def find_adults(_: int, asked: Sequence[UserId]) -> Sequence[bool]:
        found = await alone.adults(set(asked))
        return [user in found for user in asked]

    late = DatabaseUnavailable
    return GatheredUsers(
        runner,
        Batches(find, most=_MOST, failing=late),
        Batches(find_names, most=_MOST, failing=late),
        Batches(find_looks, most=_MOST, failing=late),
        Batches(find_adults, failing=late),
    )


async def _find_many(runner: Runner, asked: Sequence[Asked]) -> Sequence[Found]:
    rows = await runner.rows(WITH_SESSIONS, users=[user for user, _ in asked], sessions=[one for _, one in asked])
    people = {row[0]: read_user(row) for row in rows}
    theirs = {(row[0], row[len(USER)]): row[len(USER) :] for row in rows}
    found: list[Found] = []
    for user, session in asked:
        row = theirs.get((user, session))
        found.append((people[user], None if row is None else read_session(row)) if user in people else None)
    return found


async def _find_names(runner: Runner, asked: Sequence[Name]) -> Sequence[Known]:
    rows = await runner.rows(
        _BY_NAMES, tenants=list({tenant for tenant, _ in asked}), names=[folded for _, folded in asked]
    )
    known = {(row[-2], row[-1]): read_credential(row[:-2], row[-2]) for row in rows}
    return [known.get(name) for name in asked]


async def _find_looks(runner: Runner, asked: Sequence[Name]) -> Sequence[bool]:
    rows = await runner.rows(
        _BY_LOOKS, tenants=list({tenant for tenant, _ in asked}), looks=[look for _, look in asked]
    )
    taken = {(row[0], row[1]) for row in rows}
    return [name in taken for name in asked]
