"""With which parameters users call ``follow/*``, ``blocks/*`` and ``reminders/*``."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from typing import Any, Final

from tests.contract.scene import Scene, Stage

_FOLLOW: Final = "base/v1/follow/"
_BLOCKS: Final = "base/v1/blocks/"
_REMINDERS: Final = "base/v1/reminders/"


def _by_guest(**params: Any) -> Callable[[Stage], Awaitable[Scene]]:
    async def make(stage: Stage) -> Scene:
        return Scene(stage.guest, params)

    return make


async def _the_host(stage: Stage) -> Scene:
    return Scene(stage.guest, {"targetId": stage.host.user})


async def _both(stage: Stage) -> Scene:
    return Scene(stage.guest, {"userIds": [stage.host.user, stage.guest.user]})


async def _scheduled(stage: Stage) -> Scene:
    starts = stage.service.clock.now() + timedelta(hours=1)
    planned = await stage.host.call("rooms/schedule", {"startUtc": f"{starts:%Y-%m-%d %H:%M:%S}"})
    return Scene(stage.guest, {"roomId": planned.data["roomId"]})


FOLLOWING: Final[Mapping[str, Callable[[Stage], Awaitable[Scene]]]] = {
    _FOLLOW + "add": _the_host,
    _FOLLOW + "remove": _the_host,
    _FOLLOW + "followers": _by_guest(limit="5", cursor=""),
    _FOLLOW + "following": _by_guest(limit="5", cursor=""),
    _FOLLOW + "mutual": _by_guest(limit="5", cursor=""),
    _FOLLOW + "counts": _both,
    _FOLLOW + "relations": _both,
    _BLOCKS + "add": _the_host,
    _BLOCKS + "remove": _the_host,
    _REMINDERS + "show": _scheduled,
    _REMINDERS + "add": _scheduled,
    _REMINDERS + "remove": _scheduled,
    _REMINDERS + "list": _by_guest(limit="5", cursor=""),
    _BLOCKS + "list": _by_guest(limit="5", cursor=""),
}
