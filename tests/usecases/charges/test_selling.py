"""Gifts that the operator's wallet pays for: sold by a clear yes in time, and by nothing else."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from liveroom import faults
from liveroom.domain.errors import DatabaseUnavailable, NotOffered, ProviderUnavailable
from liveroom.domain.gifts.charges import Charge, ChargeState
from liveroom.domain.gifts.failures import ChargeOpen, ChargeRefused, ChargeReversed
from liveroom.domain.gifts.sending import TakenCharge
from liveroom.domain.hooks.model import BREAKS_AFTER
from liveroom.domain.ledger.failures import BalanceTooLow, KeyReused
from liveroom.domain.protection.failures import CapReached
from liveroom.domain.webhooks.signing import fresh_secret
from liveroom.simulate.endpoint import Mood
from liveroom.usecases.charges.selling import ChargedSales
from tests.dying import Died, die
from tests.operator_wallet import OperatorWalletServer
from tests.usecases.charges.conftest import COINS, TIMEOUT, ChargedEvening, assert_settled, charged_evening
from tests.usecases.ledger.money import credit, wallet


async def test_a_gift_is_charged_sent_told_and_earns_its_points(evening: ChargedEvening) -> None:
    sent = await evening.send("k", "coffee", count=2)
    ((kind, data),) = evening.server.asked
    (charge,) = await evening.charges(ChargeState.CHARGED)
    (gift,) = sent.receipt.gifts
    assert kind == "charge.ask"
    assert data == {
        "chargeId": charge.id,
        "userId": evening.guest.user,
        "coins": 20,
        "giftId": "coffee",
        "version": 1,
        "count": 2,
        "receiverIds": [evening.host.user],
        "roomId": evening.room,
        "broadcastId": gift.broadcast,
        "key": "k",
    }
    assert sent.is_published
    assert (sent.receipt.coins, sent.receipt.purse.coins) == (20, COINS - 20)
    assert (charge.receipt, charge.attempt) == (f"r-{charge.id}", gift.attempt)
    assert await evening.points() == 10
    assert (await wallet(evening.world.core, evening.guest.user)).coins == 0


async def test_a_repeated_key_is_answered_as_the_first_time_and_asks_nobody(evening: ChargedEvening) -> None:
    first = await evening.send("k")
    again = await evening.send("k")
    assert again.receipt.is_repeated
    assert [gift.id for gift in again.receipt.gifts] == [gift.id for gift in first.receipt.gifts]
    assert again.receipt.purse == first.receipt.purse
    with pytest.raises(KeyReused):
        await evening.send("k", count=2)
    assert evening.server.kinds() == ["charge.ask"]


async def test_too_few_coins_are_final_for_their_key(evening: ChargedEvening) -> None:
    with pytest.raises(BalanceTooLow, match=f"{COINS}"):
        await evening.send("k", "crown")
    evening.server.balances[evening.guest.user] += 100_000
    with pytest.raises(BalanceTooLow):
        await evening.send("k", "crown")
    assert evening.server.kinds() == ["charge.ask"]
    evening.server.balances[evening.guest.user] -= 100_000
    assert (await evening.send("k2")).receipt.coins == 1


async def test_a_refusal_shows_the_operators_own_sentence(evening: ChargedEvening) -> None:
    evening.server.message = "verify your age first"
    for _ in range(2):
        with pytest.raises(ChargeRefused, match="verify your age first"):
            await evening.send("k")
    evening.server.message = ""


def odd(change: Callable[[dict[str, Any]], Any]) -> Callable[[OperatorWalletServer], None]:
    def so(server: OperatorWalletServer) -> None:
        server.changes = change

    return so


def in_mood(mood: Mood) -> Callable[[OperatorWalletServer], None]:
    def so(server: OperatorWalletServer) -> None:
        server.endpoint.mood = mood

    return so


def signed_by_somebody_else(server: OperatorWalletServer) -> None:
    server.signs_with = fresh_secret(datetime.now(UTC)).text


def unsigned(server: OperatorWalletServer) -> None:
    server.signs = False


def make_clear(server: OperatorWalletServer) -> None:
    fresh = OperatorWalletServer()
    server.endpoint.mood, server.signs, server.signs_with, server.changes = Mood.WELL, True, "", fresh.changes


UNCLEAR = {
    "silent": in_mood(Mood.SILENT),
    "nonsense": in_mood(Mood.NONSENSE),
    "odd": in_mood(Mood.ODD),
    "broken": in_mood(Mood.BROKEN),
    "down": in_mood(Mood.DOWN),
    "done and hung up": in_mood(Mood.LOST),
    "unsigned": unsigned,
    "signed by somebody else": signed_by_somebody_else,
    "of another charge": odd(lambda answer: {**answer, "chargeId": "another"}),
    "another word": odd(lambda answer: {**answer, "result": "ok"}),
    "half a coin": odd(lambda answer: {**answer, "balance": 0.5}),
    "a list": odd(lambda answer: [answer]),
}


async def test_without_a_clear_yes_nothing_is_sent_and_what_was_taken_is_given_back(evening: ChargedEvening) -> None:
    server, reversed_ = evening.server, list[str]()
    for number, (how, make_unclear) in enumerate(UNCLEAR.items()):
        make_unclear(server)
        evening.calls.ask_timeout = timedelta(milliseconds=100) if how == "silent" else TIMEOUT
        with pytest.raises(ProviderUnavailable):
            await evening.send(how)
        (unknown,) = await evening.charges(ChargeState.UNKNOWN)
        assert unknown.said, how
        for key in (how, "another"):
            with pytest.raises(ChargeOpen):
                await evening.send(key)
        make_clear(server)
        evening.calls.ask_timeout = TIMEOUT
        assert await evening.reverse() == 1, how
        reversed_.insert(0, unknown.id)
        assert [charge.id for charge in await evening.charges(ChargeState.REVERSED)] == reversed_
        assert server.balances[evening.guest.user] == COINS - number, how
        with pytest.raises(ChargeReversed):
            await evening.send(how)
        assert (await evening.send(f"after {how}".replace(" ", "-"))).receipt.coins == 1
    assert len(await evening.charges(ChargeState.CHARGED)) == len(UNCLEAR)


class Impatient:
    """Hears no answer: gives up as soon as the call has come, which is carried out all the same."""

    def __init__(self, evening: ChargedEvening) -> None:
        self.evening, self.client = evening, evening.calls.client

    async def send(self, id: str, now: datetime, body: bytes) -> Any:
        self.answer = asyncio.create_task(self.client.send(id, now, body))
        await self.evening.server.endpoint.come.wait()
        raise TimeoutError

    async def close(self) -> None:
        await self.client.close()


async def test_a_charge_that_is_taken_too_late_is_given_back(evening: ChargedEvening) -> None:
    impatient = evening.calls.client = Impatient(evening)
    evening.server.endpoint.hold()
    with pytest.raises(ProviderUnavailable):
        await evening.send("k")
    evening.calls.client = impatient.client
    evening.server.endpoint.let_go()
    assert (await impatient.answer)["result"] == "charged"
    assert evening.server.balances[evening.guest.user] == COINS - 1
    assert await evening.reverse() == 1
    assert evening.server.balances[evening.guest.user] == COINS
    assert await evening.points() == 0


async def test_a_yes_for_a_charge_that_was_given_up_sends_nothing(evening: ChargedEvening) -> None:
    core, sending = evening.world.core, evening.world.core.services.money.gifts.sending
    seller = sending.seller
    assert isinstance(seller, ChargedSales)
    order = await sending._order(evening.guest, evening.wanted("k"))
    (charge,) = await seller.opening.open([order])
    assert isinstance(charge, Charge)
    await core.services.money.charges.doubts.raise_for(charge, "it took too long")
    sold = await seller.sales.sell(replace(order, charge=TakenCharge(charge.id, 99, "")))
    assert isinstance(sold.decision, ChargeReversed)
    assert await evening.points() == 0


async def test_two_gifts_of_one_sender_at_once_are_one_charge(evening: ChargedEvening) -> None:
    done = await asyncio.gather(*(evening.send(key) for key in "abc"), return_exceptions=True)
    assert sorted(type(one).__name__ for one in done) == ["ChargeOpen", "ChargeOpen", "GiftOutcome"]
    assert evening.server.kinds() == ["charge.ask"]


@pytest.mark.parametrize("point", ["charge.asked", "charge.answered", "gifts.paid"])
async def test_a_process_that_dies_in_between_has_sold_nothing_and_the_charge_is_reversed(
    point: str, evening: ChargedEvening
) -> None:
    faults.arm(point, die)
    with pytest.raises((Died, DatabaseUnavailable)):
        await evening.send("k")
    faults.disarm()
    (asked,) = await evening.charges(ChargeState.ASKED)
    assert await evening.reverse(10) == 0, "it may still be under way"
    with pytest.raises(ChargeOpen):
        await evening.send("k")
    assert await evening.reverse(10) == 1
    assert [charge.id for charge in await evening.charges(ChargeState.REVERSED)] == [asked.id]
    assert evening.server.balances[evening.guest.user] == COINS
    assert await evening.points() == 0


async def test_a_process_that_dies_after_it_has_told_the_room_has_sold_it(evening: ChargedEvening) -> None:
    faults.arm("gifts.published", die)
    with pytest.raises(DatabaseUnavailable):
        await evening.send("k")
    faults.disarm()
    assert (await evening.send("k")).receipt.is_repeated
    assert await evening.reverse() == 0


async def test_a_process_that_dies_behind_a_reversal_has_it_reversed_again(evening: ChargedEvening) -> None:
    evening.server.endpoint.mood = Mood.LOST
    with pytest.raises(ProviderUnavailable):
        await evening.send("k")
    evening.server.endpoint.mood = Mood.WELL
    faults.arm("charge.reversed", die)
    with pytest.raises(Died):
        await evening.reverse()
    faults.disarm()
    assert await evening.reverse(1) == 0, "the others leave it alone for a while"
    assert await evening.reverse(30) == 1
    assert evening.server.kinds()[-2:] == ["charge.reverse"] * 2


async def test_with_sql_down_behind_a_silent_wallet_the_charge_is_reversed_later(evening: ChargedEvening) -> None:
    def outage() -> None:
        evening.world.sql.down = True

    evening.server.endpoint.mood = Mood.DOWN
    faults.arm("charge.asked", outage)
    with pytest.raises(ProviderUnavailable):
        await evening.send("k")
    evening.world.sql.down, evening.server.endpoint.mood = False, Mood.WELL
    assert await evening.reverse(20) == 1


async def test_a_wallet_that_keeps_failing_is_left_alone_and_known_keys_are_answered(evening: ChargedEvening) -> None:
    await evening.send("known")
    evening.server.endpoint.mood = Mood.DOWN
    for number in range(BREAKS_AFTER):
        with pytest.raises(ProviderUnavailable):
            await evening.send(f"k{number}")
        evening.server.endpoint.mood = Mood.WELL
        assert await evening.reverse(1) == 1
        evening.server.endpoint.mood = Mood.DOWN
    asked = evening.server.endpoint.asked
    evening.server.endpoint.mood = Mood.WELL
    with pytest.raises(ProviderUnavailable, match="nothing is taken"):
        await evening.send("k")
    assert (await evening.send("known")).receipt.is_repeated
    assert evening.server.endpoint.asked == asked
    evening.world.pass_by(5)
    assert not (await evening.send("k")).receipt.is_repeated


async def test_nothing_is_put_into_wallets_that_nobody_pays_from(evening: ChargedEvening) -> None:
    core = evening.world.core
    with pytest.raises(NotOffered):
        await credit(core, evening.guest.user, 100, "order")
    with pytest.raises(NotOffered):
        await core.services.money.coins_for_tests.give(evening.guest.tenant.name, evening.guest.user)


async def test_caps_hold_before_the_operators_wallet_is_asked(tmp_path: Path) -> None:
    async with charged_evening(tmp_path, cap_day=5) as evening:
        await evening.send("1", count=3)
        with pytest.raises(CapReached, match="2"):
            await evening.send("2", count=3)
        await evening.send("3", count=2)
        assert evening.server.kinds() == ["charge.ask"] * 2
        await assert_settled(evening)
