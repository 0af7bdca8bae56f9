"""``wallet/*`` about purchases in the stores of phones: what is sold, and coins for what was bought."""

from typing import Annotated

from liveroom.api.codes import Code
from liveroom.api.declare import method
from liveroom.api.ledger.shapes import RedeemedPurchase, StoreOffer, StoreProduct
from liveroom.api.parameters import Nothing, Request, Text
from liveroom.domain.accounts.sessions import Actor
from liveroom.domain.ledger.wallets import state_of
from liveroom.domain.receipts.model import account_token
from liveroom.usecases.ledger.wallets import Wallets
from liveroom.usecases.receipts.redeeming import Redeemed, Redeeming

_REFUSALS = (
    Code.NotOffered,
    Code.UserNotExists,
    Code.QuotaExceeded,
    Code.KeyReused,
    Code.AccountFrozen,
    Code.ReceiptInvalid,
    Code.ReceiptOfTest,
    Code.ReceiptOfOtherUser,
    Code.ReceiptRefunded,
    Code.ProductNotOffered,
)


@method("base/v1/wallet/products", bad_request=Code.RoomQueryParams, reply=StoreOffer)
async def products(call: Nothing, actor: Actor, redeeming: Redeeming) -> StoreOffer:
    """List what the app sells in the phone's store for coins, and by what name the store has to know the caller."""
    offered = [name for name in redeeming.stores._fields if getattr(redeeming.stores, name) is not None]
    sold = [StoreProduct(product, coins) for product, coins in redeeming.products.items()] if offered else []
    return StoreOffer(account_token=account_token(actor.tenant.name, actor.user), stores=offered, products=sold)


class AppStorePurchase(Request):
    """``signedTransaction``: the transaction as StoreKit 2 gives it (``jwsRepresentation``)."""

    signed_transaction: Annotated[str, Text(32_000)]


@method(
    "base/v1/wallet/redeem_app_store",
    bad_request=Code.RoomQueryParams,
    reply=RedeemedPurchase,
    codes=(*_REFUSALS, Code.ReceiptOfOtherApp),
)
async def redeem_app_store(
    call: AppStorePurchase, actor: Actor, redeeming: Redeeming, wallets: Wallets
) -> RedeemedPurchase:
    """Credit what the caller has bought in Apple's App Store, once for each transaction: a repeated call answers the
    same. The app finishes the transaction after a good answer.

    It must have been bought with the caller's ``accountToken`` as ``appAccountToken``. The caller receives
    ``wallet.changed``, webhooks ``wallet.credited``. 3008 where the store is not set up.
    """
    done = await redeeming.app_store(actor.tenant.name, actor.user, call.signed_transaction)
    return await _answer(done, actor, wallets)


class GooglePlayPurchase(Request):
    """``purchaseToken``, ``productId``: of the purchase, as Google's billing library gives them."""

    product_id: Annotated[str, Text(255)]
    purchase_token: Annotated[str, Text(2_000)]


@method(
    "base/v1/wallet/redeem_google_play",
    bad_request=Code.RoomQueryParams,
    reply=RedeemedPurchase,
    codes=(*_REFUSALS, Code.ReceiptPending),
)
async def redeem_google_play(
    call: GooglePlayPurchase, actor: Actor, redeeming: Redeeming, wallets: Wallets
) -> RedeemedPurchase:
    """Credit what the caller has bought at Google Play, once for each purchase: a repeated call answers the same. The
    app consumes the purchase after a good answer; Google refunds what nobody has consumed for three days.

    It must have been bought with the caller's ``accountToken`` as obfuscated account id. The caller receives
    ``wallet.changed``, webhooks ``wallet.credited``. 3008 where the store is not set up.
    """
    done = await redeeming.google_play(actor.tenant.name, actor.user, call.product_id, call.purchase_token)
    return await _answer(done, actor, wallets)


async def _answer(done: Redeemed, actor: Actor, wallets: Wallets) -> RedeemedPurchase:
    wallet = await wallets.notify(actor.tenant.name, actor.user)
    receipt = done.receipt
    return RedeemedPurchase(
        credit_id=receipt.journal,
        product_id=receipt.product,
        coins=receipt.credited,
        repeated=done.is_repeated,
        wallet=state_of(wallet),
    )
