"""Battles as clients read them: in a room's state, in its events, and in those of their hosts."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated, Final

import msgspec

from liveroom.domain.battles.model import (
    Battle,
    BattleRoom,
    BattleState,
    EndReason,
    InviteAnswer,
    LeftWhy,
    RoomBattle,
)
from liveroom.domain.ids import RoomId
from liveroom.domain.moments import milliseconds
from liveroom.domain.payloads import Counter, Payload, time_or_empty, wire_time

_State = Annotated[str, msgspec.Meta(extra_json_schema={"enum": [BattleState.RUNNING, BattleState.RESULT]})]
_Left = Annotated[str, msgspec.Meta(extra_json_schema={"enum": list(LeftWhy)})]
_Reason = Annotated[str, msgspec.Meta(extra_json_schema={"enum": list(EndReason)})]
_Answer = Annotated[str, msgspec.Meta(extra_json_schema={"enum": list(InviteAnswer)})]
_UNSET: Final = msgspec.UNSET


class BattlingRoom(Payload):
    """A room of a battle, and its owner."""

    room_id: str
    user_id: str
    """The owner."""
    name: str
    """The owner's name and picture as the battle began."""
    avatar: str
    side: int
    """1 to 9: rooms of one side win together."""
    score: Counter
    """By its gifts."""
    likes: Counter
    """Likes in this room during the battle, as far as they count; they do not change the score."""
    left: _Left | msgspec.UnsetType = _UNSET
    """Why it is in the battle no longer; left out while it is."""


class CurrentBattle(Payload):
    """A battle: the same in each of its rooms."""

    battle_id: str
    version: Counter
    """Grows with each change of anything but scores; ignore a state of a lower one."""
    state: _State
    """``running``, also for the moments after ``endUtc`` in which the last gifts are counted; then ``result``."""
    start_utc: str
    end_utc: str
    end_in: Counter
    """The milliseconds until then, by the server's clock; 0: its time is over."""
    duration: int
    """Its length in seconds."""
    close_utc: str
    """Until when the result is shown; empty while it runs."""
    close_in: Counter
    """The milliseconds until then; 0 while it runs."""
    score_version: Counter
    """Of the scores while it runs: see ``battle.score``. Scores of a ``result`` are final."""
    rooms: list[BattlingRoom]
    """All that it began with."""
    winner: int | msgspec.UnsetType = _UNSET
    """With a result: the side that has won; 0: a draw."""
    reason: _Reason | msgspec.UnsetType = _UNSET
    """With a result: its time is over (``timeOver``), all other sides have left (``alone``), or the operator has
    ``ended`` it."""


class BattleNews(Payload):
    """The battle that a room is in now."""

    battle: CurrentBattle | None
    """Null: in none."""


class RoomScore(Payload):
    """What a room has scored."""

    room_id: str
    side: int
    score: Counter
    likes: Counter


class BattleScore(Payload):
    """The scores of a running battle."""

    battle_id: str
    version: Counter
    """Ignore scores of a lower one than those that are known."""
    rooms: list[RoomScore]


class BattleGuest(Payload):
    """A room that a battle is to have, and its owner."""

    room_id: str
    user_id: str
    name: str
    avatar: str
    side: int
    accepted: bool
    """Whether the owner has said yes; of the inviting room always true."""


class BattleInvitation(Payload):
    """A room invites others to a battle."""

    battle_id: str
    """For ``battles/accept``, ``battles/refuse`` and ``battles/cancel``."""
    room_id: str
    """The room that invites."""
    user_id: str
    """Who invites."""
    rooms: list[BattleGuest]
    """All rooms that the battle is to have, the inviting one first."""
    duration: int
    """Its length in seconds."""
    expire_utc: str
    """Until when it can be accepted."""
    expire_in: Counter
    """The milliseconds until then, by the server's clock."""


class InvitationAnswered(Payload):
    """An invitation was answered, or is closed."""

    battle_id: str
    room_id: str
    """The room that has answered; of an invitation that was ``cancelled`` or has ``expired``, the one that invited."""
    result: _Answer


_decode_score: Final = msgspec.json.Decoder(BattleScore).decode
_encode: Final = msgspec.json.Encoder().encode


def write_score(score: BattleScore) -> bytes:
    """Return scores as JSON: what their event carries, and what the live store keeps."""
    return _encode(score)


def battle_score(
    battle: RoomBattle, version: int, scores: Mapping[RoomId, int], likes: Mapping[RoomId, int]
) -> BattleScore:
    """Return the scores of a battle as clients read them."""
    rooms = [
        RoomScore(room_id=one.room, side=one.side, score=scores.get(one.room, 0), likes=likes.get(one.room, 0))
        for one in battle.rooms
    ]
    return BattleScore(battle_id=battle.id, version=version, rooms=rooms)


def current_battle(battle: RoomBattle, now: datetime, told: bytes | None = None) -> CurrentBattle:
    """Return a battle as clients read it now; ``told``: the last scores that its room was told, as JSON."""
    score = _decode_score(told) if told else None
    if score is not None and (score.battle_id != battle.id or not battle.is_running):
        score = None
    known = {} if score is None else {one.room_id: one for one in score.rooms}
    return CurrentBattle(
        battle_id=battle.id,
        version=battle.version,
        state=battle.state.value,
        start_utc=wire_time(battle.begins),
        end_utc=wire_time(battle.ends),
        end_in=_left(battle.ends, now) if battle.is_running else 0,
        duration=milliseconds(battle.ends - battle.begins) // 1000,
        close_utc=time_or_empty(battle.closes),
        close_in=0 if battle.closes is None else _left(battle.closes, now),
        score_version=0 if score is None else score.version,
        rooms=[_room(one, known.get(one.room)) for one in battle.rooms],
        winner=_UNSET if battle.is_running else battle.winner,
        reason=_UNSET if battle.reason is None else battle.reason.value,
    )


def battle_news(battle: RoomBattle | None, now: datetime, told: bytes | None = None) -> BattleNews:
    """Return what a room is told when its battle has changed."""
    return BattleNews(battle=None if battle is None else current_battle(battle, now, told))


def battle_invitation(battle: Battle, rooms: Sequence[BattleGuest], now: datetime) -> BattleInvitation:
    """Return an open invitation as hosts read it."""
    expires = battle.due or now
    return BattleInvitation(
        battle_id=battle.id,
        room_id=battle.room,
        user_id=battle.by,
        rooms=list(rooms),
        duration=milliseconds(battle.duration) // 1000,
        expire_utc=wire_time(expires),
        expire_in=_left(expires, now),
    )


def _room(one: BattleRoom, told: RoomScore | None) -> BattlingRoom:
    return BattlingRoom(
        room_id=one.room,
        user_id=one.owner,
        name=one.name,
        avatar=one.avatar,
        side=one.side,
        score=one.score if told is None else told.score,
        likes=one.likes if told is None else told.likes,
        left=_UNSET if one.left is None else one.left.value,
    )


def _left(until: datetime, now: datetime) -> int:
    return max(0, milliseconds(until - now))
