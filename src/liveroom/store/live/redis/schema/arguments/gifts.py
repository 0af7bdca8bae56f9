"""The arguments of scripts on gifts."""

from typing import NamedTuple

from liveroom.domain.ids import BroadcastId, TenantName


class TellGiftsArguments(NamedTuple):
    """A batch of gifts: packed ``GiftRow``. ``forget``: ids of batches, packed. ``late`` (1): it is not told."""

    tenant: TenantName
    broadcast: BroadcastId
    batch: str
    gifts: bytes
    forget: bytes
    late: int


class ReadGiftsArguments(NamedTuple):
    """How many of those who have sent the most, and who were sent the most, are asked for."""

    tenant: TenantName
    senders: int
    receivers: int


class LoadGiftsArguments(NamedTuple):
    """What SQL knows of a broadcast's gifts, or a part of it: packed ``RankRow``, and ids of batches, packed."""

    coins: int
    gifts: int
    total_senders: int
    senders: bytes
    receivers: bytes
    pending: bytes
    told: bytes
