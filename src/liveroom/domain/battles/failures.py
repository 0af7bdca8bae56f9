"""Why there is no battle (``liveroom.domain.errors`` has all other failures)."""

from liveroom.domain.errors import Refused


class RoomBattling(Refused):
    """A room is in a battle already; ``detail`` is which."""


class BattleNotFound(Refused):
    """There is no such battle, or the room is in none."""


class ConsentRequired(Refused):
    """A room has not allowed battles without being asked; ``detail`` is which."""


class BattleLimitReached(Refused):
    """The account has had as many battles as it may have in these hours."""
