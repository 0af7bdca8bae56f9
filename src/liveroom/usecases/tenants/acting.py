"""The session of a server key that acts for a user: one for each key and user, as presence entries belong to sessions.

It is a session like any other, with the key as its tag: banning or deleting the user ends it everywhere, and silence
ends its presence entries. The next call opens another one, unless the user may not use the service any more.
"""

from collections import OrderedDict
from dataclasses import dataclass, field
from typing import Final

from liveroom.domain.accounts.sessions import Claims, Session
from liveroom.domain.accounts.users import present
from liveroom.domain.errors import TokenInvalid
from liveroom.domain.ids import SessionId, UserId, new_id
from liveroom.domain.tenants.server_keys import ServerKey
from liveroom.ports import Clock, Database, Tx
from liveroom.usecases.accounts.authentication import Authentication

REMEMBERED: Final = 65_536


@dataclass(slots=True)
class ActingSessions:
    """The sessions of server keys. Which one a key has for a user is cached; whether it is valid is checked each
    time."""

    db: Database
    clock: Clock
    sessions: Authentication
    _known: "OrderedDict[tuple[str, UserId], Claims]" = field(default_factory=OrderedDict)

    async def of(self, key: ServerKey, user: UserId, *, keepalive: bool) -> SessionId:
        """Return the key's session for a user, with this call as its sign of life.

        Raises ``UserNotFound`` (another tenant's, deleted and unknown users alike) and ``UserBanned``.
        """
        known = self._known.get((key.id, user))
        if known is not None:
            self._known.move_to_end((key.id, user))
            if self.sessions.renew(known, keepalive=keepalive):
                return known.session
            try:
                await self.sessions.check(known, keepalive=keepalive)
            except TokenInvalid:
                self._known.pop((key.id, user), None)
            else:
                return known.session
        opened = await self._open(key, user)
        await self.sessions.check(opened, keepalive=keepalive)
        self._known[(key.id, user)] = opened
        if len(self._known) > REMEMBERED:
            self._known.popitem(last=False)
        return opened.session

    async def _open(self, key: ServerKey, user_id: UserId) -> Claims:
        """Return the session that is open in SQL, or open one. Two at once take turns at the user's row."""
        now = self.clock.now()
        fresh = SessionId(new_id(now))

        async def work(tx: Tx) -> SessionId:
            user = present(await tx.users.lock(user_id), key.tenant)
            user.check_ban(now)
            session = await tx.sessions.open_with(user.id, key.actor)
            if session is not None:
                return session
            await tx.sessions.add(Session(fresh, user.id, user.tenant, now, key.actor))
            return fresh

        return Claims(user_id, await self.db.transact(work), key.tenant, now, now)
