"""Users outside transactions, on a server: all with whose sessions one tick of the loop asks are one statement.

A statement takes 60 µs of the processor that asks, most of it for packets and waiting, and each further row 10: phones
that sign in again by the hundred, after a release or an outage, would otherwise pay for a hundred.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import and_, bindparam, select

from liveroom.domain.errors import DatabaseUnavailable
from liveroom.domain.ids import SessionId, UserId
from liveroom.domain.sessions import Session
from liveroom.domain.users import User
from liveroom.store.batching import Batches
from liveroom.store.sql.dialect import statement
from liveroom.store.sql.runner import Runner
from liveroom.store.sql.sessions import SESSION, read_session
from liveroom.store.sql.tables import sessions, users
from liveroom.store.sql.users import USER, SqlUsers, read_user

Asked = tuple[UserId, SessionId]
Found = tuple[User, Session | None] | None

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


@dataclass(frozen=True, slots=True)
class GatheredUsers(SqlUsers):
    """``ports.Users``."""

    _batches: Batches[Asked, Found]

    async def with_session(self, user: UserId, session: SessionId) -> Found:
        return await self._batches.ask(0, (user, session))


def gathered_users(runner: Runner) -> GatheredUsers:
    """Return the users of an engine; to be made where the event loop runs."""
    alone = SqlUsers(runner)

    async def find(_: int, asked: Sequence[Asked]) -> Sequence[Found]:
        if len(asked) == 1:
            return [await alone.with_session(*asked[0])]
        return await _find_many(runner, asked)

    return GatheredUsers(runner, Batches(find, most=_MOST, failing=DatabaseUnavailable))


async def _find_many(runner: Runner, asked: Sequence[Asked]) -> Sequence[Found]:
    rows = await runner.rows(WITH_SESSIONS, users=[user for user, _ in asked], sessions=[one for _, one in asked])
    people = {row[0]: read_user(row) for row in rows}
    theirs = {(row[0], row[len(USER)]): row[len(USER) :] for row in rows}
    found: list[Found] = []
    for user, session in asked:
        row = theirs.get((user, session))
        found.append((people[user], None if row is None else read_session(row)) if user in people else None)
    return found
