"""The wall: which live rooms need eyes most."""

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from liveroom.domain.ids import RoomId
from liveroom.domain.moderation.labels import Label, Suggestion

_OF_REPORT: Final = 10
_OF_LABEL: Final = {Suggestion.REVIEW: 5, Suggestion.BLOCK: 20}
_LABELS_COUNTED: Final = 5


class Attention(NamedTuple):
    """Why a room needs eyes."""

    reports: int = 0
    """Open reports of the room and of people in it; of many, the newest are counted."""
    labels: Sequence[Label] = ()
    """Those of the last half hour, the newest first."""

    @property
    def score(self) -> int:
        """Return how much it does: 10 for a report, 20 for a label with ``block``, 5 for one with ``review``."""
        counted = self.labels[:_LABELS_COUNTED]
        return _OF_REPORT * self.reports + sum(_OF_LABEL[label.report.suggestion] for label in counted)


def attention_of(reports: Mapping[RoomId, int], labels: Sequence[Label]) -> Mapping[RoomId, Attention]:
    """Return which rooms need eyes, of open reports by room and fresh labels; "" is no room."""
    by_room: dict[RoomId, list[Label]] = {}
    for label in labels:
        by_room.setdefault(label.report.room, []).append(label)
    rooms = {room for room in (*reports, *by_room) if room}
    return {room: Attention(reports.get(room, 0), tuple(by_room.get(room, ()))) for room in rooms}


def by_need(seen: Mapping[RoomId, Attention], members: Mapping[RoomId, int]) -> list[RoomId]:
    """Return those of the rooms that are live, the neediest first; of equal ones that with more people."""
    return sorted(members, key=lambda room: (-seen[room].score, -members[room], room))
