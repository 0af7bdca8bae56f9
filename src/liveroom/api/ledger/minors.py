"""``admin/refund_minor``: a period of a minor is taken back."""

from datetime import datetime
from typing import Annotated

from liveroom.api.codes import Code
from liveroom.api.declare import Who, method
from liveroom.api.parameters import Id, Request, Text
from liveroom.api.shapes import Shape
from liveroom.domain.ids import UserId
from liveroom.domain.ledger.journals import read_key
from liveroom.domain.operators.caller import Operator
from liveroom.domain.payloads import Counter, time_or_empty, wire_time
from liveroom.usecases.protection.minor_refunds import AskedRefund, MinorPeriod, MinorRefunds


class RefundMinor(Request):
    """``sinceUtc``, ``untilUtc``: the period, without the latter moment; it has to be over. ``key``: yours, for this
    period and all attempts at it. ``reason``: for other operators.
    """

    user_id: Id
    since_utc: datetime
    until_utc: datetime
    key: Annotated[str, Text(64)]
    reason: Annotated[str, Text(500)]


class MinorRefundObject(Shape):
    """What is taken back, and how far it is."""

    refund_id: str
    user_id: str
    since_utc: str
    until_utc: str
    done: bool
    finish_utc: str
    """Empty: it is not done yet."""
    gifts: Counter
    """How many gifts went back so far."""
    coins: Counter
    """What they cost."""
    purchases: Counter
    """How many purchases were reversed so far."""
    purchased: Counter
    """Their coins."""
    skipped: Counter
    """What could not be taken back, such as a gift to an account that is frozen."""
    repeated: bool
    """An earlier call with this key has asked for it."""


@method(
    "base/v1/admin/refund_minor",
    bad_request=Code.RoomQueryParams,
    who=Who.KEY,
    permission="money.credit",
    confirms=True,
    needs="wallet",
    reply=MinorRefundObject,
    codes=(Code.UserNotExists, Code.KeyReused, Code.ApprovalRequired, Code.PermissionDenied),
)
async def refund_minor(call: RefundMinor, operator: Operator, minor_refunds: MinorRefunds) -> MinorRefundObject:
    """Take back all gifts that a user sent in a period, and then all coins bought in it: the user was a minor.

    It is done within seconds, in steps; call again with the same key to see how far it is. Once it is done, that call
    tries again what was skipped. What the operator's own wallet has paid, it is asked to give back, gift by gift.
    Receivers may owe points then, and the user coins. Pay the orders back in the store:
    webhooks receive ``minor.refunded`` with them. Above the operator's limits: 3054 (``admin/decide_approval``).
    """
    period = MinorPeriod(UserId(call.user_id), call.since_utc, call.until_utc, read_key(call.key), call.reason)
    asked = await minor_refunds.ask(operator, period)
    if not asked.is_repeated:
        said = {"user": call.user_id, "since": wire_time(call.since_utc), "until": wire_time(call.until_utc)}
        operator.change.note({}, {**said, "key": period.key, "reason": call.reason})
    return _shown(asked)


def _shown(asked: AskedRefund) -> MinorRefundObject:
    refund = asked.refund
    return MinorRefundObject(
        refund_id=refund.id,
        user_id=refund.user,
        since_utc=wire_time(refund.since),
        until_utc=wire_time(refund.until),
        done=refund.is_done,
        finish_utc=time_or_empty(refund.finished),
        gifts=refund.gifts,
        coins=refund.coins,
        purchases=refund.purchases,
        purchased=refund.purchased,
        skipped=refund.skipped,
        repeated=asked.is_repeated,
    )
