"""Events of battles. Each room's stream says when a battle began in it, and how it ended there."""

from datetime import datetime
from typing import Annotated, Any, ClassVar

import msgspec

from liveroom.domain.battles.model import EndReason, LeftWhy, RoomBattle
from liveroom.domain.events.records import EventPayload, NewEvent
from liveroom.domain.moments import milliseconds
from liveroom.domain.payloads import Counter, Payload, instant_text
from liveroom.domain.rooms.model import Room

_Reason = Annotated[str, msgspec.Meta(extra_json_schema={"enum": [*EndReason, *LeftWhy]})]
_Left = Annotated[str, msgspec.Meta(extra_json_schema={"enum": list(LeftWhy)})]


class BattleRoomPayload(Payload):
    """A room of a battle, and its owner."""

    room_id: str
    owner_id: str
    side: int
    """1 to 9: rooms of one side win together."""
    score: Counter
    """Final in ``battle.ended`` of a battle that is decided, else 0."""
    likes: Counter
    left: _Left | msgspec.UnsetType = msgspec.UNSET
    """Why it is in the battle no longer; left out while it is."""


class BattlePayload(EventPayload):
    """A room and its battle after the event."""

    room_id: str
    """The room whose stream this is; each other room has an event of its own."""
    broadcast_id: str
    owner_id: str
    battle_id: str
    start_utc: str
    """UTC, as ``2026-11-25T10:00:00.123Z``."""
    end_utc: str
    """When its time is over."""
    duration: int
    """Its length in seconds."""
    rooms: list[BattleRoomPayload]
    """All rooms that it began with."""


class StartedBattle(BattlePayload):
    """A battle has begun in the room."""

    kind: ClassVar[str] = "battle.started"


class EndedBattle(BattlePayload):
    """The battle is decided, or the room has left it."""

    kind: ClassVar[str] = "battle.ended"
    reason: _Reason
    """Decided: its time is over (``timeOver``), all other sides have left (``alone``), or the operator has ``ended``
    it. The others go on: the room ``gaveUp``, was ``disconnected``, or was ``closed``."""
    winner: int | None
    """The side that has won, 0: a draw. Null: the others go on."""


def started(room: Room, battle: RoomBattle, at: datetime) -> NewEvent:
    """Return the event of a room in which a battle begins."""
    return _about(room, StartedBattle(**_fields(room, battle)), at)


def decided(room: Room, battle: RoomBattle, at: datetime) -> NewEvent:
    """Return the event of a room whose battle is decided."""
    reason = "" if battle.reason is None else battle.reason.value
    return _about(room, EndedBattle(**_fields(room, battle), reason=reason, winner=battle.winner), at)


def left(room: Room, battle: RoomBattle, at: datetime, why: LeftWhy) -> NewEvent:
    """Return the event of a room that leaves a battle which goes on, or is decided without it."""
    return _about(room, EndedBattle(**_fields(room, battle), reason=why.value, winner=None), at)


def _about(room: Room, payload: BattlePayload, at: datetime) -> NewEvent:
    return NewEvent(payload.kind, room.category, at, payload)


def _fields(room: Room, battle: RoomBattle) -> dict[str, Any]:
    return {
        "room_id": room.id,
        "broadcast_id": room.broadcast,
        "owner_id": room.owner,
        "battle_id": battle.id,
        "start_utc": instant_text(battle.begins),
        "end_utc": instant_text(battle.ends),
        "duration": milliseconds(battle.ends - battle.begins) // 1000,
        "rooms": [
            BattleRoomPayload(
                room_id=one.room,
                owner_id=one.owner,
                side=one.side,
                score=one.score,
                likes=one.likes,
                left=msgspec.UNSET if one.left is None else one.left.value,
            )
            for one in battle.rooms
        ],
    }
