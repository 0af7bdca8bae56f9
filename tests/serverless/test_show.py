"""A show from start to end on a web function: no process lives for long, and nothing happens between calls."""

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest

from liveroom.settings import Settings
from tests.migrated import DATABASE
from tests.serverless.platform import Platform, make_platform
from tests.servers import Mariadb
from tests.stories.world import BASE, Phone, data_of, salt_of, signed
from tests.worlds import a_moment

pytestmark = [pytest.mark.services, pytest.mark.slow, pytest.mark.long]

LEASE = timedelta(seconds=12)
GRACE = timedelta(seconds=3)
BETWEEN_CALLS = 0.15
"""Seconds: what a call costs is mostly the start of a process, and without a pause that took a whole processor."""
TIMEOUT = 90.0
"""Seconds for what takes one lease or one grace, on a machine that does other things beside it."""


@dataclass
class Show:
    """A platform, the timer, and what SQL says behind the service's back."""

    platform: Platform
    server: Mariadb

    async def sign_in(self, name: str) -> Phone:
        """Make an account and sign in."""
        ask = self.platform.ask
        data_of(await ask(f"{BASE}oauth/register", {"username": name, "salt": salt_of(name)}))
        login = data_of(await ask(f"{BASE}oauth/signature", signed(name, int(time.time() * 1000))))
        return Phone(ask, name, login["userId"], login["token"])

    def stays(self) -> dict[str, str]:
        """Return how each user's stay ended, "" where it has not; each has had one."""
        rows = self.server.execute("SELECT user_id, COALESCE(reason, '') FROM lr_stays", DATABASE)
        assert len({user for user, _ in rows}) == len(rows), rows
        return dict(rows)

    def room(self, id: str) -> tuple[str, str]:
        """Return a room's state, and why its broadcast ended."""
        query = "SELECT r.id, r.state, COALESCE(b.reason, '') FROM lr_rooms r JOIN lr_broadcasts b ON b.room = r.id"
        ((state, reason),) = [rest for room, *rest in self.server.execute(query, DATABASE) if room == id]
        return state, reason

    async def live_on(self, alive: Sequence[Phone], until: str, *, room: str, user: str = "") -> None:
        """Let phones send keepalives and the timer tick, until a user's stay, or else the room, has come to that."""
        async with asyncio.timeout(TIMEOUT):
            while True:
                for call in [*(phone.keepalive for phone in alive), self.platform.tick]:
                    if until == (self.stays().get(user) if user else self.room(room)[0]):
                        return
                    await a_moment(BETWEEN_CALLS)
                    await call()


@asynccontextmanager
async def opened(platform: Platform, server: Mariadb) -> AsyncIterator[Show]:
    try:
        yield Show(platform, server)
        assert "Traceback" not in platform.log(), platform.log()
        assert set(platform.ended) == {True, False}, "not enough processes were ended: choose another seed"
        assert not [one for one in platform.functions if one.data_dir.exists()], "nothing but /tmp can be written"
    finally:
        platform.stop()


async def play(show: Show) -> None:
    """Sign in, go live, watch, leave, vanish; fail where counts, list, presence or stays are not as they have to be."""
    anchor, loyal, lost, gone = [await show.sign_in(name) for name in ("anchor", "loyal", "lost", "gone")]
    room = await anchor.go_live()
    for viewer in (loyal, lost, gone):
        await viewer.enter(room)
    for phone in (anchor, loyal, lost, gone):
        await phone.keepalive()
    await gone.leave(room)
    assert await loyal.members(room) == [anchor.user, loyal.user, lost.user]
    card = (await loyal.listed())[room]
    assert (card["nnUsers"], card["totalJoined"]) == (3, 4), card
    assert show.stays() == {anchor.user: "", loyal.user: "", lost.user: "", gone.user: "left"}
    heard = time.monotonic()
    await lost.keepalive()

    await show.live_on([anchor, loyal], "lost", room=room, user=lost.user)
    assert time.monotonic() - heard >= LEASE.total_seconds()
    assert show.stays() == {anchor.user: "", loyal.user: "", lost.user: "lost", gone.user: "left"}
    assert await loyal.members(room) == [anchor.user, loyal.user]

    await show.live_on([loyal], "lost", room=room, user=anchor.user)
    assert show.room(room) == ("live", "")
    assert await loyal.listed() == {}
    await show.live_on([loyal], "closed", room=room)
    assert show.room(room) == ("closed", "owner_gone")
    assert show.stays() == {anchor.user: "lost", loyal.user: "closed", lost.user: "lost", gone.user: "left"}
    assert (await loyal.reply("rooms/room_detail", roomId=room))["errorCode"] != 0
    (presence,) = await loyal.presence(loyal)
    assert presence["online"] is True


async def test_a_show_on_several_processes(
    on_mysql: Settings, redis_url: str, mariadb: Mariadb, tmp_path: Path
) -> None:
    settings = replace(on_mysql, redis_url=redis_url, lease_keepalive=LEASE, grace_owner=GRACE)
    async with opened(make_platform(tmp_path, settings, processes=3, seed=13, kills=0.5), mariadb) as show:
        await play(show)
