"""A service whose vendors are fakes of this machine, and what tests of vendors do with it again and again."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

from liveroom.app.assembly import Core
from liveroom.clock import SystemClock
from liveroom.domain.accounts.sessions import Actor
from liveroom.domain.errors import DatabaseUnavailable
from liveroom.domain.ids import RoomId
from liveroom.domain.rooms.model import RoomChanges
from liveroom.domain.vendors.model import Key, Matter, Vendor, Work
from liveroom.simulate.im_state import ADMINISTRATOR
from liveroom.simulate.recordings import RecordingSimulator
from liveroom.simulate.tencent_im import ImSimulator
from liveroom.simulate.trtc import TrtcSimulator
from liveroom.usecases.partitions import PartitionWorkers
from liveroom.usecases.vendors.queue import VendorQueue
from tests.outages import Switch
from tests.service import Service, serving
from tests.usecases.conftest import World
from tests.vendors.livekit_server import KEY, SECRET, FakeLivekit, livekit_server
from tests.vendors.simulator import SECRET_ID, SECRET_KEY, SharedClock, simulator

LONG: Final = timedelta(seconds=30)
"""Longer than any work takes that is not kept waiting."""


@dataclass
class Stage:
    """A world with its vendors; nothing is worked off by itself."""

    world: World
    im: ImSimulator

    @property
    def core(self) -> Core:
        return self.world.core

    @property
    def workers(self) -> PartitionWorkers[VendorQueue]:
        return self.core.jobs.vendors

    async def go_live(self, host: Actor, title: str = "Karaoke") -> RoomId:
        """Let the host open the room of their own id."""
        return await self.world.go_live(host, title=title)

    async def close(self, host: Actor) -> None:
        """Let the host end their broadcast."""
        await self.core.services.rooms.destroy(host, RoomId(str(host.user)))

    async def rename(self, host: Actor, title: str) -> None:
        await self.core.services.rooms.update(host, RoomId(str(host.user)), RoomChanges(title=title))

    async def drain(self, core: Core | None = None) -> int:
        """Do what is due until nothing more is."""
        workers, done = (core or self.core).jobs.vendors, 0
        while more := await workers.run(LONG):
            done += more
        return done

    async def later(self, seconds: float) -> int:
        """Let time pass, and do what has become due."""
        self.world.pass_by(seconds)
        return await self.drain()

    async def work(self, matter: Matter, subject: str, vendor: Vendor = Vendor.IM) -> Work | None:
        return await self.core.db.vendor_work.get(Key(vendor, matter, subject))

    async def waiting(self) -> int:
        return sum(partition.number for partition in await self.core.db.vendor_work.waiting())


@asynccontextmanager
async def with_im(folder: Path, *, timeout: float = 5.0, **settings: Any) -> AsyncIterator[Stage]:
    """Yield a service whose messages go through Tencent IM; it waits for an answer for ``timeout`` seconds."""
    sql = Switch(DatabaseUnavailable)
    clock = SharedClock(SystemClock())
    async with simulator(clock) as tencent:
        im = tencent.im
        chosen = {"tim_administrator": ADMINISTRATOR, "tencent_origin": im.endpoint.url, **settings}
        async with serving(folder, through=sql.over, **chosen) as service:
            clock.of = service.clock
            assert service.core.vendors.im is not None
            service.core.vendors.im.outgoing.seconds = timeout
            yield Stage(World(service, sql, Switch(DatabaseUnavailable)), im)
            im.endpoint.let_go()
            sql.down = False


@dataclass
class MediaStage:
    """A service with media providers that it can call."""

    world: World
    cloud: TrtcSimulator
    livekit: FakeLivekit
    recordings: RecordingSimulator

    @property
    def service(self) -> Service:
        return self.world.service

    async def drain(self, seconds: float = 0) -> None:
        """Let time pass, and do what is due until nothing more is."""
        self.world.pass_by(seconds)
        while await self.world.core.jobs.vendors.run(LONG):
            pass


@asynccontextmanager
async def with_media(folder: Path, rtc: str, **settings: Any) -> AsyncIterator[MediaStage]:
    """Yield a service whose media provider is ``rtc``; the other one is set up too."""
    async with AsyncExitStack() as stack:
        clock = SharedClock(SystemClock())
        tencent = await stack.enter_async_context(simulator(clock))
        cloud = tencent.trtc
        livekit = await stack.enter_async_context(livekit_server(clock))
        chosen = {
            "rtc": rtc,
            "tencent_secret_id": SECRET_ID,
            "tencent_secret_key": SECRET_KEY,
            "tencent_origin": cloud.endpoint.url,
            "livekit_url": livekit.endpoint.url.replace("http", "ws", 1),
            "livekit_key": KEY,
            "livekit_secret": SECRET,
            **settings,
        }
        service = await stack.enter_async_context(serving(folder, **chosen))
        clock.of = service.clock
        off = Switch(DatabaseUnavailable)
        yield MediaStage(World(service, off, off), cloud, livekit, tencent.recordings)
