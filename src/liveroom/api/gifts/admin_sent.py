"""``admin/*`` about gifts that were sent: taking one back, and what somebody was sent."""

from typing import Annotated

from liveroom.api.codes import Code
from liveroom.api.declare import Data, Who, method
from liveroom.api.envelopes import Page
from liveroom.api.gifts.sending import PAGE_MAX, ListedGiftObject, listed
from liveroom.api.parameters import Id, Request, Text, Whole
from liveroom.api.shapes import Shape
from liveroom.domain.ids import UserId
from liveroom.domain.ledger.journals import read_key
from liveroom.domain.operators.caller import Operator
from liveroom.domain.payloads import Counter
from liveroom.usecases.gifts.listing import SentGifts
from liveroom.usecases.gifts.refunding import Refunds
from liveroom.usecases.ledger.wallets import Wallets


class RefundGift(Request):
    """``sentId``: of what was sent (``gifts/send``, ``gift.sent``). ``key``: yours, for this refund and all attempts at
    it. ``reason``: for other operators.
    """

    sent_id: Id
    key: Annotated[str, Text(64)]
    reason: Annotated[str, Text(500)]


class GiftRefundObject(Shape):
    """What came of it."""

    refund_id: str
    sender_id: str
    """Who has the coins again."""
    receiver_id: str
    """Who has the points no more."""
    coins: Counter
    points: Counter
    repeated: bool
    """An earlier call with this key has done it."""


@method(
    "base/v1/admin/refund_gift",
    bad_request=Code.RoomQueryParams,
    who=Who.KEY,
    permission="money.refund",
    confirms=True,
    needs="gifts",
    reply=GiftRefundObject,
    codes=(
        Code.JournalNotExists,
        Code.KeyReused,
        Code.AccountFrozen,
        Code.ApprovalRequired,
        Code.PermissionDenied,
        Code.QuotaExceeded,
    ),
)
async def refund_gift(call: RefundGift, operator: Operator, refunds: Refunds, wallets: Wallets) -> GiftRefundObject:
    """Take a gift back from one receiver, once: its sender has the coins again, promotional ones as such.

    The receiver loses the points, and owes those that they were paid already. Above the operator's limits: 3054, as
    with ``admin/credit_wallet``. Both receive ``wallet.changed``, webhooks ``gift.refunded``.
    """
    done = await refunds.refund(operator, call.sent_id, read_key(call.key), call.reason)
    if not done.is_repeated:
        facts = {"user": done.sender, "receiver": done.receiver, "gift": done.gift.id, "coins": done.gift.coins}
        operator.change.note({}, {**facts, "reason": call.reason})
    for user in (done.sender, done.receiver):
        await wallets.notify(operator.tenant.name, user)
    return GiftRefundObject(
        refund_id=done.journal.id,
        sender_id=done.sender,
        receiver_id=done.receiver,
        coins=done.gift.coins,
        points=done.gift.shares.host,
        repeated=done.is_repeated,
    )


class ReceivedGifts(Request):
    """``userId``: who was sent them. ``cursor``: the ``nextCursor`` of the previous page."""

    user_id: Id
    cursor: Id = ""
    limit: Annotated[int, Whole(1, PAGE_MAX)] = 50


@method(
    "base/v1/admin/received_gifts",
    bad_request=Code.RoomQueryParams,
    who=Who.KEY,
    permission="money.view",
    needs="gifts",
    reply=list[ListedGiftObject],
    data=Data.LIST,
)
async def received_gifts(call: ReceivedGifts, operator: Operator, sent_gifts: SentGifts) -> Page:
    """List what a user was sent, newest first."""
    tenant, user = operator.tenant.name, UserId(call.user_id)
    found, cursor = await sent_gifts.received(tenant, user, cursor=call.cursor, limit=call.limit)
    return Page.of(list(map(listed, found)), cursor)
