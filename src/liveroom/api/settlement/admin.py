"""``admin/*`` about settlements: periods are closed, statements read and exported, rules of bonuses set."""

from collections.abc import Sequence
from typing import Annotated, Final

import msgspec

from liveroom.api.agencies.methods import PeriodText
from liveroom.api.codes import Code
from liveroom.api.declare import Data, Who, method
from liveroom.api.envelopes import Page
from liveroom.api.parameters import Id, JsonObject, Nothing, Request, Whole
from liveroom.api.settlement.shapes import (
    AdminAccountStatement,
    BonusRules,
    SettledObject,
    SettlementObject,
    StatementsLink,
    admin_statement,
    seen_settlement,
    settlement_of,
)
from liveroom.domain.agencies.model import AgencyId, account_of
from liveroom.domain.errors import BadRequest
from liveroom.domain.ids import UserId
from liveroom.domain.ledger.wallets import accounts_of
from liveroom.domain.moments import at
from liveroom.domain.operators.caller import Operator
from liveroom.domain.payloads import wire_time
from liveroom.domain.settlement.bonuses import BonusRule, read_rules
from liveroom.usecases.settlement.closing import Settlements
from liveroom.usecases.settlement.rules import Bonuses
from liveroom.usecases.settlement.statements import AccountStatements, StatementExports

DOWNLOADS: Final = "downloads/statements.csv"
_RULES_MAX: Final = 10_000
_Limit = Annotated[int, Whole(1, 100)]


class OnePeriod(Request):
    """``period``: such as ``2026-11`` or ``2026-W48``, as ``LIVEROOM_SETTLEMENT_PERIOD`` says."""

    period: PeriodText


@method(
    "base/v1/admin/settle",
    bad_request=Code.RoomQueryParams,
    who=Who.KEY,
    permission="payouts.close_period",
    confirms=True,
    needs="statements",
    reply=SettledObject,
    codes=(Code.PeriodRunning, Code.ApprovalRequired, Code.PermissionDenied),
)
async def settle(call: OnePeriod, operator: Operator, settlements: Settlements) -> SettledObject:
    """Close a period, once: statements of all accounts of points are computed, and bonuses for targets given.

    A long one goes on by itself: repeat the call to see how far it is. Not over yet: 3070. Bonuses above the operator's
    limits: 3054; repeat the call once another operator has approved them. If they refuse (3000), the next call computes
    it anew, with the rules as they are then. Webhooks receive ``statement.closed`` for each account.
    """
    done = await settlements.settle(operator, call.period)
    if not done.is_repeated:
        one = done.settlement
        operator.change.note({}, {"period": one.period, "state": one.state.value, "bonus": one.bonus})
    return SettledObject(**seen_settlement(done.settlement), repeated=done.is_repeated)


class ListSettlements(Request):
    """``cursor``: the ``nextCursor`` of the previous page."""

    cursor: PeriodText = ""
    limit: _Limit = 50


@method(
    "base/v1/admin/list_settlements",
    bad_request=Code.RoomQueryParams,
    who=Who.KEY,
    permission="payouts.view",
    needs="statements",
    reply=list[SettlementObject],
    data=Data.LIST,
)
async def list_settlements(call: ListSettlements, operator: Operator, settlements: Settlements) -> Page:
    """List the periods that were settled or are being settled, the latest first."""
    found, cursor = await settlements.page(operator.tenant, cursor=call.cursor, limit=call.limit)
    return Page.of([settlement_of(one) for one in found], cursor)


class ListAccountStatements(OnePeriod):
    """``cursor``: the ``nextCursor`` of the previous page."""

    cursor: Id = ""
    limit: _Limit = 50


