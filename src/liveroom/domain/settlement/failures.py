"""Why a period is not settled (``liveroom.domain.errors`` has all other failures)."""

from liveroom.domain.errors import Refused


class PeriodRunning(Refused):
    """The period is not over yet; ``detail`` is when it can be settled."""


class AccountStatementNotFound(Refused):
    """The period was not settled, or nothing has moved in that account in it."""
