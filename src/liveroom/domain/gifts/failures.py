"""Why a gift is not sent (``liveroom.domain.errors`` has all other failures)."""

from liveroom.domain.errors import HookRefused, Refused, StaleVersion


class GiftNotOffered(Refused):
    """There is no such gift, or it cannot be sent now: hidden, retired, out of its time, or gifts are off there."""


class ChargeOpen(Refused):
    """An earlier gift of the sender is not settled with the operator's wallet: it takes no other one meanwhile."""


class ChargeReversed(Refused):
    """The gift of this key was not sent: the operator's wallet did not answer in time, and whatever it took is given
    back.
    """


class ChargeRefused(HookRefused):
    """The operator's wallet says no; ``detail`` is its sentence for the sender."""


class PriceChanged(StaleVersion):
    """The version that the sender was shown counts no more, for longer than it is still taken."""
