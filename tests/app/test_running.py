"""A running service: it runs its jobs by itself, writes what waits when it stops, and stops well without its stores."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from liveroom.app.assembly import Core
from liveroom.app.backends import open_database
from liveroom.app.running import running
from liveroom.domain.accounts.sessions import Actor
from liveroom.domain.ids import DEFAULT_TENANT, RoomId, SessionId, UserId, room_bucket
from liveroom.domain.rooms.model import RoomChanges
from liveroom.domain.tenants.model import Tenant
from liveroom.settings import Settings, SettingsError
from liveroom.store.sql.database import SqlDatabase
from tests.worlds import WoundClock, a_moment, hastily

HOST = Actor(UserId("7"), SessionId("s"), Tenant(DEFAULT_TENANT))
ROOM = RoomId("7")


def nobody_is_notified() -> None:
    raise AssertionError("nobody took the place of this process")


@asynccontextmanager
async def looking(settings: Settings) -> AsyncIterator[SqlDatabase]:
    """Yield the database as another process sees it."""
    db = await open_database(settings)
    try:
        yield db
    finally:
        await db.close()


async def go_live(core: Core) -> None:
    await core.services.entering.enter(HOST, ROOM, role="anchor", changes=RoomChanges(title="old"))


def test_a_service_runs_its_jobs_by_itself_and_takes_up_what_others_committed(tmp_path: Path) -> None:
    async def story() -> bytes:
        clock = WoundClock()
        async with running(Settings(data_dir=tmp_path), clock, on_lost=nobody_is_notified) as core:
            await go_live(core)
            await core.broadcasts.change(HOST, ROOM, RoomChanges(title="new"))
            clock.advance(1)
            live = await core.live.room(ROOM)
            async with asyncio.timeout(200):
                while live is None or b"new" not in live.card:
                    await a_moment(0.1)
                    live = await core.live.room(ROOM)
            return live.card

    assert b'"title":"new"' in hastily(story())


async def test_a_stop_writes_what_waits_and_gives_the_place_back(tmp_path: Path) -> None:
    settings, clock = Settings(data_dir=tmp_path), WoundClock()
    for _ in range(2):
        async with asyncio.timeout(5), running(settings, clock, on_lost=nobody_is_notified) as core:
            await go_live(core)
    async with looking(settings) as db:
        past = await db.stays.open_in_room_bucket(room_bucket(ROOM))
        assert [stay.user for stay in past] == [HOST.user]
        assert await db.leases.claim("service", "next", clock.now(), clock.now())


def test_a_second_service_on_the_same_database_is_refused_and_leaves_no_trace(tmp_path: Path) -> None:
    async def story() -> None:
        settings, clock = Settings(data_dir=tmp_path), WoundClock()
        async with running(settings, clock, on_lost=nobody_is_notified) as core:
            with pytest.raises(SettingsError, match="another liveroom process"):
                async with running(settings, clock, on_lost=nobody_is_notified):
                    raise AssertionError("two services")
            await go_live(core)

    hastily(story())
