"""Bans that cover the addresses of whoever is banned, so that a new account does not bring them straight back."""

from datetime import datetime, timedelta
from typing import Final, NamedTuple

from liveroom.domain.ids import TenantName, UserId

LONGEST: Final = timedelta(hours=24)
"""Carriers give an address to somebody else."""
COVERED_MAX: Final = 8
"""Addresses of one user that a ban covers: those of their newest sessions."""


class AddressBan(NamedTuple):
    """Accounts made from an address after ``made`` are refused there."""

    tenant: TenantName
    address: str
    """Its keyed digest."""
    user: UserId
    """Because of whom."""
    made: datetime
    until: datetime
