"""What the service has of one user, for the operator: sessions, stays and bans; and ending a session."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, NamedTuple

from liveroom.domain.accounts.sessions import Session, SessionEnd
from liveroom.domain.accounts.users import User, present
from liveroom.domain.events.outbox import OutboxRow, SessionsEnded
from liveroom.domain.ids import SessionId, TenantName, UserId
from liveroom.domain.moderation.room_access import RoomAccess
from liveroom.domain.moments import at, moment
from liveroom.domain.operators.caller import Operator
from liveroom.domain.presence.members import Stay
from liveroom.domain.presence.signs import Source
from liveroom.domain.rooms.paging import cursor_number, cut
from liveroom.ports import Clock, Database, Live, Tx
from liveroom.usecases.events.relay import OutboxRelay

SESSIONS: Final = 100
"""Sessions of one user that are shown."""
HELD: Final = 500
"""Rooms in which a user is banned or muted that are shown."""
_TOGETHER: Final = 16
"""Stays of one user that may begin in one millisecond."""


class SeenSession(NamedTuple):
    """A session, and what vouches for it now."""

    session: Session
    sources: Sequence[Source]


class UserHolds(NamedTuple):
    """What keeps a user out, or silent."""

    user: User
    rooms: Sequence[RoomAccess]
    """Access records by which they are banned from a room, or muted in it."""


@dataclass(frozen=True, slots=True)
class UserRecords:
    """Looks up what there is of a user. All raise ``UserNotFound`` for whom the tenant does not have."""

    db: Database
    live: Live
    clock: Clock
    relay: OutboxRelay

    async def sessions(self, tenant: TenantName, user: UserId) -> Sequence[SeenSession]:
        """Return the user's sessions: those that go on, the newest first, then those that ended last."""
        present(await self.db.users.get(user), tenant)
        sources = await self.live.sources(user)
        return [
            SeenSession(session, [source for source in sources if source.session == session.id])
            for session in await self.db.sessions.newest_of(user, SESSIONS)
        ]

    async def end_session(self, operator: Operator, user_id: UserId, session_id: SessionId) -> bool:
        """End one session of a user within a second, everywhere; return False for one that is over or is not theirs."""

        async def work(tx: Tx) -> OutboxRow | None:
            present(await tx.users.lock(user_id), operator.tenant.name)
            found = await tx.users.with_session(user_id, session_id)
            session = None if found is None else found[1]
            if session is None or session.ended is not None:
                return None
            now = self.clock.now()
            await tx.sessions.end(session, now, SessionEnd.LOGOUT)
            message = SessionsEnded(user_id, (session.id,), now)
            return await tx.outbox.add(session.tenant, message, now)

        row = await self.db.transact(work)
        if row is None:
            return False
        operator.change.note({"sessions": [session_id]}, {"sessions": []})
        await self.relay.deliver_later([row])
        return True

    async def stays(self, tenant: TenantName, user: UserId, *, cursor: str, limit: int) -> tuple[Sequence[Stay], str]:
        """Return the user's stays in rooms, those entered last first, and the next page's cursor.

        Raises ``BadRequest`` for an invalid cursor.
        """
        present(await self.db.users.get(user), tenant)
        until, last = self._mark(cursor)
        found = list(await self.db.stays.page_of(user, until, limit + 1 + _TOGETHER))
        seen = next((number for number, stay in enumerate(found, 1) if stay.id == last), 0)
        return cut(found[seen : seen + limit + 1], limit, _mark_of)

    async def holds(self, tenant: TenantName, user_id: UserId) -> UserHolds:
        """Return what keeps a user out of the tenant, or out of rooms and silent in them."""
        user = present(await self.db.users.get(user_id), tenant)
        return UserHolds(user, await self.db.room_access.held(user.id, self.clock.now(), HELD))

    def _mark(self, cursor: str) -> tuple[datetime, str]:
        """Return from where a page goes on: a time, and the last stay that was shown."""
        if not cursor:
            return self.clock.now(), ""
        millis, _, stay = cursor.partition(".")
        return at(cursor_number(millis, 14)), stay


def _mark_of(stay: Stay) -> str:
    return f"{moment(stay.entered)}.{stay.id}"
