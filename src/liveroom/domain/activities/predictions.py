"""Predictions: members choose what will come; a host names what came, and those who were right get points.

Points are the room's and buy nothing: nobody stakes anything.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, ClassVar, Final

import msgspec

from liveroom.domain.activities.choosing import check_question, counts, question_texts, read_choices, screened
from liveroom.domain.activities.failures import ActivityOver, ActivityRefuses
from liveroom.domain.activities.model import NO_AWARD, Award, Ballot, Tally
from liveroom.domain.activities.rules import ActivityMember, ActivityRules, ActivityStep
from liveroom.domain.errors import BadRequest, PermissionDenied
from liveroom.domain.payloads import Payload

LOCK: Final = "lock"
RESOLVE: Final = "resolve"
POINTS_MAX: Final = 1000


class PredictionParams(Payload, kw_only=True):
    """What a prediction is begun with."""

    question: str
    options: tuple[str, ...]
    lasts: int = 0
    """Seconds until nobody may choose any more; 0: until a host locks it."""
    points: int = 10
    """What everybody gets who was right."""


class PredictionState(msgspec.Struct, frozen=True, kw_only=True):
    """A prediction that runs."""

    question: str
    options: tuple[str, ...]
    points: int
    locks: datetime | None
    """When nobody may choose any more by itself."""
    locked: bool = False
    outcome: int | None = None


class ShownPrediction(Payload):
    """A prediction as members see it."""

    question: str
    options: tuple[str, ...]
    points: int
    locked: bool
    """Nobody may choose any more: its outcome is awaited."""


class PredictionResult(ShownPrediction):
    """A prediction that is over."""

    outcome: int | None
    """The option that came, from 0; null: it was called off, and nobody gets anything."""
    votes: int
    counts: list[int]


class Prediction(ActivityRules[PredictionParams, PredictionState]):
    """The rules."""

    type: ClassVar[str] = "prediction"
    params = PredictionParams
    state = PredictionState

    def start(self, params: PredictionParams, now: datetime) -> PredictionState:
        check_question(params.question, params.options)
        if not 1 <= params.points <= POINTS_MAX:
            raise BadRequest(f"points: 1 to {POINTS_MAX}")
        locks = now + timedelta(seconds=params.lasts) if params.lasts else None
        return PredictionState(question=params.question, options=params.options, points=params.points, locks=locks)

    def act(
        self, state: PredictionState, action: str, data: Mapping[str, Any], participant: ActivityMember, now: datetime
    ) -> ActivityStep[PredictionState]:
        if not participant.is_host:
            raise PermissionDenied
        if action == LOCK:
            return ActivityStep(_locked(state))
        if action != RESOLVE:
            return super().act(state, action, data, participant, now)
        outcome = data.get("outcome")
        if type(outcome) is not int or not 0 <= outcome < len(state.options):
            raise ActivityRefuses(f"outcome: 0 to {len(state.options) - 1}")
        return ActivityStep(msgspec.structs.replace(_locked(state), outcome=outcome), is_over=True)

    def due(self, state: PredictionState) -> datetime | None:
        return None if state.locked else state.locks

    def when_due(self, state: PredictionState, now: datetime) -> ActivityStep[PredictionState]:
        return ActivityStep(_locked(state))

    def ballot(self, state: PredictionState, choices: Sequence[str], now: datetime) -> Ballot:
        if state.locked or (state.locks is not None and state.locks <= now):
            raise ActivityOver
        return read_choices(choices, state.options, 1)

    def shown(self, state: PredictionState) -> ShownPrediction:
        return ShownPrediction(question=state.question, options=state.options, points=state.points, locked=state.locked)

    def result(self, state: PredictionState, votes: int, tally: Tally) -> PredictionResult:
        shown = msgspec.structs.asdict(self.shown(state))
        return PredictionResult(**shown, outcome=state.outcome, votes=votes, counts=counts(tally, state.options))

    def award(self, state: PredictionState) -> Award:
        return NO_AWARD if state.outcome is None else Award(str(state.outcome), state.points)

    def texts(self, params: PredictionParams) -> Mapping[str, str]:
        return question_texts(params.question, params.options)

    def with_texts(self, params: PredictionParams, texts: Mapping[str, str]) -> PredictionParams:
        return msgspec.structs.replace(params, question=texts["question"], options=screened(params.options, texts))


def _locked(state: PredictionState) -> PredictionState:
    return msgspec.structs.replace(state, locked=True)
