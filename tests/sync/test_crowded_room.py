"""A room of 300,000: however many come, everybody is told at most five times a second."""

import asyncio
import gc
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, fields, replace
from datetime import datetime
from pathlib import Path

import pytest

from liveroom.app.assembly import assemble
from liveroom.app.backends import make_live, open_database
from liveroom.clock import SystemClock
from liveroom.domain.accounts.users import Profile
from liveroom.domain.errors import LiveUnavailable
from liveroom.domain.ids import DEFAULT_TENANT, BroadcastId, EntryId, SessionId, StayId, UserId
from liveroom.domain.presence.members import Role, Stay
from liveroom.ports import Admission, Clock, Live, RecoveryStore, RoomSnapshot
from liveroom.settings import Settings
from liveroom.usecases.presence.recovery import SqlRecoveryStore
from tests.bench.seeding import AVATAR
from tests.servers import Redis
from tests.sync.crowd import Crowd
from tests.sync.halls import ROOM, hall, on_a_fast_loop

pytestmark = [pytest.mark.services, pytest.mark.slow, pytest.mark.long]
MEMBERS = 300_000
SOCKETS = 2000
RATE = 5000
"""Enters a second."""
SECONDS = 4
AT_MOST = 5
"""Publications a second."""
BATCH = 50
"""Enters at once."""


def virtual_user(number: int) -> UserId:
    return UserId(f"v{number:09d}")


def virtual_stay(number: int, now: datetime) -> Stay:
    user = virtual_user(number)
    return Stay(
        id=StayId(f"s{user}"),
        tenant=DEFAULT_TENANT,
        broadcast=BroadcastId(f"b{ROOM}"),
        room=ROOM,
        user=user,
        role=Role.AUDIENCE,
        name=user,
        avatar=AVATAR,
        entered=now,
        order=number + 2,
        entries=((SessionId(user), EntryId(f"p{user}")),),
        version=1,
    )


@dataclass(frozen=True)
class Grown(SqlRecoveryStore):
    """A ledger in which the room has many more members than in SQL, where they would take long to write."""

    stays: Sequence[Stay] = ()

    async def room_snapshots(self, bucket: int) -> Sequence[RoomSnapshot]:
        return [replace(seed, stays=[*seed.stays, *self.stays]) for seed in await super().room_snapshots(bucket)]


class VirtualMembers:
    """Fills the room before the service starts, and lets more members enter through the same live store."""

    def __init__(self, stack: AsyncExitStack) -> None:
        self._stack = stack
        self._live: Live
        self._next = MEMBERS

    async def fill(self, settings: Settings) -> None:
        """Have the room's bucket rebuilt from the grown ledger."""
        clock = SystemClock()
        stays = [virtual_stay(number, clock.now()) for number in range(MEMBERS)]
        db = await open_database(settings)
        self._stack.push_async_callback(db.close)

        def make(settings: Settings, recovery: RecoveryStore, clock: Clock) -> Live:
            assert isinstance(recovery, SqlRecoveryStore)
            parts = {field.name: getattr(recovery, field.name) for field in fields(SqlRecoveryStore)}
            return make_live(settings, Grown(**parts, stays=stays), clock)

        core = await assemble(settings, clock, db, make=make)
        self._live = core.live
        self._stack.push_async_callback(core.live.close)
        await core.live.start()
        gc.disable()  # it would look through a million new objects again and again
        try:
            while (members := await self._members()) == 0:
                continue
        finally:
            gc.enable()
        assert members == MEMBERS + 1

    async def _members(self) -> int:
        """Return how many are in the room, 0 while it is being filled."""
        try:
            room = await self._live.room(ROOM)
        except LiveUnavailable:
            return 0
        assert room is not None
        return room.members

    async def rush(self) -> float:
        """Let people enter at the rate; return how many seconds that took."""
        loop = asyncio.get_running_loop()
        began = loop.time()
        for first in range(0, RATE * SECONDS, BATCH):
            await asyncio.gather(*(self._live.admit(self._entry(first + number)) for number in range(BATCH)))
            ahead = began + (first + BATCH) / RATE - loop.time()
            if ahead > 0:
                await asyncio.wait({loop.create_future()}, timeout=ahead)
        return loop.time() - began

    def _entry(self, number: int) -> Admission:
        user = virtual_user(MEMBERS + number)
        return Admission(
            tenant=DEFAULT_TENANT,
            room=ROOM,
            user=user,
            session=SessionId(user),
            entry=EntryId(f"p{user}"),
            stay=StayId(f"p{user}"),
            wanted=Role.AUDIENCE,
            label="",
            profile=Profile(name=user, avatar=AVATAR),
            admin=False,
            anyone_hosts=False,
            keepalive=False,
        )


@on_a_fast_loop
async def test_5000_enters_a_second_into_300000_members_are_five_publications_a_second_for_2000_sockets(
    tmp_path: Path, redis_server: Redis
) -> None:
    redis_server.flushall()
    async with AsyncExitStack() as stack:
        members = VirtualMembers(stack)
        house = await stack.enter_async_context(hall(tmp_path, SOCKETS, redis=redis_server.url, prepare=members.fill))
        crowd = await stack.enter_async_context(Crowd([house.service.port], ROOM, house.guests))
        await crowd.come()
        await everybody_counts(crowd, MEMBERS + 1 + SOCKETS)
        before = [len(client.segments[-1].news) for client in crowd.clients]
        seconds = await members.rush()
        received = [len(client.segments[-1].news) - had for client, had in zip(crowd.clients, before, strict=True)]
        assert seconds < 2 * SECONDS, "the machine is too slow to see this"
        assert max(received) <= AT_MOST * seconds + 1
        assert min(received) >= AT_MOST * seconds / 2
        await everybody_counts(crowd, MEMBERS + 1 + SOCKETS + RATE * SECONDS)
        assert all(client.segments[-1].is_whole() for client in crowd.clients)


async def everybody_counts(crowd: Crowd, members: int) -> None:
    """Wait until everybody was told that so many are in the room."""
    await crowd.until(lambda: all(client.segments[-1].members == members for client in crowd.clients))
