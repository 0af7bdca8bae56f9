"""Server keys: with one of them an operator's own backend acts, for a user of its tenant or as the operator."""

from datetime import datetime
from typing import NamedTuple

from liveroom.domain.tenants import Tenant


class Operator(NamedTuple):
    """Who calls with a server key, where the call is no user's."""

    tenant: Tenant
    key: str
    """The key's id."""
    now: datetime
