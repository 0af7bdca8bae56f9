"""The seam to what rooms are told of battles: a part of the live store, in memory and on Redis; one suite has both."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple, Protocol

from liveroom.domain.ids import RoomId, TenantName


class CountedLive(NamedTuple):
    """What a room knows of its battle beside its row."""

    likes: int = 0
    """Those that count in this room."""
    told: bytes | None = None
    """The last scores that it was told, as JSON."""


class LiveBattles(Protocol):
    """Tells rooms of scores. Raises ``LiveUnavailable``.

    Likes are counted while a battle runs in the room, of each user no more than its ``likes_max``. They are known here
    alone: where a bucket is lost they begin anew.
    """

    async def tell(self, room: RoomId, tenant: TenantName, battle: str, version: int, data: bytes) -> None:
        """Keep the scores of the battle that runs in a room (JSON), and publish them as ``battle.score`` at the room's
        pace. Scores of a lower version than those that are kept change nothing, nor does another battle.
        """

    async def read(self, rooms: Sequence[RoomId], battle: str) -> Mapping[RoomId, CountedLive]:
        """Return what each of the rooms knows of a battle; nothing, where it knows of another one or of none."""
