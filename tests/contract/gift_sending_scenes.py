"""With which parameters gifts are sent and taken back: a part of ``stages``."""

import itertools
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

from tests.contract.money_scenes import bought
from tests.contract.scene import ADMIN, Params, Scene, Scenes, Stage

_GIFTS: Final = "base/v1/gifts/"
_numbers = itertools.count(1)


def a_rose(stage: Stage, **params: Any) -> dict[str, Any]:
    """Return the parameters with which the guest sends the host a rose, with a fresh key."""
    return {"roomId": stage.room, "giftId": "rose", "key": f"tap-{next(_numbers)}", **params}


async def sent(stage: Stage) -> str:
    """Have the guest send the host a rose; return what was sent."""
    await bought(stage)
    return str((await stage.guest.call("gifts/send", a_rose(stage))).data["sentIds"][0])


async def _rose(stage: Stage) -> Scene:
    await bought(stage)
    return Scene(stage.guest, a_rose(stage, count="3", version="1", comboId="c1", receiverIds=[stage.host.user]))


async def _in_room(stage: Stage) -> Scene:
    await sent(stage)
    return Scene(stage.host, {"roomId": stage.room, "limit": "5", "cursor": ""})


async def _own(stage: Stage) -> Scene:
    await sent(stage)
    return Scene(stage.host, {"limit": "5", "cursor": ""})


async def _refund(stage: Stage) -> Params:
    return {"sentId": await sent(stage), "key": f"refund-{next(_numbers)}", "reason": "sent by a child"}


async def _ranking(stage: Stage) -> Scene:
    await sent(stage)
    params = {"roomId": stage.room, "by": "receivers", "period": "broadcast", "limit": "5", "cursor": ""}
    return Scene(stage.guest, params)


SENDING: Final[Mapping[str, Callable[[Stage], Awaitable[Scene]]]] = {
    _GIFTS + "send": _rose,
    _GIFTS + "list": _in_room,
    _GIFTS + "received": _own,
    _GIFTS + "ranking": _ranking,
}
ADMIN_SENT: Final[Scenes] = {
    ADMIN + "refund_gift": _refund,
    ADMIN + "received_gifts": lambda stage: {"userId": stage.host.user, "limit": "5"},
    ADMIN + "gift_ranking": lambda _: {"by": "senders", "period": "week", "day": "2026-11-30", "category": "show"},
}
