"""``admin/*`` about money: credits, what users have, and approvals by a second person."""

from datetime import datetime
from typing import Annotated

from liveroom.api.choices import read_choice
from liveroom.api.codes import Code
from liveroom.api.declare import Data, Who, method
from liveroom.api.envelopes import Page
from liveroom.api.ledger.shapes import (
    AdminWalletLine,
    ApprovalObject,
    CreditObject,
    ReversalObject,
    admin_line_of,
    approval_of,
)
from liveroom.api.ledger.wallet import PAGE_MAX
from liveroom.api.parameters import Id, Request, Text, Whole
from liveroom.domain.ids import UserId
from liveroom.domain.ledger.accounts import AMOUNT_MAX, Currency
from liveroom.domain.ledger.approvals import ApprovalState
from liveroom.domain.ledger.journals import JournalId, read_key
from liveroom.domain.ledger.wallets import WalletState, state_of
from liveroom.domain.operators.caller import Operator
from liveroom.usecases.ledger.approving import Approvals
from liveroom.usecases.ledger.credits import CREDITED, Credit, Credits
from liveroom.usecases.ledger.freezing import Freezing
from liveroom.usecases.ledger.wallets import Wallets

_Key = Annotated[str, Text(64)]
_Short = Annotated[str, Text(16)]
_Reason = Annotated[str, Text(500)]
_Limit = Annotated[int, Whole(1, PAGE_MAX)]
_MOVING = (
    Code.KeyReused,
    Code.BalanceTooLow,
    Code.AccountFrozen,
    Code.ApprovalRequired,
    Code.QuotaExceeded,
    Code.PermissionDenied,
)


class CreditWallet(Request):
    """``key``: yours, for this credit and all attempts at it, such as the store's order; it never lapses.

    ``kind``: ``purchase`` (bought coins), ``grant`` (promotional coins: spent first, and worth no points to whoever is
    sent them) or ``adjust`` (puts a balance right; may be negative). ``currency``: ``coin`` (default), or ``point``
    with ``adjust``. ``expires``: when what is left of a grant goes. ``reason``: for other operators.
    """

    user_id: Id
    amount: Annotated[int, Whole(-AMOUNT_MAX, AMOUNT_MAX)]
    kind: _Short
    key: _Key
    currency: _Short = Currency.COIN.value
    expires: datetime | None = None
    reason: _Reason = ""


@method(
    "base/v1/admin/credit_wallet",
    bad_request=Code.RoomQueryParams,
    who=Who.KEY,
    permission="money.credit",
    needs="wallet",
    reply=CreditObject,
    codes=(Code.UserNotExists, *_MOVING),
)
async def credit_wallet(call: CreditWallet, operator: Operator, credits: Credits, wallets: Wallets) -> CreditObject:
    """Put coins into a user's wallet, once for each key: repeat a call that broke off with the same key.

    Above the operator's limits: 3054, with the request's ``approvalId``; repeat the call once another operator has
    approved it (``admin/decide_approval``). The user receives ``wallet.changed``, webhooks ``wallet.credited``.
    """
    credit = Credit(
        user=UserId(call.user_id),
        kind=read_choice("kind", call.kind, CREDITED),
        currency=read_choice("currency", call.currency, Currency),
        amount=call.amount,
        key=read_key(call.key),
        expires=call.expires,
        words=call.reason,
    )
    done = await credits.credit(operator, credit)
    if not done.is_repeated:
        operator.change.note({}, {"user": done.user, credit.currency.value: credit.amount, "key": credit.key})
    wallet = await wallets.notify(operator.tenant.name, done.user)
    return CreditObject(credit_id=done.journal.id, repeated=done.is_repeated, wallet=state_of(wallet))


class ReverseCredit(Request):
    """``key``: yours, for this reversal and all attempts at it. ``reason``: for other operators."""

    credit_id: Id
    key: _Key
    reason: _Reason


@method(
    "base/v1/admin/reverse_credit",
    bad_request=Code.RoomQueryParams,
    who=Who.KEY,
    permission="money.credit",
    confirms=True,
    needs="wallet",
    reply=ReversalObject,
    codes=(Code.JournalNotExists, *_MOVING),
)
async def reverse_credit(call: ReverseCredit, operator: Operator, credits: Credits, wallets: Wallets) -> ReversalObject:
    """Take a credit back, once: a store has refunded the order, or it was a mistake.

    Bought coins that are spent already leave the wallet below zero: its user can send nothing until they are paid
    for. Of a grant only what is left is taken. Webhooks receive ``wallet.reversed``.
    """
    done = await credits.reverse(operator, JournalId(call.credit_id), read_key(call.key), call.reason)
    if not done.is_repeated:
        operator.change.note({}, {"user": done.user, "credit": call.credit_id, "reason": call.reason})
    wallet = await wallets.notify(operator.tenant.name, done.user)
    return ReversalObject(
        reversal_id=done.journal.id, user_id=done.user, repeated=done.is_repeated, wallet=state_of(wallet)
    )


