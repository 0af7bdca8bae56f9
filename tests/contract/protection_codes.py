"""Calls that are refused to protect somebody, on a service that asks who is an adult."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Final

from liveroom.api.codes import Code
from liveroom.domain.ids import UserId
from tests.contract.money_scenes import bought, earned
from tests.contract.scene import Stage, set_stage
from tests.service import Answer, Service

ASKING: Final = {"adults": "said"}
"""Settings of that service."""


async def _send(stage: Stage) -> Answer:
    await bought(stage, 5)
    return await stage.guest.call("gifts/send", {"roomId": stage.room, "giftId": "rose", "key": "a-1"})


async def a_gift_of_somebody_of_whom_nothing_is_known(service: Service) -> Answer:
    return await _send(await set_stage(service))


async def a_gift_to_a_host_of_whom_nothing_is_known(service: Service) -> Answer:
    stage = await set_stage(service)
    await service.core.services.moderation.call_adult(UserId(stage.guest.user), adult=True)
    return await _send(stage)


async def a_payout_to_somebody_of_whom_nothing_is_known(service: Service) -> Answer:
    stage = await set_stage(service)
    await earned(service.core, stage.guest.user, 100)
    given = {"userId": stage.guest.user, "points": 50, "key": "p-1"}
    return await (await service.make_key()).call("admin/hold_payout", given)


PROTECTION_CASES: Final[Mapping[Code, Sequence[Callable[[Service], Awaitable[Answer]]]]] = {
    Code.AdultsOnly: [a_gift_of_somebody_of_whom_nothing_is_known],
    Code.CannotReceive: [a_gift_to_a_host_of_whom_nothing_is_known],
    Code.NoPayouts: [a_payout_to_somebody_of_whom_nothing_is_known],
}
