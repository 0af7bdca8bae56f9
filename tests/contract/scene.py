"""Two users of one tenant, a room, a call that is about to be made: what every walk over the methods begins with."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Protocol

from liveroom.domain.ids import RoomId
from tests.service import Answer, Device, Service

CATEGORY: Final = "mlvb-show-live"
TITLE: Final = "小明的直播间 😀"
NICKNAME: Final = "小明 😀"
ADMIN: Final = "base/v1/admin/"
Params = Mapping[str, Any]


class Desk(Protocol):
    """An operator, at the console or with a server key."""

    async def call(self, method: str, params: Params | None = None, /) -> Answer: ...


@dataclass(frozen=True)
class Stage:
    """Two users of one tenant: one is live, the other has come to watch."""

    service: Service
    host: Device
    guest: Device
    room: str
    report: str
    """The id of a report that the host has filed about the guest."""
    broadcast: str = ""
    """The broadcast that runs."""
    by: Desk | None = None
    """Who is about to call, where it is an operator."""

    async def moderator(self) -> Device:
        """Return somebody else who is in the room, a moderator."""
        return await self.service.moderator(self.host, self.room)


@dataclass(frozen=True)
class Scene:
    """A call that is about to be made: by whom, with which parameters beside the identity."""

    device: Device
    params: Params


Scenes = Mapping[str, Callable[[Stage], Params | Awaitable[Params]]]
"""With which parameters methods are called, by their path."""


async def set_stage(service: Service, **by: Any) -> Stage:
    """Return a fresh stage; ``app`` or ``headers`` put it into a tenant."""
    host, guest = await service.sign_up(**by), await service.sign_up(**by)
    await host.call("auth_users/user_update", {"name": NICKNAME})
    room = await host.go_live(title=TITLE, category=CATEGORY)
    await guest.enter(room, "audience")
    about = {"roomId": room, "targetId": guest.user, "reason": "spam"}
    report = (await host.call("moderation/report", about)).data["reportId"]
    await service.core.jobs.backlog.write_all()
    found = await service.core.db.rooms.get(RoomId(room))
    return Stage(service, host, guest, room, report, found.broadcast if found is not None else "")
