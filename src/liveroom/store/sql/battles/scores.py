"""What gifts count in battles, and battles as those read them that pay for gifts."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import BindParameter, bindparam, func, insert, select

from liveroom.domain.battles.counting import BattleKey, CountedGift, CountingBattle
from liveroom.domain.battles.model import BattleScores, BattleState
from liveroom.domain.battles.rule import read_rule
from liveroom.domain.ids import RoomId
from liveroom.store.sql.battle_tables import battle_rooms, battle_scores, battles
from liveroom.store.sql.dialect import Values, statement
from liveroom.store.sql.instants import instant
from liveroom.store.sql.runner import Runner

_S: Final = battle_scores.c
_BATTLES: Final[BindParameter[str]] = bindparam("battles", expanding=True)
_ROOMS: Final[BindParameter[str]] = bindparam("rooms", expanding=True)
# Whoever decides a battle locks its row first, and takes rooms out of it under that lock: sharing it is enough.
_SHARE: Final = statement(
    select(battles.c.id, battles.c.begins, battles.c.ends, battles.c.rule)
    .where(battles.c.id.in_(_BATTLES), battles.c.state == BattleState.RUNNING.value)
    .order_by(battles.c.id)
    .with_for_update(read=True)
)
_INSIDE: Final = statement(
    select(battle_rooms.c.battle, battle_rooms.c.room).where(
        battle_rooms.c.battle.in_(_BATTLES), battle_rooms.c.room.in_(_ROOMS), battle_rooms.c.gone == ""
    )
)
_ADD: Final = statement(insert(battle_scores))
_OF_GIFT: Final = statement(
    select(_S.score).where(_S.battle == bindparam("of"), _S.room == bindparam("which"), _S.doc == bindparam("doc"))
)
_SUMS: Final = statement(
    select(_S.room, func.sum(_S.score), func.count()).where(_S.battle == bindparam("of")).group_by(_S.room)
)


@dataclass(frozen=True, slots=True)
class SqlBattleScores:
    """``ports.BattleScoreRows``."""

    _runner: Runner

    async def share(self, keys: Collection[BattleKey]) -> Mapping[BattleKey, CountingBattle]:
        if not keys:
            return {}
        ids, rooms = sorted({key.battle for key in keys}), sorted({key.room for key in keys})
        found = {
            id: CountingBattle(instant(begins), instant(ends), read_rule(rule))
            for id, begins, ends, rule in await self._runner.rows(_SHARE, battles=ids)
        }
        if not found:
            return {}
        inside = await self._runner.rows(_INSIDE, battles=sorted(found), rooms=rooms)
        return {BattleKey(battle, RoomId(room)): found[battle] for battle, room in inside}

    async def add(self, counted: Sequence[CountedGift]) -> None:
        if counted:
            values: list[Values] = [
                {"battle": key.battle, "room": key.room, "doc": doc, "score": score} for key, doc, score in counted
            ]
            await self._runner.put_many(_ADD, values)

    async def of_gift(self, key: BattleKey, gift: str) -> int | None:
        row = await self._runner.row(_OF_GIFT, of=key.battle, which=key.room, doc=gift)
        return int(row[0]) if row else None

    async def sums(self, battle: str) -> BattleScores:
        rows = await self._runner.rows(_SUMS, of=battle)
        return BattleScores(sum(int(row[2]) for row in rows), {RoomId(row[0]): int(row[1]) for row in rows})
