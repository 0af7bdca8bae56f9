"""What methods about agencies answer."""

from typing import Annotated, Any

import msgspec

from liveroom.api.shapes import Shape
from liveroom.domain.agencies.model import Agency, AgencyState, Membership, MembershipState
from liveroom.domain.payloads import Counter, time_or_empty, wire_time

_State = Annotated[str, msgspec.Meta(extra_json_schema={"enum": list(AgencyState)})]
_HostState = Annotated[str, msgspec.Meta(extra_json_schema={"enum": list(MembershipState)})]


class AgencyObject(Shape):
    """An agency."""

    agency_id: str
    name: str
    owner_id: str
    """Who invites its hosts, and sees what they earn; a pseudonym once they are erased."""
    terms: str
    """What a host accepts, in words."""
    state: _State
    """``closed``: for good."""
    time_utc: str
    """When it was made."""


class OwnedAgency(AgencyObject):
    """An agency as its owner and operators see it."""

    points: Counter
    """What it has earned and not been paid; negative: owed, by gifts that were taken back."""
    account_id: str
    """The account of the points, for ``admin/hold_payout``; empty: it has never earned any."""


class MembershipObject(Shape):
    """An invitation to a host, and what became of it."""

    invitation_id: str
    """For ``agencies/accept`` and ``agencies/refuse``."""
    agency_id: str
    user_id: str
    """The host."""
    state: _HostState
    """``invited``, ``joined`` (also while the notice runs), ``refused``, ``withdrawn`` or ``left``."""
    terms: str
    """What the host accepted; empty before."""
    time_utc: str
    """When the host was invited."""
    decided_utc: str
    """When the host accepted or refused; empty before."""
    ends_utc: str
    """When the host left, or will have left; empty: no end is set."""


class AgencyHostObject(MembershipObject):
    """A host of an agency, or whom it has invited, as the agency sees them."""

    name: str


class OwnMembership(MembershipObject):
    """The same as the host sees it."""

    agency: AgencyObject


class OwnAgenciesObject(Shape):
    """What the caller has to do with agencies."""

    owned: list[OwnedAgency]
    """Those that the caller owns."""
    memberships: list[OwnMembership]
    """As a host, the newest 50: open invitations, the agency that the caller is with, and former ones."""


class HostTotalObject(Shape):
    """What gifts of a period have earned a host while they were with the agency."""

    user_id: str
    name: str
    """Empty of who is gone."""
    period: str
    gifts: Counter
    """How many gifts, without those that were taken back."""
    points: Counter
    """The host's share of them."""
    agency_points: Counter
    """The agency's."""


def agency_of(agency: Agency) -> AgencyObject:
    """Return an agency as everybody sees it who has to do with it."""
    return AgencyObject(**_seen(agency))


def owned_agency(agency: Agency, points: int, account: str) -> OwnedAgency:
    """Return an agency as its owner and operators see it."""
    return OwnedAgency(**_seen(agency), points=points, account_id=account)


def membership_of(one: Membership) -> MembershipObject:
    """Return a host's time with an agency."""
    return MembershipObject(**seen_membership(one))


def seen_membership(one: Membership) -> dict[str, Any]:
    """Return the fields of a ``MembershipObject``."""
    return {
        "invitation_id": one.id,
        "agency_id": one.agency,
        "user_id": one.host,
        "state": one.state.value,
        "terms": one.terms,
        "time_utc": wire_time(one.created),
        "decided_utc": time_or_empty(one.decided),
        "ends_utc": time_or_empty(one.ends),
    }


def _seen(agency: Agency) -> dict[str, Any]:
    return {
        "agency_id": agency.id,
        "name": agency.name,
        "owner_id": agency.owner,
        "terms": agency.terms,
        "state": agency.state.value,
        "time_utc": wire_time(agency.created),
    }
