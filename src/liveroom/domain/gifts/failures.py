"""Why a gift is not sent (``liveroom.domain.errors`` has all other failures)."""

from liveroom.domain.errors import Refused, StaleVersion


class GiftNotOffered(Refused):
    """There is no such gift, or it cannot be sent now: hidden, retired, out of its time, or gifts are off there."""


class PriceChanged(StaleVersion):
    """The version that the sender was shown counts no more, for longer than it is still taken."""
