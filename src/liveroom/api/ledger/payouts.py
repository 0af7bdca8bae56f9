"""``admin/*`` and ``wallet/*`` about payouts: points that are paid to whoever earned them."""

from typing import Annotated, Any

import msgspec

from liveroom.api.choices import read_choice
from liveroom.api.codes import Code
from liveroom.api.declare import Data, Who, method
from liveroom.api.envelopes import Page
from liveroom.api.ledger.wallet import PAGE_MAX
from liveroom.api.parameters import Id, Request, Text, Whole
from liveroom.api.shapes import Shape
from liveroom.domain.accounts.sessions import Actor
from liveroom.domain.errors import BadRequest
from liveroom.domain.ids import UserId, made_at
from liveroom.domain.ledger.accounts import AMOUNT_MAX, AccountId
from liveroom.domain.ledger.journals import read_key
from liveroom.domain.ledger.payouts import Payout, PayoutState
from liveroom.domain.moderation.audit import shown_actor
from liveroom.domain.operators.caller import Operator
from liveroom.domain.payloads import Counter, wire_moment, wire_time
from liveroom.usecases.ledger.payouts import PayoutRequest, Payouts, ShownPayout
from liveroom.usecases.ledger.wallets import Wallets

_Key = Annotated[str, Text(64)]
_Limit = Annotated[int, Whole(1, PAGE_MAX)]
_State = Annotated[str, msgspec.Meta(extra_json_schema={"enum": list(PayoutState)})]
_PAYING = (Code.KeyReused, Code.AccountFrozen, Code.PermissionDenied)


class OwnPayoutObject(Shape):
    """A payout as its user sees it."""

    payout_id: str
    points: Counter
    state: _State
    """``held``: on its way. ``settled``: paid. ``cancelled``: the points are the user's again."""
    time_utc: str
    ended_utc: str
    """When it was settled or cancelled; empty: not yet."""


class PayoutObject(OwnPayoutObject):
    """A payout as operators see it."""

    key: str
    """The operator's, for ``admin/settle_payout`` and ``admin/cancel_payout``."""
    account_id: str
    """Out of which the points go; it stays the same when its user is erased."""
    user_id: str
    """A pseudonym once the user is erased; empty where an agency is paid."""
    agency_id: str
    """The agency that is paid; empty for a user."""
    by: str
    """Who has held the points."""
    repeated: bool
    """An earlier call has done it."""


class HoldPayout(Request):
    """``userId``, or ``accountId`` for somebody who was deleted (``wallet.closing`` has it) and for an agency
    (``admin/list_agencies`` has it). ``key``: yours, for this payout and all attempts at it. ``reason``: for other
    operators.
    """

    points: Annotated[int, Whole(1, AMOUNT_MAX)]
    key: _Key
    user_id: Id = ""
    account_id: Id = ""
    reason: Annotated[str, Text(500)] = ""


@method(
    "base/v1/admin/hold_payout",
    bad_request=Code.RoomQueryParams,
    who=Who.KEY,
    permission="payouts.hold",
    confirms=True,
    needs="wallet",
    reply=PayoutObject,
    codes=(
        Code.UserNotExists,
        Code.JournalNotExists,
        Code.BalanceTooLow,
        Code.AccountOwing,
        Code.ApprovalRequired,
        *_PAYING,
    ),
)
async def hold_payout(call: HoldPayout, operator: Operator, payouts: Payouts, wallets: Wallets) -> PayoutObject:
    """Take points out of what a user has earned, to pay them: pay, and then settle or cancel the payout by its key.

    Only points that have cleared are paid out. Where there are fewer: 3051, and this key stays refused for good. Above
    the operator's limits: 3054 (``admin/decide_approval``). Webhooks receive ``payout.held``.
    """
    if bool(call.user_id) is bool(call.account_id):
        raise BadRequest("userId or accountId: exactly one of them")
    asked = PayoutRequest(
        user=UserId(call.user_id) if call.user_id else None,
        account=AccountId(call.account_id) if call.account_id else None,
        points=call.points,
        key=read_key(call.key),
        words=call.reason,
    )
    done = await payouts.hold(operator, asked)
    return await _done(operator, wallets, done)


