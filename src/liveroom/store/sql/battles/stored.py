"""A battle as the rows of its rooms have it, and as its own row has it."""

from datetime import timedelta
from typing import Any, Final

import msgspec

from liveroom.domain.battles.model import Battle, BattleState, EndReason, RoomBattle
from liveroom.domain.battles.rule import read_rule, write_rule
from liveroom.domain.ids import RoomId, TenantName, UserId
from liveroom.domain.moments import milliseconds
from liveroom.store.sql.dialect import Row, Value
from liveroom.store.sql.instants import instant, millis, optional_instant, optional_millis

_decode: Final = msgspec.json.Decoder(RoomBattle).decode


def read_room_battle(stored: str | None) -> RoomBattle | None:
    """Return the battle that a room's row has."""
    return _decode(stored) if stored else None


def write_room_battle(battle: RoomBattle | None) -> str | None:
    """Return what a room's row keeps of a battle."""
    return None if battle is None else msgspec.json.encode(battle).decode()


def battle_values(battle: Battle) -> dict[str, Value]:
    """Return a battle's own row."""
    return {
        "id": battle.id,
        "tenant": battle.tenant,
        "state": battle.state.value,
        "room": battle.room,
        "made_by": battle.by,
        "duration": milliseconds(battle.duration),
        "shown": milliseconds(battle.shown),
        "rule": write_rule(battle.rule),
        "created": millis(battle.created),
        "due": optional_millis(battle.due),
        "begins": optional_millis(battle.begins),
        "ends": optional_millis(battle.ends),
        "winner": battle.winner,
        "reason": "" if battle.reason is None else battle.reason.value,
    }


def read_battle(row: Row | tuple[Any, ...]) -> Battle:
    """Return the battle of a row of ``battles``."""
    id, tenant, state, room, by, duration, shown, rule, created, due, begins, ends, winner, reason = row
    return Battle(
        id=id,
        tenant=TenantName(tenant),
        state=BattleState(state),
        room=RoomId(room),
        by=UserId(by),
        duration=timedelta(milliseconds=duration),
        shown=timedelta(milliseconds=shown),
        rule=read_rule(rule),
        created=instant(created),
        due=optional_instant(due),
        begins=optional_instant(begins),
        ends=optional_instant(ends),
        winner=winner,
        reason=EndReason(reason) if reason else None,
    )
