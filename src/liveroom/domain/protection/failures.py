"""Why somebody may not give, earn or take part (``liveroom.domain.errors`` has all other failures)."""

from liveroom.domain.errors import QuotaExceeded, Refused


class AdultsOnly(Refused):
    """This is for adults, and the operator has not said that the caller is one."""


class CannotReceive(Refused):
    """Somebody who is meant gets no gifts, for a reason that is nobody's business: it is the same for each."""


class NoPayouts(Refused):
    """The user is not known as an adult: nothing is paid out to them."""


class CapReached(QuotaExceeded):
    """It would be more than the caller may give at once, in a day or in a month; ``left`` is what they may."""

    def __init__(self, left: int) -> None:
        super().__init__(f"{left}")
        self.left = left
