"""The SQL seam of agencies and their hosts."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple, Protocol

from liveroom.domain.agencies.model import Agency, AgencyId, Membership
from liveroom.domain.ids import TenantName, UserId
from liveroom.domain.ledger.accounts import AccountId
from liveroom.domain.ledger.journals import JournalId


class HostTotal(NamedTuple):
    """What gifts have earned a host while they were with an agency, without those that were taken back."""

    gifts: int
    """How many gifts."""
    points: int
    """The host's share."""
    agency_points: int


class AgencyRows(Protocol):
    """Agencies, and the times that hosts were with them."""

    async def put(self, agency: Agency) -> None: ...
    async def get(self, id: AgencyId) -> Agency | None: ...
    async def lock(self, id: AgencyId) -> Agency | None: ...
    async def some(self, ids: Collection[AgencyId]) -> Mapping[AgencyId, Agency]: ...
    async def count(self, tenant: TenantName) -> int: ...
    async def page(self, tenant: TenantName, before: str, limit: int) -> Sequence[Agency]:
        """Return agencies, the newest first."""

    async def owned(self, owner: UserId) -> Sequence[Agency]:
        """Return those that a user owns, without closed ones."""

    async def put_membership(self, membership: Membership) -> None:
        """Write a new one, or one that was locked."""

    async def lock_host(self, host: UserId) -> Sequence[Membership]:
        """Return what is open of a host's (invitations, and the agency that they are with), and keep others from
        changing it, in the order of the ids.
        """

    async def of_host(self, host: UserId, limit: int) -> Sequence[Membership]:
        """Return a host's, the newest first."""

    async def open_of(self, agency: AgencyId, after: str, limit: int) -> Sequence[Membership]:
        """Return those of an agency that are open, by their ids."""

    async def open_count(self, agency: AgencyId) -> int: ...
    async def hosts(self, agency: AgencyId, begin: datetime, end: datetime, after: str, limit: int) -> Sequence[UserId]:
        """Return who was with an agency at some time of a span, by their ids, each once."""

    async def totals(
        self, agency: AccountId, hosts: Collection[AccountId], begin: JournalId, end: JournalId
    ) -> Mapping[AccountId, HostTotal]:
        """Return what gifts of a span have earned hosts while they were with an agency."""
