"""A show that is recorded, on a clock wound by hand: what tests of recordings begin with."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
import pytest

from liveroom.app.assembly import Core
from liveroom.domain.accounts.sessions import Actor
from liveroom.domain.ids import RoomId, TenantName
from liveroom.domain.recordings.model import (
    RecorderKind,
    Recording,
    RecordingFile,
    RecordingReport,
    RecordingReportKind,
    RecordingState,
)
from liveroom.domain.rooms.model import RoomChanges
from liveroom.domain.tenants.model import RecordingRule, Tenant
from tests.usecases.conftest import World

FILE = RecordingFile("live/1.flv", "", "flv", 1000, 60.0)


@dataclass
class Show:
    """A host who is live, and a guest."""

    world: World
    host: Actor
    guest: Actor
    room: RoomId

    @property
    def core(self) -> Core:
        return self.world.core

    async def start(self) -> Recording:
        return await self.core.services.recordings.recordings.start(self.host, self.room)

    async def go_on(self, seconds: float = 6, core: Core | None = None) -> None:
        """Let time pass, and do what is due: the steps, and the recorder's work."""
        self.world.pass_by(seconds)
        jobs = (core or self.core).jobs
        await jobs.recordings.run()
        await jobs.vendors.run()
        await self.core.jobs.relay.run()

    async def state(self, id: str) -> RecordingState:
        found = await self.core.db.recordings.get(id)
        assert found is not None
        return found.state

    async def report(self, id: str, kind: RecordingReportKind, *files: RecordingFile) -> None:
        report = RecordingReport(kind, self.core.clock.now(), id, files=files)
        await self.core.outside.records.recordings.receive(RecorderKind.SERVER, [report], [self.host.tenant.name])

    async def told(self) -> Sequence[tuple[str, Any]]:
        """Return what the room has heard of recordings, after everything that was left behind was told."""
        self.world.pass_by(1)
        await self.core.jobs.relay.run()
        await self.core.live.channels.gathered()
        recent = await self.core.live.channels.recent(self.room, after=0, limit=100)
        events = [event for one in recent.publications for event in one.events]
        mine = [event for event in events if str(event.kind).startswith("recording.")]
        return [(str(one.kind).removeprefix("recording."), msgspec.json.decode(one.data or b"")) for one in mine]

    async def shown(self) -> str:
        """Return the state of the recording that the room shows; "": none."""
        live = await self.core.live.room(self.room)
        return "" if live is None or live.options.recording is None else live.options.recording.state.value

    async def close(self) -> None:
        await self.core.services.rooms.destroy(self.host, self.room)


@pytest.fixture
async def show(world: World) -> Show:
    return await _begin(world)


async def show_of(world: World, rule: RecordingRule | None) -> Show:
    """Return a show of a tenant with a rule of its own."""
    game = Tenant(TenantName("game"), plain=True, recordings=rule)
    await world.core.services.tenants.put(game)
    return await _begin(world, game)


async def _begin(world: World, tenant: Tenant | None = None) -> Show:
    host, guest = await world.make_actor(tenant), await world.make_actor(tenant)
    room = await world.go_live(host)
    await world.core.services.entering.enter(guest, room, role="audience", changes=RoomChanges())
    await world.core.live.channels.snapshot(room, host.tenant.name)
    return Show(world, host, guest, room)
