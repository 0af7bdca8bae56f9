"""The seam to seats: a part of the live store, in memory and on Redis; one suite proves both.

A stage is changed by comparing: read, decide (``domain.seats``), put, and again where somebody else was faster.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple, Protocol

from liveroom.domain.ids import RoomId, UserId
from liveroom.domain.members import Member
from liveroom.domain.rooms import LiveRoom
from liveroom.domain.seats import Stage, Staged


class StageView(NamedTuple):
    """A live room with its stage, as both were in one moment."""

    room: LiveRoom
    rev: int
    """Of the room's row: what its options are as of."""
    version: int
    """Of the stage; 0: nobody has had a seat in this broadcast, or asked for one."""
    stage: Stage
    members: Mapping[UserId, Member]
    """Those of the people in question who are in the room: whoever is on the stage, and whom the reader named."""


class Stages(Protocol):
    """Who has which seat, and who waits for one. Raises ``LiveUnavailable``.

    A seat is its user's as long as they are in the room: whoever leaves leaves it in the same step, and so does
    whoever has one that is locked, or that there are too few of after a change of the room's options.
    """

    async def read(self, room: RoomId, users: Sequence[UserId]) -> StageView | None:
        """Return the stage, and who of these users is in the room; None: the room is not live."""

    async def put(self, seen: StageView, staged: Staged, by: UserId | None) -> bool:
        """Put another stage in place of the one that was seen, and tell the room.

        False, and nothing is changed: the stage or the room's options are others by now, or somebody who is to have a
        seat is not in the room. ``by``: whose call it is.
        """