class EndPayout(Request):
    """``key``: of the payout, as it was held."""

    key: _Key


@method(
    "base/v1/admin/settle_payout",
    bad_request=Code.RoomQueryParams,
    who=Who.KEY,
    permission="payouts.settle",
    confirms=True,
    needs="wallet",
    reply=PayoutObject,
    codes=(Code.PayoutNotExists, Code.PayoutEnded, *_PAYING),
)
async def settle_payout(call: EndPayout, operator: Operator, payouts: Payouts, wallets: Wallets) -> PayoutObject:
    """Say that a payout has arrived. Webhooks receive ``payout.settled``."""
    return await _done(operator, wallets, await payouts.end(operator, read_key(call.key), PayoutState.SETTLED))


@method(
    "base/v1/admin/cancel_payout",
    bad_request=Code.RoomQueryParams,
    who=Who.KEY,
    permission="payouts.settle",
    confirms=True,
    needs="wallet",
    reply=PayoutObject,
    codes=(Code.PayoutNotExists, Code.PayoutEnded, *_PAYING),
)
async def cancel_payout(call: EndPayout, operator: Operator, payouts: Payouts, wallets: Wallets) -> PayoutObject:
    """Give the points of a payout back to whoever earned them: it did not arrive. Webhooks: ``payout.cancelled``."""
    return await _done(operator, wallets, await payouts.end(operator, read_key(call.key), PayoutState.CANCELLED))


class ListPayouts(Request):
    """``state``: ``held`` (default), ``settled``, ``cancelled`` or ``refused``. ``cursor``: the ``nextCursor`` of the
    previous page.
    """

    state: Annotated[str, Text(16)] = PayoutState.HELD.value
    cursor: Id = ""
    limit: _Limit = 50


@method(
    "base/v1/admin/list_payouts",
    bad_request=Code.RoomQueryParams,
    who=Who.KEY,
    permission="payouts.view",
    needs="wallet",
    reply=list[PayoutObject],
    data=Data.LIST,
)
async def list_payouts(call: ListPayouts, operator: Operator, payouts: Payouts) -> Page:
    """List payouts by how far they have come, newest first."""
    state = read_choice("state", call.state, PayoutState)
    found, cursor = await payouts.page(operator.tenant.name, state, cursor=call.cursor, limit=call.limit)
    return Page.of([_shown(one) for one in found], cursor)


class OwnPayouts(Request):
    """``cursor``: the ``nextCursor`` of the previous page."""

    cursor: Id = ""
    limit: _Limit = 50


@method("base/v1/wallet/payouts", bad_request=Code.RoomQueryParams, reply=list[OwnPayoutObject], data=Data.LIST)
async def own_payouts(call: OwnPayouts, actor: Actor, payouts: Payouts) -> Page:
    """List the caller's payouts, newest first."""
    found, cursor = await payouts.of_user(actor.tenant.name, actor.user, cursor=call.cursor, limit=call.limit)
    return Page.of([OwnPayoutObject(**_seen(one)) for one in found], cursor)


async def _done(operator: Operator, wallets: Wallets, done: ShownPayout) -> PayoutObject:
    if not done.is_repeated:
        payout = done.payout
        whose = {"agency": done.agency} if done.agency else {"user": done.user}
        operator.change.note({}, {**whose, "payout": payout.key, "points": payout.points})
        if done.user:
            await wallets.notify(operator.tenant.name, done.user)
    return _shown(done)


def _shown(shown: ShownPayout) -> PayoutObject:
    payout = shown.payout
    return PayoutObject(
        **_seen(payout),
        key=payout.key,
        account_id=payout.account,
        user_id=shown.user,
        agency_id=shown.agency,
        by=shown_actor(payout.made_by),
        repeated=shown.is_repeated,
    )


def _seen(payout: Payout) -> dict[str, Any]:
    return {
        "payout_id": payout.id,
        "points": payout.points,
        "state": payout.state.value,
        "time_utc": wire_time(payout.created),
        "ended_utc": wire_moment(made_at(payout.ended or "")),
    }
