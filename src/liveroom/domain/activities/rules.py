"""The rules of a type of activities: pure functions of its state, which is a struct.

A type is one class. The service keeps the state, lets one change happen after the other, tells the room, counts ballots
and ends the activity; a type says what follows from what. It may be declared by a package (docs/activities.md).
"""

import builtins
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, ClassVar, Generic, NamedTuple, TypeVar

import msgspec

from liveroom.domain.activities.failures import ActivityRefuses
from liveroom.domain.activities.model import NO_AWARD, Award, Ballot, Tally
from liveroom.domain.ids import BroadcastId, RoomId, UserId

Params = TypeVar("Params", bound=msgspec.Struct)
State = TypeVar("State", bound=msgspec.Struct)


class ActivityMember(NamedTuple):
    """Who does something in an activity."""

    user: UserId
    is_host: bool
    """They may begin and end activities in the room."""
    name: str = ""
    is_seated: bool = False


class ActivityStep(NamedTuple, Generic[State]):
    """An activity after something was done."""

    state: State
    is_over: bool = False


class Destination(NamedTuple):
    """Another live room, to which the audience may go when an activity is over."""

    room: RoomId
    broadcast: BroadcastId
    name: str
    """From whose room they come, with their picture."""
    avatar: str


class ActivityRules(Generic[Params, State]):
    """The rules of one type. ``type`` names it; whoever may ``begin`` activities in a room may begin and end it.

    A state is never changed, but replaced. What a rule refuses it raises: ``ActivityRefuses`` with a sentence,
    ``ActivityOver``, ``PermissionDenied``.
    """

    type: ClassVar[str]
    params: builtins.type[Params]
    """What it is begun with."""
    state: builtins.type[State]
    """What is kept of it, as JSON."""
    at_once: ClassVar[int] = 1
    """How many a room has at a time."""

    def start(self, params: Params, now: datetime) -> State:
        """Return the state of a new one."""
        raise NotImplementedError

    def act(
        self, state: State, action: str, data: Mapping[str, Any], participant: ActivityMember, now: datetime
    ) -> ActivityStep[State]:
        """Return what becomes of it by something that a member does, beside casting a ballot."""
        raise ActivityRefuses(f"there is no {action} in it")

    def due(self, state: State) -> datetime | None:
        """Return when ``when_due`` is to be asked; None: never."""
        return None

    def when_due(self, state: State, now: datetime) -> ActivityStep[State]:
        """Return what becomes of it then."""
        return ActivityStep(state, is_over=True)

    def counts_from(self, state: State) -> int:
        """Return what its ``votes`` begin with, where they are not ballots: a type that counts something else."""
        return 0

    def ballot(self, state: State, choices: Sequence[str], now: datetime) -> Ballot:
        """Return the ballot of a member who chooses this. It counts once for each: later ones change nothing."""
        raise ActivityRefuses("there is nothing to vote on in it")

    def is_secret(self, state: State) -> bool:
        """Say whether nobody is told who has chosen what."""
        return False

    def is_tallied(self, state: State) -> bool:
        """Say whether everybody sees how many ballots have each choice while it runs."""
        return True

    def people(self, state: State) -> Collection[UserId]:
        """Return of whom it has something that goes when they are not in the room any more (``left``)."""
        return ()

    def left(self, state: State, who: UserId, now: datetime) -> ActivityStep[State]:
        """Return what becomes of it once one of its ``people`` has left the room, by themselves or not."""
        return ActivityStep(state)

    def shown(self, state: State) -> Any:
        """Return what everybody in the room is shown of it: what becomes a JSON object."""
        return state

    def result(self, state: State, votes: int, tally: Tally) -> Any:
        """Return what is told and kept of it at its end: what becomes a JSON object."""
        return self.shown(state)

    def kept(self, state: State) -> State:
        """Return what is kept of its state once it is over: without what was said of people while it ran."""
        return state

    def destination(self, state: State) -> Destination | None:
        """Return where the audience may go once it is over; None: nowhere. That room is told of it."""
        return None

    def award(self, state: State) -> Award:
        """Return what those get who have chosen right, once it is over."""
        return NO_AWARD

    def texts(self, params: Params) -> Mapping[str, str]:
        """Return what somebody wrote: screened before it begins, and given to ``with_texts``."""
        return {}

    def with_texts(self, params: Params, texts: Mapping[str, str]) -> Params:
        """Return the parameters with these texts as they may be shown."""
        return params


AnyRules = ActivityRules[Any, Any]
