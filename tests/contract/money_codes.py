"""Calls about money that are answered with a code of their own."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from liveroom.api.codes import Code
from liveroom.simulate.endpoint import Mood
from tests.contract.gift_sending_scenes import a_rose
from tests.contract.money_scenes import bought, held, much
from tests.contract.scene import Stage, set_stage
from tests.operator_wallet import OperatorWalletServer, operator_wallet
from tests.service import Answer, Service, serving


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


async def a_payout_that_nobody_has_held(service: Service) -> Answer:
    return await (await service.make_key()).call("admin/settle_payout", {"key": "none"})


async def a_settled_payout_that_is_cancelled(service: Service) -> Answer:
    params, key = await held(await set_stage(service)), await service.make_key()
    await key.call("admin/settle_payout", params)
    return await key.call("admin/cancel_payout", params)


async def a_payout_to_somebody_who_owes(service: Service) -> Answer:
    stage = await set_stage(service)
    key, credit = await service.make_key(), await bought(stage, 5)
    await _credit(service, stage, "order-5", amount=-5, kind="adjust")
    await key.call("admin/reverse_credit", {"creditId": credit, "key": "r-5", "reason": "refunded"})
    return await key.call("admin/hold_payout", {"userId": stage.guest.user, "points": 1, "key": "p-5"})


@asynccontextmanager
async def _left_unknown() -> AsyncIterator[tuple[Stage, OperatorWalletServer]]:
    """Yield a service whose operator's wallet has just left a charge unknown."""
    async with AsyncExitStack() as stack:
        folder = stack.enter_context(TemporaryDirectory())
        server = await stack.enter_async_context(operator_wallet())
        stage = await set_stage(await stack.enter_async_context(serving(Path(folder), **server.settings())))
        server.endpoint.mood = Mood.DOWN
        assert (await stage.guest.call("gifts/send", a_rose(stage, key="k"))).code == Code.ServiceUnavailable
        server.endpoint.mood = Mood.WELL
        yield stage, server


async def a_gift_while_a_charge_is_unknown(_: Service) -> Answer:
    async with _left_unknown() as (stage, _server):
        return await stage.guest.call("gifts/send", a_rose(stage))


async def a_key_whose_charge_was_reversed(_: Service) -> Answer:
    async with _left_unknown() as (stage, server):
        stage.service.clock.advance(timedelta(seconds=60))
        await stage.service.core.jobs.charge_reversals.run()
        server.balances[stage.guest.user] = 100
        return await stage.guest.call("gifts/send", a_rose(stage, key="k"))


MONEY_CASES: Final[Mapping[Code, Sequence[Callable[[Service], Awaitable[Answer]]]]] = {
    Code.KeyReused: [a_key_that_comes_with_another_amount],
    Code.BalanceTooLow: [an_adjustment_below_nothing],
    Code.AccountFrozen: [coins_for_a_frozen_wallet],
    Code.ApprovalRequired: [a_grant_above_the_limit],
    Code.JournalNotExists: [a_reversal_of_nothing],
    Code.PayoutNotExists: [a_payout_that_nobody_has_held],
    Code.PayoutEnded: [a_settled_payout_that_is_cancelled],
    Code.ChargeOpen: [a_gift_while_a_charge_is_unknown],
    Code.ChargeReversed: [a_key_whose_charge_was_reversed],
    Code.AccountOwing: [a_payout_to_somebody_who_owes],
}
