"""Events of battles as clients read them: of the rooms, and of their owners."""

from liveroom.api.events.shapes import EventShape
from liveroom.domain.battles.payloads import BattleInvitation, BattleNews, BattleScore, InvitationAnswered
from liveroom.domain.events.model import EventKind


class BattleStarted(EventShape, kw_only=True, tag=EventKind.BATTLE_STARTED.value):
    """A battle has begun in the room."""

    data: BattleNews
    """The battle."""


class BattleChanged(EventShape, kw_only=True, tag=EventKind.BATTLE_CHANGED.value):
    """A room has left the battle, or it is closed: its result is shown no longer."""

    data: BattleNews
    """The battle that the room is in now."""


class BattleEnded(EventShape, kw_only=True, tag=EventKind.BATTLE_ENDED.value):
    """The battle is decided."""

    data: BattleNews
    """The battle with its result, which is shown until ``closeUtc``."""


class BattleScored(EventShape, kw_only=True, tag=EventKind.BATTLE_SCORE.value):
    """Scores of the room's battle, at most five times a second."""

    data: BattleScore
    """What each room has now."""


BattleEvent = BattleStarted | BattleChanged | BattleEnded | BattleScored
"""Those of rooms."""


class BattleInvited(EventShape, kw_only=True, tag=EventKind.BATTLE_INVITED.value):
    """A room invites others to a battle; the owners of all these rooms receive it."""

    data: BattleInvitation
    """The invitation."""


class BattleAnswered(EventShape, kw_only=True, tag=EventKind.BATTLE_ANSWERED.value):
    """An invitation to a battle was answered, or is closed; the owners of all its rooms receive it."""

    data: InvitationAnswered
    """Its outcome."""
