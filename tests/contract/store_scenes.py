"""Purchases in the stores of phones: with which parameters they are redeemed, and which codes answer that."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, Final

from liveroom.api.codes import Code
from liveroom.domain.ids import DEFAULT_TENANT, UserId
from liveroom.domain.receipts.model import account_token
from tests.app_store import app_store_settings, apple
from tests.contract.evening import Evening
from tests.contract.scene import Scene, Stage
from tests.google_play import GooglePlayServer
from tests.service import Answer, Service

GOOGLE: Final = GooglePlayServer()
"""The one of this process; a service that asks it runs while it is `listening`."""
STORES: Final[dict[str, Any]] = {**app_store_settings(), **GOOGLE.settings()}
"""The settings of a service that sells coins in both stores."""
_WALLET: Final = "base/v1/wallet/"
_OTHER: Final = "7e3fb20b-4cdb-47cc-936d-99d65f608138"


async def token_of(service: Service, user: str) -> str:
    """Return by what name stores know a user."""
    found = await service.core.db.users.get(UserId(user))
    return account_token(found.tenant if found is not None else DEFAULT_TENANT, UserId(user))


async def _products(stage: Stage) -> Scene:
    return Scene(stage.guest, {})


async def _bought_at_apples(stage: Stage) -> Scene:
    token = await token_of(stage.service, stage.guest.user)
    return Scene(stage.guest, {"signedTransaction": apple().transaction(token, stage.service.clock.now())})


async def _bought_at_googles(stage: Stage) -> Scene:
    token = GOOGLE.sell(await token_of(stage.service, stage.guest.user))
    return Scene(stage.guest, {"productId": "coins_60", "purchaseToken": token})


STORE_SCENES: Final[Mapping[str, Callable[[Stage], Awaitable[Scene]]]] = {
    _WALLET + "products": _products,
    _WALLET + "redeem_app_store": _bought_at_apples,
    _WALLET + "redeem_google_play": _bought_at_googles,
}


async def tell_of_purchases(evening: Evening, user: str, token: str) -> None:
    """Have somebody buy coins in both stores."""
    now, name = evening.service.clock.now(), account_token(DEFAULT_TENANT, UserId(user))
    await evening.call(token, "wallet/products")
    signed = apple().transaction(name, now, transactionId="320000000000017")
    await evening.call(token, "wallet/redeem_app_store", signedTransaction=signed)
    async with GOOGLE.listening():
        bought = GOOGLE.sell(name, "coins_300", orderId="GPA.3345-1187-4411-20017")
        await evening.call(token, "wallet/redeem_google_play", productId="coins_300", purchaseToken=bought)


def _from_apple(**changes: Any) -> Callable[[Service], Awaitable[Answer]]:
    """Return a call with a transaction that says something else."""

    async def call(service: Service) -> Answer:
        device = await service.sign_up()
        token = await token_of(service, device.user)
        signed = apple().transaction(token, service.clock.now(), **changes)
        return await device.call("wallet/redeem_app_store", {"signedTransaction": signed})

    return call


async def _of_nobody(service: Service) -> Answer:
    return await (await service.sign_up()).call("wallet/redeem_app_store", {"signedTransaction": "a.b.c"})


async def _not_paid_yet(service: Service) -> Answer:
    device = await service.sign_up()
    bought = GOOGLE.sell(await token_of(service, device.user), purchaseState=2)
    return await device.call("wallet/redeem_google_play", {"productId": "coins_60", "purchaseToken": bought})


STORE_CASES: Final[Mapping[Code, Sequence[Callable[[Service], Awaitable[Answer]]]]] = {
    Code.ReceiptInvalid: [_of_nobody],
    Code.ReceiptOfOtherApp: [_from_apple(bundleId="com.example.other")],
    Code.ReceiptOfTest: [_from_apple(environment="Sandbox")],
    Code.ReceiptOfOtherUser: [_from_apple(appAccountToken=_OTHER)],
    Code.ReceiptRefunded: [_from_apple(revocationDate=1_764_000_000_000)],
    Code.ReceiptPending: [_not_paid_yet],
    Code.ProductNotOffered: [_from_apple(productId="coins_9")],
}
