"""The arguments of the script on activities."""

from typing import NamedTuple

from liveroom.domain.ids import TenantName


class TellTallyArguments(NamedTuple):
    """What is counted in an activity. ``data``: JSON."""

    tenant: TenantName
    activity: str
    votes: int
    data: bytes
