"""Why an envelope is not sent or grabbed (``liveroom.domain.errors`` has all other failures)."""

from datetime import timedelta

from liveroom.domain.errors import RateLimited, Refused


class EnvelopeNotFound(Refused):
    """There is no such envelope in the tenant."""


class EnvelopeNotOpen(RateLimited):
    """It can be grabbed later: ``retry_after`` says when."""

    def __init__(self, wait: timedelta) -> None:
        super().__init__(f"{wait.total_seconds():.3f} s", retry_after=wait)


class EnvelopeOver(Refused):
    """All of it was grabbed, its time is over, or it was cancelled."""


class NotEligible(Refused):
    """The envelope is for others: ``detail`` says for whom."""


class TooManyEnvelopes(Refused):
    """The room has as many envelopes that are not over as it may have."""