class OneWallet(Request):
    """Whose wallet."""

    user_id: Id


@method(
    "base/v1/admin/wallet",
    bad_request=Code.RoomQueryParams,
    who=Who.KEY,
    permission="wallets.view",
    needs="wallet",
    reply=WalletState,
)
async def wallet(call: OneWallet, operator: Operator, wallets: Wallets) -> WalletState:
    """Return what a user has; of somebody who never had anything, nothing."""
    return state_of(await wallets.get(operator.tenant.name, UserId(call.user_id)))


class WalletStatement(OneWallet):
    """``currency``: ``coin`` (default) or ``point``. ``cursor``: the ``nextCursor`` of the previous page."""

    currency: _Short = Currency.COIN.value
    cursor: Id = ""
    limit: _Limit = 50


@method(
    "base/v1/admin/wallet_statement",
    bad_request=Code.RoomQueryParams,
    who=Who.KEY,
    permission="wallets.view",
    needs="wallet",
    reply=list[AdminWalletLine],
    data=Data.LIST,
)
async def wallet_statement(call: WalletStatement, operator: Operator, wallets: Wallets) -> Page:
    """List what has moved in a user's wallet, newest first."""
    tenant, currency = operator.tenant.name, read_choice("currency", call.currency, Currency)
    found, cursor = await wallets.statement(
        tenant, UserId(call.user_id), currency, cursor=call.cursor, limit=call.limit
    )
    return Page.of([admin_line_of(entry) for entry in found], cursor)


class FreezeWallet(OneWallet):
    """``frozen``: false lets the user move money again. ``reason``: for other operators."""

    frozen: bool
    reason: _Reason


@method(
    "base/v1/admin/freeze_wallet",
    bad_request=Code.RoomQueryParams,
    who=Who.KEY,
    permission="wallets.freeze",
    needs="wallet",
    reply=WalletState,
    codes=(Code.UserNotExists,),
)
async def freeze_wallet(call: FreezeWallet, operator: Operator, freezing: Freezing, wallets: Wallets) -> WalletState:
    """Freeze a user's wallet and earnings, or let go of them: nothing is moved in or out meanwhile (3053)."""
    tenant, user = operator.tenant.name, UserId(call.user_id)
    was = await freezing.freeze(tenant, user, frozen=call.frozen)
    operator.change.note({"frozen": was}, {"frozen": call.frozen, "user": user, "reason": call.reason})
    return state_of(await wallets.notify(tenant, user))


class ListApprovals(Request):
    """``state``: ``asked`` (default), ``approved``, ``refused`` or ``done``. ``cursor``: the ``nextCursor`` of the
    previous page.
    """

    state: _Short = ApprovalState.ASKED.value
    cursor: Id = ""
    limit: _Limit = 50


@method(
    "base/v1/admin/list_approvals",
    bad_request=Code.RoomQueryParams,
    who=Who.KEY,
    permission="money.view",
    needs="wallet",
    reply=list[ApprovalObject],
    data=Data.LIST,
)
async def list_approvals(call: ListApprovals, operator: Operator, approvals: Approvals) -> Page:
    """List what operators want to do with money, or have done, newest first."""
    tenant, state = operator.tenant.name, read_choice("state", call.state, ApprovalState)
    found, cursor = await approvals.page(tenant, state, cursor=call.cursor, limit=call.limit)
    return Page.of([approval_of(one) for one in found], cursor)


class DecideApproval(Request):
    """``approve``: false refuses it, for good."""

    approval_id: Id
    approve: bool


@method(
    "base/v1/admin/decide_approval",
    bad_request=Code.RoomQueryParams,
    who=Who.KEY,
    permission="money.approve",
    confirms=True,
    needs="wallet",
    reply=ApprovalObject,
    codes=(Code.RequestNotExists, Code.PermissionDenied),
)
async def decide_approval(call: DecideApproval, operator: Operator, approvals: Approvals) -> ApprovalObject:
    """Approve what another operator wants to do with money, or refuse it; whoever asked then repeats the call.

    It holds for that very request, once, and for seven days. Who has asked cannot decide (3000).
    """
    decided = await approvals.decide(operator, call.approval_id, approve=call.approve)
    operator.change.note(
        {"state": ApprovalState.ASKED.value},
        {"state": decided.state.value, "user": decided.target, "amount": decided.amount},
    )
    return approval_of(decided)
