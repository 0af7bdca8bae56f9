"""A small world for use cases: SQLite in a temporary folder, live data in memory, and a switch before each store."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from liveroom.app.assembly import Core, assemble
from liveroom.app.backends import make_idle_live, make_live, open_database
from liveroom.domain.accounts.sessions import Actor, Session
from liveroom.domain.accounts.users import User
from liveroom.domain.errors import DatabaseUnavailable, LiveUnavailable
from liveroom.domain.ids import RoomId, SessionId, UserId, new_id
from liveroom.domain.rooms.model import RoomChanges
from liveroom.domain.tenants.model import Tenant
from liveroom.ports import Clock, Live, RecoveryStore
from liveroom.settings import Settings
from tests.outages import Switch
from tests.service import Service, serving


@dataclass
class World:
    """A service and the switches before its stores; people are made without the login's calls."""

    service: Service
    sql: Switch
    live: Switch

    @property
    def core(self) -> Core:
        return self.service.core

    async def make_user(self, tenant: Tenant | None = None, **values: Any) -> User:
        """Make a user without a session."""
        core, now = self.core, self.service.clock.now()
        tenant = tenant or core.services.tenants.default
        id = UserId(tenant.write_id(await core.db.ids.take(1)))
        user = User(id, tenant.name, now, now, **values)
        await core.db.users.add(user)
        return user

    async def make_actor(self, tenant: Tenant | None = None, **values: Any) -> Actor:
        """Make a user and open a session."""
        user = await self.make_user(tenant, **values)
        session = SessionId(new_id(self.service.clock.now()))
        await self.core.db.sessions.add(Session(session, user.id, user.tenant, self.service.clock.now()))
        return Actor(user.id, session, tenant or self.core.services.tenants.default)

    async def go_live(self, host: Actor, **changes: Any) -> RoomId:
        """Let the actor open the room that has their own id."""
        room = RoomId(str(host.user))
        await self.core.services.entering.enter(host, room, role="anchor", changes=RoomChanges(**changes))
        return room

    @asynccontextmanager
    async def neighbour(self) -> AsyncIterator[Core]:
        """Yield another process on the same database: it commits, and what it commits is told by nobody."""
        settings = self.core.settings
        db = await open_database(settings)
        try:
            yield await assemble(settings, self.service.clock, db, make=make_idle_live)
        finally:
            await db.close()

    def pass_by(self, seconds: float = 1) -> None:
        """Let time pass: a second is enough for what was committed to count as left behind."""
        self.service.clock.advance(seconds)


@pytest.fixture
def settings() -> dict[str, Any]:
    """Return settings of the world; tests that need others have a fixture of this name."""
    return {}


@pytest.fixture
async def world(tmp_path: Path, settings: dict[str, Any]) -> AsyncIterator[World]:
    """Yield a running world."""
    sql, live = Switch(DatabaseUnavailable), Switch(LiveUnavailable)

    def make(settings: Settings, recovery: RecoveryStore, clock: Clock) -> Live:
        behind: Live = live.over(make_live(settings, recovery, clock))
        return behind

    async with serving(tmp_path, make=make, through=sql.over, **settings) as service:
        yield World(service, sql, live)
        sql.down = live.down = False
