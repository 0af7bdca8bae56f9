"""A room as one would draw it on paper: who owns it, who is in it as what, and what its owner has against whom."""

from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Final, NamedTuple

OK: Final = 0
NOBODY: Final = 206
GONE: Final = 2004
DENIED: Final = 3000
BANNED: Final = 3002
MUTED: Final = 3003
OUTSIDE: Final = 3007


class Act(NamedTuple):
    """Somebody does something, perhaps to somebody. People are numbers: 0 is whose the room's id is."""

    what: str
    by: int
    whom: int = 0


@dataclass
class Mark:
    """What somebody is to the room."""

    role: str = ""
    banned: bool = False
    muted: bool = False


@dataclass
class RoomModel:
    """The room. ``do`` changes it and returns the code that the call is answered."""

    people: int
    owner: int = 0
    here: dict[int, bool] = field(default_factory=lambda: {0: True})
    """Who is in: whether as a host."""
    marks: list[Mark] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.marks = self.marks or [Mark() for _ in range(self.people)]

    def copy(self) -> "RoomModel":
        return deepcopy(self)

    def do(self, act: Act) -> int:
        is_gone = self.marks[act.by].banned and act.by not in (self.owner, 0)
        if is_gone and act.what not in ("enter", "leave"):
            return GONE
        return _ACTS[act.what](self, act.by, act.whom)

    def shown(self, who: int) -> str:
        """Return as what a member is shown."""
        return "anchor" if self.here[who] else self.marks[who].role or "audience"

    def rank(self, who: int) -> int:
        return 2 if who == self.owner else int(self.marks[who].role == "moderator")

    def may(self, by: int, whom: int) -> bool:
        """Say whether somebody may mute, kick or ban somebody."""
        return self.rank(by) >= 1 and self.rank(by) > self.rank(whom)

    # what people do

    def enter(self, by: int, _: int) -> int:
        mark = self.marks[by]
        owns = by in (self.owner, 0)
        if mark.banned and not owns:
            return BANNED
        self.here.setdefault(by, owns or mark.role == "anchor")
        return OK

    def leave(self, by: int, _: int) -> int:
        self.here.pop(by, None)
        return OK

    def say(self, by: int, _: int) -> int:
        if by not in self.here:
            return OUTSIDE
        return MUTED if self.marks[by].muted else OK

    def appoint(self, role: str, by: int, whom: int) -> int:
        if by != self.owner or whom == self.owner:
            return DENIED
        mark = self.marks[whom]
        if whom in self.here and role == "anchor":
            self.here[whom] = True
        elif whom in self.here and mark.role == "anchor" and whom != 0:
            self.here[whom] = False
        self.marks[whom] = Mark(role) if role else Mark("", mark.banned, mark.muted)
        return OK

    def mute(self, by: int, whom: int, *, muted: bool = True) -> int:
        if not self.may(by, whom):
            return DENIED
        self.marks[whom].muted = muted
        return OK

    def ban(self, by: int, whom: int) -> int:
        if not self.may(by, whom) or whom == 0:
            return DENIED
        self.marks[whom] = Mark("", banned=True, muted=self.marks[whom].muted)
        self.here.pop(whom, None)
        return OK

    def unban(self, by: int, whom: int) -> int:
        if not self.may(by, whom) or whom == 0:
            return DENIED
        self.marks[whom].banned = False
        return OK

    def kick(self, by: int, whom: int) -> int:
        if not self.may(by, whom):
            return DENIED
        return OK if self.here.pop(whom, None) is not None else NOBODY

    def transfer(self, by: int, whom: int) -> int:
        if by != self.owner:
            return DENIED
        if whom not in self.here:
            return NOBODY
        if whom != self.owner:
            self.owner = whom
            self.here[whom] = True
            if by in self.here:
                self.here[by] = self.marks[by].role == "anchor"
            self.marks[whom] = Mark(self.marks[whom].role)
        return OK


_ACTS: Final[Mapping[str, Callable[[RoomModel, int, int], int]]] = {
    "enter": RoomModel.enter,
    "leave": RoomModel.leave,
    "say": RoomModel.say,
    "moderator": lambda model, by, whom: model.appoint("moderator", by, whom),
    "anchor": lambda model, by, whom: model.appoint("anchor", by, whom),
    "audience": lambda model, by, whom: model.appoint("", by, whom),
    "mute": RoomModel.mute,
    "unmute": lambda model, by, whom: model.mute(by, whom, muted=False),
    "ban": RoomModel.ban,
    "unban": RoomModel.unban,
    "kick": RoomModel.kick,
    "transfer": RoomModel.transfer,
}
WHAT: Final = tuple(_ACTS)
