"""Polls: a question that members answer by choosing one option or several, each of them once."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import ClassVar

import msgspec

from liveroom.domain.activities.choosing import check_question, counts, question_texts, read_choices, screened
from liveroom.domain.activities.failures import ActivityOver
from liveroom.domain.activities.model import Ballot, Tally
from liveroom.domain.activities.rules import ActivityRules
from liveroom.domain.errors import BadRequest
from liveroom.domain.payloads import Payload


class PollParams(Payload, kw_only=True):
    """What a poll is begun with."""

    question: str
    options: tuple[str, ...]
    most: int = 1
    """How many options one member may choose."""
    anonymous: bool = True
    live: bool = True
    """Everybody sees how many have chosen what while it runs, not only at its end."""
    lasts: int = 0
    """Seconds; 0: until a host ends it."""


class PollState(msgspec.Struct, frozen=True, kw_only=True):
    """A poll that runs."""

    question: str
    options: tuple[str, ...]
    most: int
    anonymous: bool
    live: bool
    closes: datetime | None


class ShownPoll(Payload):
    """A poll as members see it."""

    question: str
    options: tuple[str, ...]
    most: int
    anonymous: bool
    live: bool


class PollOutcome(ShownPoll):
    """A poll that is over."""

    votes: int
    """How many have voted."""
    counts: list[int]
    """How many have chosen each option."""


class Poll(ActivityRules[PollParams, PollState]):
    """The rules."""

    type: ClassVar[str] = "poll"
    params = PollParams
    state = PollState

    def start(self, params: PollParams, now: datetime) -> PollState:
        check_question(params.question, params.options)
        if not 1 <= params.most <= len(params.options):
            raise BadRequest("most: from 1 to the number of options")
        closes = now + timedelta(seconds=params.lasts) if params.lasts else None
        return PollState(
            question=params.question,
            options=params.options,
            most=params.most,
            anonymous=params.anonymous,
            live=params.live,
            closes=closes,
        )

    def due(self, state: PollState) -> datetime | None:
        return state.closes

    def ballot(self, state: PollState, choices: Sequence[str], now: datetime) -> Ballot:
        if state.closes is not None and state.closes <= now:
            raise ActivityOver
        return read_choices(choices, state.options, state.most)

    def is_secret(self, state: PollState) -> bool:
        return state.anonymous

    def is_tallied(self, state: PollState) -> bool:
        return state.live

    def shown(self, state: PollState) -> ShownPoll:
        return ShownPoll(
            question=state.question,
            options=state.options,
            most=state.most,
            anonymous=state.anonymous,
            live=state.live,
        )

    def result(self, state: PollState, votes: int, tally: Tally) -> PollOutcome:
        shown = msgspec.structs.asdict(self.shown(state))
        return PollOutcome(**shown, votes=votes, counts=counts(tally, state.options))

    def texts(self, params: PollParams) -> Mapping[str, str]:
        return question_texts(params.question, params.options)

    def with_texts(self, params: PollParams, texts: Mapping[str, str]) -> PollParams:
        return msgspec.structs.replace(params, question=texts["question"], options=screened(params.options, texts))
