"""``statements/*``: hosts and agencies see what they have earned in periods that are closed."""

from typing import Annotated

from liveroom.api.agencies.methods import PeriodText
from liveroom.api.codes import Code
from liveroom.api.declare import Data, method
from liveroom.api.envelopes import Page
from liveroom.api.parameters import Id, Request, Whole
from liveroom.api.settlement.shapes import StatementObject, statement_of
from liveroom.domain.accounts.sessions import Actor
from liveroom.domain.agencies.model import AgencyId
from liveroom.usecases.settlement.statements import AccountStatements


class ListOwnStatements(Request):
    """``agencyId``: those of an agency that the caller owns; by default the caller's own. ``cursor``: the
    ``nextCursor`` of the previous page.
    """

    agency_id: Id = ""
    cursor: PeriodText = ""
    limit: Annotated[int, Whole(1, 100)] = 50


@method(
    "base/v1/statements/list",
    bad_request=Code.RoomQueryParams,
    reply=list[StatementObject],
    data=Data.LIST,
    codes=(Code.AgencyNotExists,),
)
async def list_own(call: ListOwnStatements, actor: Actor, account_statements: AccountStatements) -> Page:
    """List the caller's statements, the latest period first: one for each closed period in which points have moved."""
    agency = AgencyId(call.agency_id) if call.agency_id else None
    tenant, user = actor.tenant, actor.user
    found, cursor = await account_statements.own(tenant, user, agency, cursor=call.cursor, limit=call.limit)
    return Page.of([statement_of(one) for one in found], cursor)


class OneOwnStatement(Request):
    """``period``: such as ``2026-11`` or ``2026-W48``. ``agencyId``: of an agency that the caller owns."""

    period: PeriodText
    agency_id: Id = ""


@method(
    "base/v1/statements/get",
    bad_request=Code.RoomQueryParams,
    reply=StatementObject,
    codes=(Code.StatementNotExists, Code.AgencyNotExists),
)
async def get_own(call: OneOwnStatement, actor: Actor, account_statements: AccountStatements) -> StatementObject:
    """Return the caller's statement of a period. Not closed yet, or nothing has moved in it: 3075."""
    agency = AgencyId(call.agency_id) if call.agency_id else None
    return statement_of(await account_statements.own_of(actor.tenant.name, actor.user, agency, call.period))
