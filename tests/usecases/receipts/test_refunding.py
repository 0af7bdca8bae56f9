"""What a store takes back, the wallet gives back: once, whenever and however often the store says so."""

from datetime import timedelta
from itertools import permutations
from typing import Any

import pytest

from liveroom import faults
from liveroom.domain.accounts.sessions import Actor
from liveroom.domain.errors import UserNotFound
from liveroom.domain.ledger.accounts import Currency
from liveroom.domain.ledger.journals import JournalId, MoveKind
from liveroom.domain.receipts.failures import ReceiptRefunded
from liveroom.usecases.ledger.credits import Credit
from tests.app_store import apple
from tests.dying import Died, die
from tests.usecases.ledger.money import operator_of, wallet
from tests.usecases.receipts.conftest import Shop

SECOND = timedelta(seconds=1)


def reversed_refund(shop: Shop, said: dict[str, Any], seconds: int) -> str:
    return apple().notification("REFUND_REVERSED", said, shop.now + seconds * SECOND)


def refund(shop: Shop, said: dict[str, Any], seconds: int = 1, **changes: Any) -> str:
    return apple().refund(said, shop.now + seconds * SECOND, **changes)


async def test_a_refund_takes_the_coins_back_once(shop: Shop) -> None:
    said = shop.said()
    await shop.redeem(said)
    notice = refund(shop, said)
    assert [await shop.tell(notice), await shop.tell(notice)] == [True, False]
    assert await shop.coins() == 0
    with pytest.raises(ReceiptRefunded):
        await shop.redeem(said)


async def test_coins_that_are_spent_are_owed(shop: Shop) -> None:
    said = shop.said()
    await shop.redeem(said)
    service = shop.world.core.services.money
    await service.credits.credit(operator_of(shop.world.core), _spending(shop.buyer, 50))
    assert await shop.tell(refund(shop, said))
    assert await shop.coins() == -50


def _spending(buyer: Actor, coins: int) -> Credit:
    return Credit(buyer.user, MoveKind.ADJUST, Currency.COIN, -coins, "spent")


async def test_a_frozen_wallet_gives_them_back_too(shop: Shop) -> None:
    said, freezing = shop.said(), shop.world.core.services.money.freezing
    await shop.redeem(said)
    await freezing.freeze(shop.buyer.tenant.name, shop.buyer.user, frozen=True)
    assert await shop.tell(refund(shop, said))
    assert await shop.coins() == 0


async def test_what_is_refunded_before_it_is_redeemed_brings_nothing(shop: Shop) -> None:
    said = shop.said()
    assert not await shop.tell(refund(shop, said))
    with pytest.raises(ReceiptRefunded):
        await shop.redeem(said)
    assert await shop.coins() == 0


async def test_an_app_that_comes_with_a_revoked_transaction_has_it_taken_back(shop: Shop) -> None:
    said = shop.said()
    await shop.redeem(said)
    with pytest.raises(ReceiptRefunded):
        await shop.redeem({**said, "revocationDate": said["signedDate"] + 1000, "revocationReason": 0})
    assert await shop.coins() == 0


async def test_a_refund_that_is_reversed_brings_the_coins_again(shop: Shop) -> None:
    said = shop.said()
    await shop.redeem(said)
    for round in (0, 2):
        assert await shop.tell(refund(shop, said, round + 1))
        assert await shop.coins() == 0
        assert await shop.tell(reversed_refund(shop, said, round + 2))
        assert await shop.coins() == 60
    assert (await shop.redeem(said)).is_repeated


async def test_of_notices_in_any_order_the_last_counts(shop: Shop) -> None:
    for order in permutations(range(3)):
        said, before = shop.said(), await shop.coins()
        await shop.redeem(said)
        notices = [refund(shop, said, 1), reversed_refund(shop, said, 2), refund(shop, said, 3)]
        for number in order:
            await shop.tell(notices[number])
        assert await shop.coins() == before, order
        said = shop.said()
        await shop.redeem(said)
        notices = [reversed_refund(shop, said, 0), refund(shop, said, 1), reversed_refund(shop, said, 2)]
        for number in order:
            await shop.tell(notices[number])
        assert await shop.coins() == before + 60, order


