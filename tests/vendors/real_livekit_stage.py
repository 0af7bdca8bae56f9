"""A service whose media a real LiveKit carries, with a hop for its webhooks, and a host who is live."""

import asyncio
import os
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from tests.forks.client import command
from tests.servers import LOOPBACK, free_ports, running
from tests.service import SECRET as SERVICE_SECRET
from tests.service import Device, Process, process
from tests.vendors.lossy_hop import Hop, hop_to
from tests.vendors.real_livekit import Participant, RealLivekit, needs_livekit
from tests.worlds import a_moment

A_SECOND: Final = 1.0
SOON: Final = 10.0
"""For what no promise is made about."""
LOOKS: Final = 0.2
"""Seconds between two questions to the service."""


@dataclass
class Stage:
    """The service, its LiveKit, and the host's room, whose seats anybody may take."""

    folder: Path
    """The service's."""
    service: Process
    livekit: RealLivekit
    hop: Hop
    host: Device
    room: str

    async def guest(self) -> Device:
        """Return somebody who has entered the room."""
        guest = await self.service.sign_up()
        assert (await guest.enter(self.room, "audience")).code == 0
        return guest

    async def admin(self) -> Device:
        """Return an admin, who is in no room."""
        admin = await self.service.sign_up()
        given = {"LIVEROOM_DATA_DIR": str(self.folder), "LIVEROOM_SECRET": SERVICE_SECRET}
        naming = await asyncio.create_subprocess_exec(
            *(str(command()), "users", "admin", "add", admin.user),
            env={"PATH": os.environ.get("PATH", ""), **given},
            stdout=asyncio.subprocess.DEVNULL,
        )
        assert await naming.wait() == 0
        return admin

    async def is_seen(self, user: Device, by: Device) -> bool:
        """Say whether the service takes somebody to be in the room's media; an admin asks."""
        answer = await by.call("presence/explain", {"searchUserId": user.user})
        return any(one["source"] == "livekit" and one["alive"] for one in answer.data)

    async def credential(self, of: Device) -> dict[str, Any]:
        """Return what lets a member into the room's media now."""
        answer = await of.call("rtc/credential", {"roomId": self.room})
        return dict(answer.data["livekit"])

    async def ask(self, by: Device, method: str, **params: Any) -> None:
        """Call, for the room, what has to succeed."""
        answer = await by.call(method, {"roomId": self.room, **params})
        assert answer.code == 0, answer.text

    async def until_may_show(self, user: Device, seconds: float = SOON) -> None:
        """Return when the media server lets somebody publish."""
        await until(lambda: self.livekit.may_show(self.room, user.user), seconds)

    async def until_may_not_show(self, user: Device, seconds: float) -> None:
        """Return when it lets them publish nothing."""

        async def may_not() -> bool:
            return not await self.livekit.may_show(self.room, user.user)

        await until(may_not, seconds)

    async def until_members(self, seconds: float, *expected: Device) -> None:
        """Return when these are the members, whatever their order."""
        wanted = sorted(one.user for one in expected)

        async def are_there() -> bool:
            return sorted(await self.host.members(self.room)) == wanted

        await until(are_there, seconds)


async def until(is_so: Callable[[], Awaitable[bool]], seconds: float) -> None:
    """Ask again and again until something is so; fail if that takes longer."""
    end = time.monotonic() + seconds
    while not await is_so():
        assert time.monotonic() < end, f"not within {seconds:g} s"
        await a_moment(LOOKS)


async def gone(participant: Participant, began: float, within: float = A_SECOND) -> None:
    """Check that somebody is out of the media room in time."""
    await participant.until_out(within)
    assert time.monotonic() - began <= within


@asynccontextmanager
async def with_real_livekit(folder: Path, **settings: Any) -> AsyncIterator[Stage]:
    """Yield it; skip the test where LiveKit or its client is not here."""
    needs_livekit()
    (port,) = free_ports(1)
    async with hop_to(f"http://{LOOPBACK}:{port}") as hop:
        livekit = RealLivekit(folder / "livekit", f"{hop.url}/callbacks/livekit")
        given = {**livekit.settings, **settings}
        with running(livekit):
            async with process(folder / "service", port=port, **given) as service:
                host = await service.sign_up()
                room = await host.go_live()
                stage = Stage(folder / "service", service, livekit, hop, host, room)
                await stage.ask(host, "seats/configure", mode="free", seats=4)
                yield stage
