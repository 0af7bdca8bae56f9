"""Raids: the hosts of a room send its audience to another live room, whose hosts have agreed.

Who goes does so by entering the other room as ever, so that its capacity, password and bans hold. Nobody is moved who
does not want to be: clients count down, and let people stay.
"""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import ClassVar, Final

import msgspec

from liveroom.domain.activities.failures import ActivityOver
from liveroom.domain.activities.model import Tally
from liveroom.domain.activities.rules import ActivityRules, ActivityStep, Destination
from liveroom.domain.errors import BadRequest
from liveroom.domain.ids import BroadcastId, RoomId
from liveroom.domain.payloads import Payload

ANSWER: Final = timedelta(seconds=30)
"""How long the other room may take to agree."""
COUNTDOWN_MIN, COUNTDOWN_MAX = 5, 120
"""Seconds until people go, once it has agreed."""
ACCEPT, REFUSE = "accept", "refuse"


class RaidPhase(StrEnum):
    """How far a raid is."""

    ASKED = "asked"
    """The other room has not answered."""
    GOING = "going"
    """It has agreed, and people go at the end of the countdown."""
    GONE = "gone"
    """They may enter it now."""
    REFUSED = "refused"
    """By the other room; also when it had agreed before."""
    UNANSWERED = "unanswered"


class RaidParams(Payload, kw_only=True):
    """What a raid is begun with: the other room as it is now."""

    room_id: str
    broadcast_id: str
    user_id: str
    name: str
    avatar: str
    title: str
    cover: str
    countdown: int
    from_name: str
    from_avatar: str


class RaidState(msgspec.Struct, frozen=True, kw_only=True):
    """A raid that runs."""

    params: RaidParams
    phase: RaidPhase
    until: datetime
    """Until when it may be answered, or when people go."""


class ShownRaid(Payload, kw_only=True):
    """A raid as members see it."""

    phase: str
    """``asked``: the other room is asked. ``going``: it has agreed, and people go at ``endAt``."""
    room_id: str
    """The other room."""
    user_id: str
    """Its owner, with name and picture."""
    name: str
    avatar: str
    title: str
    cover: str


class RaidOutcome(Payload):
    """A raid that is over: whose rooms they are is not kept."""

    phase: str
    """``gone``, ``refused`` or ``unanswered``; what it was as it was called off."""
    room_id: str
    """The other room."""


class Raid(ActivityRules[RaidParams, RaidState]):
    """The rules."""

    type: ClassVar[str] = "raid"
    params = RaidParams
    state = RaidState

    def start(self, params: RaidParams, now: datetime) -> RaidState:
        if not COUNTDOWN_MIN <= params.countdown <= COUNTDOWN_MAX:
            raise BadRequest(f"countdown: {COUNTDOWN_MIN} to {COUNTDOWN_MAX}")
        return RaidState(params=params, phase=RaidPhase.ASKED, until=now + ANSWER)

    def due(self, state: RaidState) -> datetime | None:
        return state.until

    def when_due(self, state: RaidState, now: datetime) -> ActivityStep[RaidState]:
        over = RaidPhase.GONE if state.phase is RaidPhase.GOING else RaidPhase.UNANSWERED
        return ActivityStep(_in(state, over), is_over=True)

    def shown(self, state: RaidState) -> ShownRaid:
        params = state.params
        return ShownRaid(
            phase=state.phase.value,
            room_id=params.room_id,
            user_id=params.user_id,
            name=params.name,
            avatar=params.avatar,
            title=params.title,
            cover=params.cover,
        )

    def result(self, state: RaidState, votes: int, tally: Tally) -> RaidOutcome:
        return RaidOutcome(phase=state.phase.value, room_id=state.params.room_id)

    def kept(self, state: RaidState) -> RaidState:
        named = ("user_id", "name", "avatar", "title", "cover", "from_name", "from_avatar")
        return msgspec.structs.replace(state, params=msgspec.structs.replace(state.params, **dict.fromkeys(named, "")))

    def destination(self, state: RaidState) -> Destination | None:
        if state.phase is not RaidPhase.GONE:
            return None
        params = state.params
        return Destination(
            RoomId(params.room_id), BroadcastId(params.broadcast_id), params.from_name, params.from_avatar
        )


def answered(state: RaidState, *, accepted: bool, now: datetime) -> ActivityStep[RaidState]:
    """Return what becomes of a raid by an answer of the other room, which may refuse until people go.

    Raises ``ActivityOver`` for a raid that it has agreed to already.
    """
    if not accepted:
        return ActivityStep(_in(state, RaidPhase.REFUSED), is_over=True)
    if state.phase is not RaidPhase.ASKED or state.until <= now:
        raise ActivityOver
    until = now + timedelta(seconds=state.params.countdown)
    return ActivityStep(msgspec.structs.replace(state, phase=RaidPhase.GOING, until=until))


def _in(state: RaidState, phase: RaidPhase) -> RaidState:
    return msgspec.structs.replace(state, phase=phase)