async def test_a_part_that_is_refunded_takes_a_part_back(shop: Shop) -> None:
    said = shop.said(productId="coins_300")
    await shop.redeem(said)
    part = {"revocationType": "REFUND_PRORATED", "revocationPercentage": 25_000}
    assert await shop.tell(refund(shop, said, 1, **part))
    assert await shop.coins() == 225
    assert (await shop.redeem(said)).receipt.credited == 225
    assert await shop.tell(refund(shop, said, 2))
    assert await shop.coins() == 0


async def test_what_an_operator_has_taken_back_already_is_not_taken_twice(shop: Shop) -> None:
    said = shop.said()
    done = await shop.redeem(said)
    credits = shop.world.core.services.money.credits
    await credits.reverse(operator_of(shop.world.core), JournalId(done.receipt.journal), "by-hand", "refunded")
    await shop.tell(refund(shop, said))
    assert await shop.coins() == 0
    assert await shop.tell(reversed_refund(shop, said, 2))
    assert await shop.coins() == 60


async def test_other_notifications_change_nothing(shop: Shop) -> None:
    said = shop.said()
    await shop.redeem(said)
    for kind in ("TEST", "CONSUMPTION_REQUEST", "REFUND_DECLINED", "ONE_TIME_CHARGE", "OF_NEXT_YEAR"):
        assert not await shop.tell(apple().notification(kind, said, shop.now + SECOND))
    assert await shop.coins() == 60


async def test_a_deleted_user_gives_back_what_is_left_and_gets_nothing_again(shop: Shop) -> None:
    said = shop.said()
    await shop.redeem(said)
    await shop.world.core.services.deletion.delete(shop.buyer)
    shop.world.pass_by(60 * 20)
    for _ in range(5):
        await shop.world.core.tick()
    assert await shop.tell(refund(shop, said, 1))
    await shop.tell(reversed_refund(shop, said, 2))
    with pytest.raises(UserNotFound):
        await shop.redeem(shop.said())


async def test_google_is_asked_what_it_has_refunded(shop: Shop) -> None:
    tokens = [shop.google.sell(shop.token) for _ in range(5)]
    for token in tokens:
        await shop.redeem_at_google(token)
    job = shop.world.core.jobs.google_refunds
    assert await job.run() == 0
    for token in tokens[:4]:
        shop.google.void(token, shop.now + SECOND)
    assert await job.run() == 4
    assert await job.run() == 0
    assert await shop.coins() == 60
    with pytest.raises(ReceiptRefunded):
        await shop.redeem_at_google(tokens[0])


async def test_google_refunds_what_it_sold_in_part(shop: Shop) -> None:
    token = shop.google.sell(shop.token, "coins_300", quantity=3, refundableQuantity=2)
    assert (await shop.redeem_at_google(token, "coins_300")).receipt.credited == 600
    shop.google.sold["coins_300", token]["refundableQuantity"] = 1
    assert (await shop.redeem_at_google(token, "coins_300")).receipt.credited == 300
    assert await shop.coins() == 300


@pytest.mark.parametrize("point", ["ledger.posted", "receipt.credited", "receipt.refunded"])
async def test_a_process_that_dies_on_the_way_leaves_nothing_half_done(shop: Shop, point: str) -> None:
    said = shop.said()
    if point != "receipt.refunded":
        faults.arm(point, die)
        with pytest.raises(Died):
            await shop.redeem(said)
        faults.disarm()
        assert await shop.coins() == 0
    assert not (await shop.redeem(said)).is_repeated
    if point != "receipt.credited":
        faults.arm(point, die)
        with pytest.raises(Died):
            await shop.tell(refund(shop, said))
        faults.disarm()
        assert await shop.coins() == 60
    assert await shop.tell(refund(shop, said))
    assert await shop.coins() == 0
    assert (await wallet(shop.world.core, shop.buyer.user)).coins == 0
