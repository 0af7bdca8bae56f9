"""Connections between rooms as one would draw them on paper. Person n owns room n."""

from copy import deepcopy
from dataclasses import dataclass, field
from typing import Final

from tests.stories.room_model import Act

CLOSED: Final = 2004
OVER: Final = 3012
BUSY: Final = 3040
FREE: Final = 3042


@dataclass
class ConnectionModel:
    """Rooms, what they are connected with, and what they have asked. ``do`` changes it and returns what is answered."""

    live: set[int] = field(default_factory=set)
    groups: list[list[int]] = field(default_factory=list)
    asked: dict[tuple[int, int], bool] = field(default_factory=dict)
    """By who asks and who is asked: whether it can be accepted, or is of an earlier broadcast."""

    def copy(self) -> "ConnectionModel":
        return deepcopy(self)

    def group(self, room: int) -> list[int] | None:
        return next((group for group in self.groups if room in group), None)

    def do(self, act: Act) -> int | str:
        if act.what == "open":
            self.live.add(act.by)
        elif act.what == "close":
            self.close(act.by)
        elif act.by not in self.live:
            return CLOSED
        elif act.what == "cancel":
            self.asked = {pair: is_open for pair, is_open in self.asked.items() if pair[0] != act.by}
        else:
            return self.answer(act)
        return 0

    def answer(self, act: Act) -> int | str:
        match act.what:
            case "ask":
                return self.ask(act.by, act.whom)
            case "accept":
                return self.accept(act.by, act.whom)
            case "refuse":
                return 0 if self.asked.pop((act.whom, act.by), None) is not None else OVER
            case _:
                return 0 if self.leave(act.by) else FREE

    def ask(self, by: int, whom: int) -> str:
        if whom not in self.live:
            return "roomNotExists"
        if self.asked.get((whom, by)) and self.group(by) is None:
            self.connect(whom, by)
            return "connected"
        if (group := self.group(whom)) is not None:
            return "connecting" if by in group else "connectingOtherRoom"
        self.asked[by, whom] = True
        return "requested"

    def accept(self, by: int, whom: int) -> int:
        if not self.asked.get((whom, by)) or whom not in self.live:
            return OVER
        if self.group(by) is not None:
            return BUSY
        self.connect(whom, by)
        return 0

    def connect(self, asking: int, joining: int) -> None:
        group = self.group(asking)
        if group is None:
            self.groups.append([asking, joining])
        else:
            group.append(joining)
        for pair in ((asking, joining), (joining, asking)):
            self.asked.pop(pair, None)

    def leave(self, room: int) -> bool:
        group = self.group(room)
        if group is None:
            return False
        group.remove(room)
        self.groups = [one for one in self.groups if len(one) > 1]
        return True

    def close(self, room: int) -> None:
        if room in self.live:
            self.live.discard(room)
            self.leave(room)
            self.asked = {pair: is_open and room not in pair for pair, is_open in self.asked.items()}
