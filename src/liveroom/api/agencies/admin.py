"""``admin/*`` about agencies."""

from collections.abc import Sequence
from typing import Annotated

from liveroom.api.agencies.methods import FindHosts, OneAgency
from liveroom.api.agencies.shapes import (
    AgencyHostObject,
    MembershipObject,
    OwnedAgency,
    membership_of,
    owned_agency,
    seen_membership,
)
from liveroom.api.codes import Code
from liveroom.api.declare import Data, Who, method
from liveroom.api.envelopes import Page
from liveroom.api.parameters import Id, Request, Text, Whole
from liveroom.domain.agencies.model import NAME_MAX, TERMS_MAX, Agency, AgencyId
from liveroom.domain.ids import UserId
from liveroom.domain.operators.caller import Operator
from liveroom.usecases.agencies.admin import AdminAgencies, AgencyChange
from liveroom.usecases.agencies.hosts import AgencyHosts
from liveroom.usecases.agencies.showing import AgencyViews

_Name = Annotated[str, Text(NAME_MAX, name=True)]
_Terms = Annotated[str, Text(TERMS_MAX, keep=True)]


class CreateAgency(Request):
    """``ownerId``: the user who invites its hosts and sees what they earn. ``terms``: what a host accepts, in words."""

    name: _Name
    owner_id: Id
    terms: _Terms = ""


@method(
    "base/v1/admin/create_agency",
    bad_request=Code.RoomQueryParams,
    who=Who.KEY,
    permission="agencies.manage",
    needs="agencies",
    reply=OwnedAgency,
    codes=(Code.UserNotExists, Code.QuotaExceeded),
)
async def create_agency(call: CreateAgency, operator: Operator, admin_agencies: AdminAgencies) -> OwnedAgency:
    """Make an agency. Its share of what gifts earn its hosts is set with the gifts (``shares``)."""
    made = await admin_agencies.create(operator, call.name, UserId(call.owner_id), call.terms)
    operator.change.note({}, {"agency": made.id, **_facts(made)})
    return owned_agency(made, 0, "")


class UpdateAgency(OneAgency):
    """What is not given stays. New ``terms`` are for hosts who join later."""

    name: _Name | None = None
    owner_id: Id | None = None
    terms: _Terms | None = None


@method(
    "base/v1/admin/update_agency",
    bad_request=Code.RoomQueryParams,
    who=Who.KEY,
    permission="agencies.manage",
    needs="agencies",
    reply=OwnedAgency,
    codes=(Code.AgencyNotExists, Code.UserNotExists),
)
async def update_agency(
    call: UpdateAgency, operator: Operator, admin_agencies: AdminAgencies, views: AgencyViews
) -> OwnedAgency:
    """Change an agency's name, owner or terms."""
    owner = UserId(call.owner_id) if call.owner_id else None
    change = AgencyChange(call.name or None, owner, call.terms)
    before, after = await admin_agencies.update(operator, AgencyId(call.agency_id), change)
    operator.change.note(_facts(before), _facts(after))
    return (await _owned(views, [after]))[0]


@method(
    "base/v1/admin/close_agency",
    bad_request=Code.RoomQueryParams,
    who=Who.KEY,
    permission="agencies.manage",
    confirms=True,
    needs="agencies",
    reply=OwnedAgency,
    codes=(Code.AgencyNotExists,),
)
async def close_agency(
    call: OneAgency, operator: Operator, admin_agencies: AdminAgencies, views: AgencyViews
) -> OwnedAgency:
    """Close an agency for good: its hosts are free at once, and what it has earned can still be paid to it."""
    before, after = await admin_agencies.close(operator, AgencyId(call.agency_id))
    operator.change.note({"state": before.state.value}, {"state": after.state.value})
    return (await _owned(views, [after]))[0]


class ListAgencies(Request):
    """``cursor``: the ``nextCursor`` of the previous page."""

    cursor: Id = ""
    limit: Annotated[int, Whole(1, 100)] = 50


@method(
    "base/v1/admin/list_agencies",
    bad_request=Code.RoomQueryParams,
    who=Who.KEY,
    permission="agencies.view",
    needs="agencies",
    reply=list[OwnedAgency],
    data=Data.LIST,
)
async def list_agencies(
    call: ListAgencies, operator: Operator, admin_agencies: AdminAgencies, views: AgencyViews
) -> Page:
    """List agencies, newest first, closed ones too."""
    found, cursor = await admin_agencies.page(operator.tenant.name, cursor=call.cursor, limit=call.limit)
    return Page.of(await _owned(views, found), cursor)


@method(
    "base/v1/admin/list_agency_hosts",
    bad_request=Code.RoomQueryParams,
    who=Who.KEY,
    permission="agencies.view",
    needs="agencies",
    reply=list[AgencyHostObject],
    data=Data.LIST,
    codes=(Code.AgencyNotExists,),
)
async def list_agency_hosts(call: FindHosts, operator: Operator, views: AgencyViews) -> Page:
    """List the hosts of an agency, and whom it has invited."""
    tenant, id = operator.tenant.name, AgencyId(call.agency_id)
    found, cursor = await views.open(tenant, id, None, cursor=call.cursor, limit=call.limit)
    return Page.of([AgencyHostObject(**seen_membership(one), name=name) for one, name in found], cursor)


class HostOfAgency(OneAgency):
    """``userId``: the host."""

    user_id: Id


@method(
    "base/v1/admin/invite_host",
    bad_request=Code.RoomQueryParams,
    who=Who.KEY,
    permission="agencies.manage",
    needs="agencies",
    reply=MembershipObject,
    codes=(Code.AgencyNotExists, Code.UserNotExists, Code.QuotaExceeded),
)
async def invite_host(call: HostOfAgency, operator: Operator, agency_hosts: AgencyHosts) -> MembershipObject:
    """Invite a host to an agency, in its name; the host joins by accepting (``agencies/accept``)."""
    made = await agency_hosts.invite(operator, AgencyId(call.agency_id), UserId(call.user_id))
    operator.change.note({}, {"agency": made.agency, "user": made.host})
    return membership_of(made)


@method(
    "base/v1/admin/dismiss_host",
    bad_request=Code.RoomQueryParams,
    who=Who.KEY,
    permission="agencies.manage",
    needs="agencies",
    reply=MembershipObject,
    codes=(Code.AgencyNotExists, Code.AgencyNotJoined),
)
async def dismiss_host(call: HostOfAgency, operator: Operator, agency_hosts: AgencyHosts) -> MembershipObject:
    """Take a host out of an agency at once, or withdraw their invitation."""
    ended = await agency_hosts.dismiss(operator, AgencyId(call.agency_id), UserId(call.user_id))
    operator.change.note({}, {"agency": ended.agency, "user": ended.host, "state": ended.state.value})
    return membership_of(ended)


async def _owned(views: AgencyViews, found: Sequence[Agency]) -> list[OwnedAgency]:
    return [owned_agency(*one) for one in await views.with_points(found)]


def _facts(agency: Agency) -> dict[str, str]:
    return {"name": agency.name, "owner": agency.owner, "terms": agency.terms}
