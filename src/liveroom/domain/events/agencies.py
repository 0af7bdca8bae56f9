"""Events of hosts who join an agency and leave it, in the stream of the host."""

from datetime import datetime
from typing import ClassVar

from liveroom.domain.agencies.model import Membership
from liveroom.domain.events.records import EventPayload, NewEvent
from liveroom.domain.payloads import Instant, instant_text


class AgencyEventPayload(EventPayload):
    """Whose agency."""

    agency_id: str
    user_id: str
    """The host."""


class InvitedHost(AgencyEventPayload):
    """An agency, or the operator for it, has invited a host, who can accept or refuse."""

    kind: ClassVar[str] = "agency.invited"
    invitation_id: str


class JoinedAgency(AgencyEventPayload):
    """A host has accepted an agency's invitation: gifts to them earn the agency its share from now on."""

    kind: ClassVar[str] = "agency.joined"
    terms: str
    """What the host accepted."""


class LeftAgency(AgencyEventPayload):
    """A host leaves their agency, or was let go."""

    kind: ClassVar[str] = "agency.left"
    ends: Instant
    """Until when gifts to them earn the agency its share: now, or once the notice is over."""


def invited(membership: Membership, at: datetime) -> NewEvent:
    """Return the event of a new invitation."""
    payload = InvitedHost(agency_id=membership.agency, user_id=membership.host, invitation_id=membership.id)
    return NewEvent(payload.kind, "", at, payload)


def joined(membership: Membership, at: datetime) -> NewEvent:
    """Return the event of a host who has joined."""
    payload = JoinedAgency(agency_id=membership.agency, user_id=membership.host, terms=membership.terms)
    return NewEvent(payload.kind, "", at, payload)


def left(membership: Membership, at: datetime) -> NewEvent:
    """Return the event of a host whose time with an agency ends."""
    payload = LeftAgency(agency_id=membership.agency, user_id=membership.host, ends=instant_text(membership.ends or at))
    return NewEvent(payload.kind, "", at, payload)
