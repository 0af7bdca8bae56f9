"""What has to be so of battles at any time: in their own rows, in those of their rooms, and in the live store."""

from collections.abc import Iterable, Mapping

from liveroom.app.assembly import Core
from liveroom.domain.battles.model import BattleState, RoomBattle
from liveroom.domain.ids import RoomId

Shown = tuple[RoomBattle, Mapping[RoomId, int]] | None
"""A room's battle, and the scores that count for it now."""


async def battles_of(core: Core, rooms: Iterable[RoomId]) -> Mapping[RoomId, Shown]:
    """Return the battle of each room with its scores, having seen that every place says the same."""
    ids = list(rooms)
    rows = {row.id: row for row in await core.db.rooms.some(ids)}
    live = {room.id: room.options.battle for room in await core.live.rooms(ids)}
    found: dict[RoomId, Shown] = {}
    for id in ids:
        battle = rows[id].options.battle
        assert live.get(id) == battle, f"{id}: {live.get(id)} is live, and {battle} in SQL"
        found[id] = None if battle is None else (battle, await _scores(core, battle))
    for battle, _ in filter(None, found.values()):
        shown = [other[0] for id in battle.inside if (other := found.get(id)) is not None]
        assert all(other == battle for other in shown if other.id == battle.id)
        assert not battle.is_running or len(shown) == len(battle.inside)
    return found


async def _scores(core: Core, battle: RoomBattle) -> Mapping[RoomId, int]:
    """Return what counts: the sums while it runs, else what it was decided by, which is the same for ever."""
    row, sums = await core.db.battles.get(battle.id), await core.db.battle_scores.sums(battle.id)
    assert row is not None
    assert row.state is battle.state
    if battle.is_running:
        assert all(one.score == 0 for one in battle.rooms)
        return sums.scores
    decided = {one.room: one.score for one in battle.rooms}
    (past,) = [one for one in await core.db.battles.past(row.tenant, row.room, None, "", 50) if one.battle.id == row.id]
    assert [(one.room, one.score, one.left) for one in past.rooms] == [(o.room, o.score, o.left) for o in battle.rooms]
    assert {room: score for room, score in decided.items() if score} == {r: s for r, s in sums.scores.items() if s}
    assert (row.winner, row.reason) == (battle.winner, battle.reason)
    assert row.state is BattleState.RESULT
    return decided
