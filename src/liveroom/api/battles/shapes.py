"""Battles as answers show them that have begun, and what they are asked for with."""

from collections.abc import Sequence
from typing import Annotated, Final

import msgspec

from liveroom.api.shapes import Shape
from liveroom.domain.battles.model import SIDES_MAX, BattleState, EndReason, LeftWhy, PastBattle
from liveroom.domain.errors import BadRequest
from liveroom.domain.moments import milliseconds
from liveroom.domain.payloads import Counter, time_or_empty

_SIDES: Final = frozenset(map(str, range(1, SIDES_MAX + 1)))
_State = Annotated[
    str, msgspec.Meta(extra_json_schema={"enum": [state for state in BattleState if state != "invited"]})
]
_Left = Annotated[str, msgspec.Meta(extra_json_schema={"enum": list(LeftWhy)})]
_Reason = Annotated[str, msgspec.Meta(extra_json_schema={"enum": list(EndReason)})]


class PastBattleRoom(Shape):
    """A room of a battle, and who owned it then."""

    room_id: str
    user_id: str
    side: int
    score: Counter
    """Final; 0 of a battle that runs."""
    likes: Counter
    left: _Left | msgspec.UnsetType = msgspec.UNSET
    """Why it left before the end; left out if it did not."""


class ListedBattle(Shape):
    """A battle that has begun."""

    battle_id: str
    state: _State
    """``running``; ``result``: decided, and shown in its rooms; ``over``."""
    start_utc: str
    end_utc: str
    """When its time is over."""
    duration: int
    """Its length in seconds."""
    rooms: list[PastBattleRoom]
    """All rooms that it began with."""
    winner: int | msgspec.UnsetType = msgspec.UNSET
    """The side that has won, 0: a draw; left out while it runs."""
    reason: _Reason | msgspec.UnsetType = msgspec.UNSET
    """Why it ended; left out while it runs."""


def listed_battle(past: PastBattle) -> ListedBattle:
    """Return a battle as lists show it."""
    battle, rooms = past
    runs = battle.state is BattleState.RUNNING
    return ListedBattle(
        battle_id=battle.id,
        state=battle.state.value,
        start_utc=time_or_empty(battle.begins),
        end_utc=time_or_empty(battle.ends),
        duration=milliseconds(battle.duration) // 1000,
        rooms=[
            PastBattleRoom(
                room_id=one.room,
                user_id=one.owner,
                side=one.side,
                score=one.score,
                likes=one.likes,
                left=msgspec.UNSET if one.left is None else one.left.value,
            )
            for one in rooms
        ],
        winner=msgspec.UNSET if runs else battle.winner,
        reason=msgspec.UNSET if battle.reason is None else battle.reason.value,
    )


def read_side_numbers(said: str) -> Sequence[int]:
    """Return the sides that a caller names, as ``1,2,2``. Raises ``BadRequest``."""
    sides = [side.strip() for side in said.split(",")] if said else []
    if not all(side in _SIDES for side in sides):
        raise BadRequest(f"sides: numbers from 1 to {SIDES_MAX} with commas between them")
    return [int(side) for side in sides]
