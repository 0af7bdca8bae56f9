"""``agencies/*``: hosts join an agency and leave it; its owner invites them, and sees what they earn."""

from typing import Annotated

from liveroom.api.agencies.shapes import (
    AgencyHostObject,
    HostTotalObject,
    MembershipObject,
    OwnAgenciesObject,
    OwnMembership,
    agency_of,
    membership_of,
    owned_agency,
    seen_membership,
)
from liveroom.api.codes import Code
from liveroom.api.declare import Data, method
from liveroom.api.envelopes import Page
from liveroom.api.parameters import Id, Nothing, Request, Text, Whole
from liveroom.domain.accounts.sessions import Actor
from liveroom.domain.agencies.model import AgencyId
from liveroom.domain.ids import UserId
from liveroom.usecases.agencies.hosts import AgencyHosts
from liveroom.usecases.agencies.showing import AgencyViews

PeriodText = Annotated[str, Text(16)]
PAGE_MAX = 50
_Limit = Annotated[int, Whole(1, PAGE_MAX)]


class OneAgency(Request):
    """Which agency."""

    agency_id: Id


class OneHost(OneAgency):
    """``targetId``: the host."""

    target_id: Id


class OneInvitation(Request):
    """``invitationId``: as ``agencies/mine`` has it."""

    invitation_id: Id


class FindHosts(OneAgency):
    """``cursor``: the ``nextCursor`` of the previous page."""

    cursor: Id = ""
    limit: _Limit = PAGE_MAX


class FindTotals(FindHosts):
    """``period``: such as ``2026-11`` or ``2026-W48``; by default the one that runs."""

    period: PeriodText = ""


@method("base/v1/agencies/mine", bad_request=Code.RoomQueryParams, reply=OwnAgenciesObject)
async def mine(call: Nothing, actor: Actor, views: AgencyViews) -> OwnAgenciesObject:
    """Return the agencies that the caller owns, and as a host their invitations and memberships."""
    found = await views.mine(actor.tenant.name, actor.user)
    return OwnAgenciesObject(
        owned=[owned_agency(*one) for one in found.owned],
        memberships=[
            OwnMembership(**seen_membership(one), agency=agency_of(agency)) for one, agency in found.memberships
        ],
    )


@method(
    "base/v1/agencies/accept",
    bad_request=Code.RoomQueryParams,
    reply=MembershipObject,
    codes=(Code.InvitationNotExists, Code.AgencyNotExists, Code.AgencyJoined),
)
async def accept(call: OneInvitation, actor: Actor, agency_hosts: AgencyHosts) -> MembershipObject:
    """Join the agency that has invited the caller: gifts to the caller earn it its share from then on.

    No longer open: 3073. With another agency: 3072; leave that first. Webhooks receive ``agency.joined``.
    """
    return membership_of(await agency_hosts.accept(actor, call.invitation_id))


@method("base/v1/agencies/refuse", bad_request=Code.RoomQueryParams, codes=(Code.InvitationNotExists,))
async def refuse(call: OneInvitation, actor: Actor, agency_hosts: AgencyHosts) -> None:
    """Refuse an invitation. No longer open: 3073."""
    await agency_hosts.refuse(actor, call.invitation_id)


@method(
    "base/v1/agencies/leave",
    bad_request=Code.RoomQueryParams,
    reply=MembershipObject,
    codes=(Code.AgencyNotJoined,),
)
async def leave(call: Nothing, actor: Actor, agency_hosts: AgencyHosts) -> MembershipObject:
    """Leave the caller's agency once the notice is over (``endsUtc``). With none: 3074. Webhooks: ``agency.left``."""
    return membership_of(await agency_hosts.leave(actor))


@method(
    "base/v1/agencies/invite",
    bad_request=Code.RoomQueryParams,
    reply=MembershipObject,
    codes=(Code.AgencyNotExists, Code.UserNotExists, Code.QuotaExceeded),
)
async def invite(call: OneHost, actor: Actor, agency_hosts: AgencyHosts) -> MembershipObject:
    """Invite a host to the caller's agency. Repeating it returns the open invitation. Webhooks: ``agency.invited``."""
    return membership_of(await agency_hosts.invite(actor, AgencyId(call.agency_id), UserId(call.target_id)))


@method(
    "base/v1/agencies/dismiss",
    bad_request=Code.RoomQueryParams,
    reply=MembershipObject,
    codes=(Code.AgencyNotExists, Code.AgencyNotJoined),
)
async def dismiss(call: OneHost, actor: Actor, agency_hosts: AgencyHosts) -> MembershipObject:
    """Let a host of the caller's agency go at once, or withdraw their invitation. Webhooks: ``agency.left``."""
    return membership_of(await agency_hosts.dismiss(actor, AgencyId(call.agency_id), UserId(call.target_id)))


@method(
    "base/v1/agencies/hosts",
    bad_request=Code.RoomQueryParams,
    reply=list[AgencyHostObject],
    data=Data.LIST,
    codes=(Code.AgencyNotExists,),
)
async def hosts(call: FindHosts, actor: Actor, views: AgencyViews) -> Page:
    """List the hosts of the caller's agency, and whom it has invited."""
    tenant, id = actor.tenant.name, AgencyId(call.agency_id)
    found, cursor = await views.open(tenant, id, actor.user, cursor=call.cursor, limit=call.limit)
    return Page.of([AgencyHostObject(**seen_membership(one), name=name) for one, name in found], cursor)


@method(
    "base/v1/agencies/totals",
    bad_request=Code.RoomQueryParams,
    reply=list[HostTotalObject],
    data=Data.LIST,
    codes=(Code.AgencyNotExists, Code.RateLimited),
)
async def totals(call: FindTotals, actor: Actor, views: AgencyViews) -> Page:
    """List what gifts of a period have earned the hosts of the caller's agency, while they were with it, and the
    agency by them: sums of each host, no gifts, no senders. More than 30 pages a minute: 3004.
    """
    id = AgencyId(call.agency_id)
    period, found, cursor = await views.totals(actor, id, call.period, cursor=call.cursor, limit=call.limit)
    rows = [
        HostTotalObject(
            user_id=one.host,
            name=one.name,
            period=period.id,
            gifts=one.total.gifts,
            points=one.total.points,
            agency_points=one.total.agency_points,
        )
        for one in found
    ]
    return Page.of(rows, cursor)
