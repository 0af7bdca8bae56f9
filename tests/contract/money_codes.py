"""Calls about money that are answered with a code of their own."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, Final

from liveroom.api.codes import Code
from tests.contract.money_scenes import bought, much
from tests.contract.scene import Stage, set_stage
from tests.service import Answer, Service


async def _credit(service: Service, stage: Stage, key: str, **params: Any) -> Answer:
    given = {"userId": stage.guest.user, "amount": 10, "kind": "purchase", "key": key, **params}
    return await (await service.make_key()).call("admin/credit_wallet", given)


async def a_key_that_comes_with_another_amount(service: Service) -> Answer:
    stage = await set_stage(service)
    await _credit(service, stage, "order-1")
    return await _credit(service, stage, "order-1", amount=11)


async def an_adjustment_below_nothing(service: Service) -> Answer:
    stage = await set_stage(service)
    await bought(stage, 5)
    return await _credit(service, stage, "order-2", amount=-6, kind="adjust")


async def coins_for_a_frozen_wallet(service: Service) -> Answer:
    stage = await set_stage(service)
    await (await service.make_key()).call(
        "admin/freeze_wallet", {"userId": stage.guest.user, "frozen": "1", "reason": "disputed"}
    )
    return await _credit(service, stage, "order-3")


async def a_grant_above_the_limit(service: Service) -> Answer:
    stage = await set_stage(service)
    answer = await (await service.make_key()).call("admin/credit_wallet", much(stage, "much"))
    assert answer.body["approvalId"]
    return answer


async def a_reversal_of_nothing(service: Service) -> Answer:
    given = {"creditId": "none", "key": "r-1", "reason": "?"}
    return await (await service.make_key()).call("admin/reverse_credit", given)


MONEY_CASES: Final[Mapping[Code, Sequence[Callable[[Service], Awaitable[Answer]]]]] = {
    Code.KeyReused: [a_key_that_comes_with_another_amount],
    Code.BalanceTooLow: [an_adjustment_below_nothing],
    Code.AccountFrozen: [coins_for_a_frozen_wallet],
    Code.ApprovalRequired: [a_grant_above_the_limit],
    Code.JournalNotExists: [a_reversal_of_nothing],
}
