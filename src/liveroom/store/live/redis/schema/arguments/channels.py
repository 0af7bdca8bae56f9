"""The arguments of scripts on the channels of rooms: events, and subscriptions to them."""

from typing import NamedTuple

from liveroom.domain.ids import TenantName, UserId


class AnnounceArguments(NamedTuple):
    """An event that nothing in the store is behind. ``data``: JSON. ``by``: "" for nobody."""

    tenant: TenantName
    id: str
    kind: str
    data: bytes
    by: str
    paced: int


class RecentArguments(NamedTuple):
    """Which of a room's last publications to read."""

    after: int
    most: int
    reverse: int


class SnapshotArguments(NamedTuple):
    """Whose room to read, with how many members."""

    tenant: TenantName
    most: int


class JoinArguments(NamedTuple):
    """A member subscribes. ``subscription``: as ``seat_of`` names a socket."""

    tenant: TenantName
    user: UserId
    subscription: str
    lease: int


class PartArguments(NamedTuple):
    """A subscription ends."""

    user: UserId
    subscription: str
    grace: int


class RenewSubscriptionsArguments(NamedTuple):
    """For how long the subscriptions behind this are renewed."""

    lease: int


class ExpireSubscriptionsArguments(NamedTuple):
    """How many users to name at most, and how long a subscription lasts."""

    most: int
    lease: int
