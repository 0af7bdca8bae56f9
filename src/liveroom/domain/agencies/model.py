"""Agencies look after hosts, and have a share of the points that gifts earn these.

A host joins by consent: the agency or the operator invites, the host accepts. They have one agency at a time; who
leaves is with it until the notice is over. What was, stays: each time with an agency is a row of its own.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final, NewType

from liveroom.domain.errors import BadRequest
from liveroom.domain.ids import TenantName, UserId
from liveroom.domain.ledger.accounts import AccountKind, AccountName

AgencyId = NewType("AgencyId", str)

NAME_MAX: Final = 60
TERMS_MAX: Final = 1000
AGENCIES_MAX: Final = 10_000
"""Of one tenant, closed ones too."""
HOSTS_MAX: Final = 10_000
"""Of one agency, with those who are invited."""


class AgencyState(StrEnum):
    """Whether hosts are with it."""

    OPEN = "open"
    CLOSED = "closed"
    """For good: its hosts are free, and what it has earned can still be paid to it."""


@dataclass(frozen=True, slots=True)
class Agency:
    """An agency."""

    id: AgencyId
    """It sorts by time."""
    tenant: TenantName
    name: str
    owner: UserId
    """Who invites its hosts, and sees what they earn."""
    terms: str
    """What a host accepts, in words."""
    state: AgencyState
    created: datetime
    updated: datetime

    @property
    def account(self) -> AccountName:
        """Return the name of the account of what it earns."""
        return account_of(self.tenant, self.id)


class MembershipState(StrEnum):
    """How far a host's time with an agency has come."""

    INVITED = "invited"
    JOINED = "joined"
    """Also while the notice runs: ``Membership.ends`` is in the future then."""
    REFUSED = "refused"
    """By the host."""
    WITHDRAWN = "withdrawn"
    """The invitation, by the agency or the operator."""
    LEFT = "left"


@dataclass(frozen=True, slots=True)
class Membership:
    """An invitation, and what became of it."""

    id: str
    """It sorts by time."""
    tenant: TenantName
    agency: AgencyId
    host: UserId
    state: MembershipState
    created: datetime
    invited_by: str
    """``agency``, or the operator as the audit calls them."""
    terms: str = ""
    """What the host accepted, as it was then."""
    decided: datetime | None = None
    """When the host accepted or refused."""
    ends: datetime | None = None
    """When it ended, or will."""

    def is_with(self, now: datetime) -> bool:
        """Say whether the host is with the agency."""
        return self.state is MembershipState.JOINED and (self.ends is None or self.ends > now)

    @property
    def slot(self) -> str | None:
        """Return what only one can have at a time: a host one agency, an agency one invitation to a host."""
        if self.state is MembershipState.JOINED:
            return self.host
        return f"{self.agency} {self.host}" if self.state is MembershipState.INVITED else None


def account_of(tenant: TenantName, agency: AgencyId) -> AccountName:
    """Return the name of the account of what an agency earns."""
    return AccountName(tenant, AccountKind.AGENCY, agency)


def read_name(text: str) -> str:
    """Return an agency's name. Raises ``BadRequest``."""
    name = text.strip()
    if not name or len(name) > NAME_MAX:
        raise BadRequest(f"name: 1 to {NAME_MAX} characters")
    return name
