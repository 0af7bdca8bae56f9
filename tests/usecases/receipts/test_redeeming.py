"""A purchase brings its coins once, to whom it was bought for, if its store vouches for it."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from liveroom.domain.errors import NotOffered, Refused
from liveroom.domain.ids import UserId
from liveroom.domain.ledger.accounts import Currency
from liveroom.domain.ledger.failures import AccountFrozen, KeyReused
from liveroom.domain.receipts.failures import (
    ProductNotOffered,
    ReceiptInvalid,
    ReceiptOfOtherApp,
    ReceiptOfOtherUser,
    ReceiptOfTest,
    ReceiptPending,
    ReceiptRefunded,
)
from liveroom.domain.receipts.model import account_token
from tests import migrated
from tests.app_store import Authority, apple
from tests.servers import Mariadb
from tests.service import serving
from tests.usecases.ledger.money import credit, wallet
from tests.usecases.receipts.conftest import Shop, open_shop

OTHER = "7e3fb20b-4cdb-47cc-936d-99d65f608138"


async def test_a_transaction_brings_its_coins_once(shop: Shop) -> None:
    said = shop.said()
    first, again = await shop.redeem(said), await shop.redeem(said)
    assert (first.is_repeated, again.is_repeated) == (False, True)
    assert first.receipt == again.receipt
    assert first.receipt.credited == await shop.coins() == 60
    [line], _ = await shop.world.core.services.money.wallets.statement(
        shop.buyer.tenant.name, shop.buyer.user, Currency.COIN, cursor="", limit=10
    )
    assert (line.line.journal.given_key, line.line.journal.by) == (said["transactionId"], f"user:{shop.buyer.user}")


async def test_several_of_a_product_bring_as_many_times_its_coins(shop: Shop) -> None:
    assert (await shop.redeem(shop.said(productId="coins_300", quantity=3))).receipt.credited == 900


@pytest.mark.parametrize("database", ["sqlite", pytest.param("mariadb", marks=pytest.mark.services)])
async def test_two_attempts_at_once_bring_them_once(
    database: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    given = {}
    if database == "mariadb":
        server: Mariadb = request.getfixturevalue("mariadb")
        given["database_url"] = migrated.mariadb_url(server)
    async with open_shop(tmp_path, **given) as shop:
        for _ in range(5):
            before, said, token = await shop.coins(), shop.said(), shop.google.sell(shop.token)
            both = await asyncio.gather(*(shop.redeem(said) for _ in range(4)))
            assert sorted(one.is_repeated for one in both) == [False, True, True, True]
            both = await asyncio.gather(*(shop.redeem_at_google(token) for _ in range(4)))
            assert sorted(one.is_repeated for one in both) == [False, True, True, True]
            assert await shop.coins() == before + 120
            refund = apple().refund(said, shop.now + timedelta(seconds=1))
            moved = await asyncio.gather(*(shop.tell(refund) for _ in range(3)))
            assert sorted(moved) == [False, False, True]


async def test_a_process_that_knows_other_products_answers_the_same(shop: Shop) -> None:
    said = shop.said()
    await shop.redeem(said)
    redeeming = replace(shop.world.core.services.money.receipts.redeeming, products={})
    again = await redeeming.app_store(shop.buyer.tenant.name, shop.buyer.user, apple().sign(said))
    assert (again.is_repeated, again.receipt.credited) == (True, 60)


OF_SOMETHING_ELSE = (
    ({"environment": "Sandbox"}, ReceiptOfTest),
    ({"environment": "Xcode"}, ReceiptOfTest),
    ({"environment": "LocalTesting"}, ReceiptOfTest),
    ({"bundleId": "com.example.other"}, ReceiptOfOtherApp),
    ({"appAccountToken": OTHER}, ReceiptOfOtherUser),
    ({"appAccountToken": None}, ReceiptOfOtherUser),
    ({"productId": "coins_9"}, ProductNotOffered),
    ({"productId": None}, ProductNotOffered),
    ({"type": "Non-Consumable"}, ProductNotOffered),
    ({"type": "Auto-Renewable Subscription"}, ProductNotOffered),
    ({"quantity": 0}, ProductNotOffered),
    ({"quantity": 100_000_000}, ProductNotOffered),
    ({"transactionId": None}, ReceiptInvalid),
    ({"transactionId": "../1"}, ReceiptInvalid),
    ({"revocationDate": 1_764_000_000_000}, ReceiptRefunded),
    ({"quantity": "many"}, ReceiptInvalid),
)


async def test_what_apple_says_of_something_else_brings_nothing(shop: Shop) -> None:
    for changes, failure in OF_SOMETHING_ELSE:
        said = {name: value for name, value in {**shop.said(), **changes}.items() if value is not None}
        with pytest.raises(Refused) as refused:
            await shop.redeem(said)
        assert type(refused.value) is failure, changes
    assert await shop.coins() == 0


async def test_what_somebody_else_has_signed_is_invalid(shop: Shop) -> None:
    redeeming = shop.world.core.services.money.receipts.redeeming
    for authority in (Authority(), Authority(marks=False)):
        with pytest.raises(ReceiptInvalid):
            await redeeming.app_store(shop.buyer.tenant.name, shop.buyer.user, authority.sign(shop.said()))
    assert await shop.coins() == 0


async def test_a_changed_or_unreadable_transaction_is_invalid(shop: Shop) -> None:
    signed, other = apple().sign(shop.said()), apple().sign(shop.said())
    head, body, _ = signed.split(".")
    redeeming = shop.world.core.services.money.receipts.redeeming
    for text in (f"{head}.{body}.{other.split('.')[2]}", f"{head}.{body}.", "a.b.c", "x", signed[:-6]):
        with pytest.raises(ReceiptInvalid):
            await redeeming.app_store(shop.buyer.tenant.name, shop.buyer.user, text)
    assert await shop.coins() == 0


async def test_tests_bring_coins_where_the_operator_allows_it(tmp_path: Path) -> None:
    async with open_shop(tmp_path, store_tests=True) as shop:
        same = shop.said(environment="Sandbox")
        assert (await shop.redeem(same)).receipt.order == f"sandbox:{same['transactionId']}"
        await shop.redeem({**same, "environment": "Production"})
        await shop.redeem_at_google(shop.google.sell(shop.token, purchaseType=0))
        assert await shop.coins() == 180
        with pytest.raises(ReceiptOfTest):
            await shop.redeem(shop.said(environment="Xcode"))


async def test_an_order_that_the_operators_server_has_credited_brings_nothing_more(shop: Shop) -> None:
    said = shop.said()
    await credit(shop.world.core, shop.buyer.user, 60, said["transactionId"])
    assert (await shop.redeem(said)).is_repeated
    other = shop.said()
    await credit(shop.world.core, shop.buyer.user, 61, other["transactionId"])
    with pytest.raises(KeyReused):
        await shop.redeem(other)
    assert await shop.coins() == 121


async def test_a_frozen_wallet_gets_its_coins_later(shop: Shop) -> None:
    said, freezing = shop.said(), shop.world.core.services.money.freezing
    await freezing.freeze(shop.buyer.tenant.name, shop.buyer.user, frozen=True)
    with pytest.raises(AccountFrozen):
        await shop.redeem(said)
    await freezing.freeze(shop.buyer.tenant.name, shop.buyer.user, frozen=False)
    assert not (await shop.redeem(said)).is_repeated


async def test_what_google_has_sold_brings_its_coins_once(shop: Shop) -> None:
    token = shop.google.sell(shop.token)
    first, again = await shop.redeem_at_google(token), await shop.redeem_at_google(token)
    assert (first.is_repeated, again.is_repeated, await shop.coins()) == (False, True, 60)
    assert first.receipt.order.startswith("GPA.3")
    await shop.redeem_at_google(shop.google.sell(shop.token, "coins_300", quantity=2), "coins_300")
    await shop.redeem_at_google(shop.google.sell(shop.token, orderId=None))
    assert await shop.coins() == 720


async def test_what_google_says_of_something_else_brings_nothing(shop: Shop) -> None:
    for changes, failure in (
        ({"purchaseState": 1}, ReceiptRefunded),
        ({"purchaseState": 2}, ReceiptPending),
        ({"purchaseType": 0}, ReceiptOfTest),
        ({"obfuscatedExternalAccountId": OTHER}, ReceiptOfOtherUser),
        ({"obfuscatedExternalAccountId": None}, ReceiptOfOtherUser),
        ({"refundableQuantity": 0}, ReceiptRefunded),
    ):
        with pytest.raises(Refused) as refused:
            await shop.redeem_at_google(shop.google.sell(shop.token, **changes))
        assert type(refused.value) is failure, changes
    assert await shop.coins() == 0


async def test_a_token_of_nothing_or_of_another_product_is_invalid(shop: Shop) -> None:
    token = shop.google.sell(shop.token)
    for product, of in (("coins_60", "none"), ("coins_300", token), ("coins_60", "../../x?y=z"), ("a/b", token)):
        with pytest.raises(ReceiptInvalid):
            await shop.redeem_at_google(of, product)
    with pytest.raises(ProductNotOffered):
        await shop.redeem_at_google(shop.google.sell(shop.token, "coins_9"), "coins_9")


async def test_stores_that_are_not_set_up_offer_nothing(tmp_path: Path) -> None:
    async with serving(tmp_path) as service:
        redeeming, tenant = service.core.services.money.receipts.redeeming, service.core.services.tenants.default
        user = UserId((await service.sign_up()).user)
        with pytest.raises(NotOffered):
            await redeeming.app_store(tenant.name, user, "x")
        with pytest.raises(NotOffered):
            await redeeming.google_play(tenant.name, user, "x", "y")
        assert (await wallet(service.core, user)).coins == 0


def test_the_name_by_which_stores_know_a_user_never_changes() -> None:
    assert account_token("default", "100001") == "cc08d788-1d88-506b-ae37-5e3aa7760b3b"  # type: ignore[arg-type]
    assert account_token("default", "100001") != account_token("other", "100001")  # type: ignore[arg-type]