@method(
    "base/v1/admin/list_account_statements",
    bad_request=Code.RoomQueryParams,
    who=Who.KEY,
    permission="payouts.view",
    needs="statements",
    reply=list[AdminAccountStatement],
    data=Data.LIST,
    codes=(Code.StatementNotExists,),
)
async def list_account_statements(
    call: ListAccountStatements, operator: Operator, account_statements: AccountStatements
) -> Page:
    """List the statements of a period, by their accounts. Not settled yet: 3075."""
    tenant = operator.tenant.name
    found, cursor = await account_statements.page(tenant, call.period, cursor=call.cursor, limit=call.limit)
    return Page.of([admin_statement(one) for one in found], cursor)


class OneStatement(OnePeriod):
    """Whose: ``userId`` or ``agencyId``."""

    user_id: Id = ""
    agency_id: Id = ""


@method(
    "base/v1/admin/get_account_statement",
    bad_request=Code.RoomQueryParams,
    who=Who.KEY,
    permission="payouts.view",
    needs="statements",
    reply=AdminAccountStatement,
    codes=(Code.StatementNotExists,),
)
async def get_account_statement(
    call: OneStatement, operator: Operator, account_statements: AccountStatements
) -> AdminAccountStatement:
    """Return the statement of a host or an agency. Not settled, or nothing has moved: 3075."""
    if bool(call.user_id) is bool(call.agency_id):
        raise BadRequest("userId or agencyId: exactly one of them")
    tenant = operator.tenant.name
    of_host = accounts_of(tenant, UserId(call.user_id)).points
    name = of_host if call.user_id else account_of(tenant, AgencyId(call.agency_id))
    return admin_statement(await account_statements.get(name, call.period))


@method(
    "base/v1/admin/export_statements",
    bad_request=Code.RoomQueryParams,
    who=Who.KEY,
    permission="payouts.view",
    needs="statements",
    reply=StatementsLink,
    codes=(Code.StatementNotExists,),
)
async def export_statements(call: OnePeriod, operator: Operator, statement_exports: StatementExports) -> StatementsLink:
    """Return a link to a CSV file (UTF-8) with all statements of a period, good for five minutes.

    Texts that look like formulas begin with ``'``.
    """
    ticket, expires = await statement_exports.issue(operator.tenant.name, call.period)
    return StatementsLink(link=f"{DOWNLOADS}?ticket={ticket}", expire_utc=wire_time(at(expires)))


@method(
    "base/v1/admin/bonus_rules",
    bad_request=Code.RoomQueryParams,
    who=Who.KEY,
    permission="payouts.view",
    needs="statements",
    reply=BonusRules,
)
async def bonus_rules(call: Nothing, operator: Operator, bonuses: Bonuses) -> BonusRules:
    """Return the rules by which bonuses are given when a period is settled."""
    return BonusRules(rules=list(await bonuses.rules(operator.tenant.name)))


class SetBonusRules(Request):
    """``rules``: all rules by their ids, each as ``admin/bonus_rules`` returns it, without ``id``:
    ``{"gold": {"whose": "host", "points": 100000, "bonusPoints": 5000}}``. ``{}`` removes them.
    """

    rules: Annotated[bytes, JsonObject(_RULES_MAX)]


@method(
    "base/v1/admin/set_bonus_rules",
    bad_request=Code.RoomQueryParams,
    who=Who.KEY,
    permission="payouts.set_bonuses",
    confirms=True,
    needs="statements",
    reply=BonusRules,
)
async def set_bonus_rules(call: SetBonusRules, operator: Operator, bonuses: Bonuses) -> BonusRules:
    """Set the rules of bonuses, all at once: they count for periods of which the settlement begins later."""
    before, after = await bonuses.set_rules(operator.tenant.name, read_rules(msgspec.json.decode(call.rules)))
    operator.change.note({"rules": _shown(before)}, {"rules": _shown(after)})
    return BonusRules(rules=list(after))


def _shown(rules: Sequence[BonusRule]) -> list[str]:
    """Return rules as the audit keeps them."""
    return [msgspec.json.encode(rule).decode() for rule in rules]
