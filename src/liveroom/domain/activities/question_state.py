"""Questions of a round as a value: what waits for an answer, which one is on, and what was answered last."""

from datetime import datetime
from enum import StrEnum
from typing import Final, NamedTuple

import msgspec
from msgspec.structs import replace

from liveroom.domain.activities.choosing import QUESTION_MAX
from liveroom.domain.activities.failures import QuestionAsked, QuestionNotFound, TooManyQuestions
from liveroom.domain.activities.model import Tally
from liveroom.domain.ids import UserId

TOPIC_MAX: Final = 100
TEXT_MAX: Final = QUESTION_MAX
"""Characters of a question, and of its written answer."""
WAITING_MAX: Final = 100
"""Questions that wait for an answer, of all people."""
PER_PERSON_MAX: Final = 10
ASKER_NAME_MAX: Final = 40


class WhoAsks(StrEnum):
    """Who may ask, beside hosts."""

    EVERYONE = "everyone"
    FOLLOWERS = "followers"
    """Whoever follows the room's owner."""
    SEATED = "seated"
    """Whoever has a seat."""


class AskedQuestion(msgspec.Struct, frozen=True, kw_only=True):
    """A question that waits for an answer."""

    id: str
    by: UserId
    name: str
    """Of who asked it, as it was then."""
    text: str


class LastAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """The question that was answered last."""

    question: AskedQuestion
    answer: str
    """"": it was answered aloud."""


class AnsweredQuestion(NamedTuple):
    """A question that was answered, as it is kept."""

    activity: str
    place: int
    """Its number among those that were answered, from 1."""
    question: str
    by: UserId
    text: str
    answer: str
    answered_by: UserId
    votes: int
    at: datetime


class QuestionsState(msgspec.Struct, frozen=True, kw_only=True):
    """A round of questions."""

    topic: str
    who: WhoAsks
    most: int
    """Questions of one person that wait."""
    waiting: tuple[AskedQuestion, ...] = ()
    """The one first that was asked first."""
    marked: str = ""
    """The one that is being answered; "": none is."""
    last: LastAnswer | None = None
    asked: int = 0
    """How many were ever asked."""
    answered: int = 0


def waiting_question(state: QuestionsState, id: str) -> AskedQuestion:
    """Return one that waits. Raises ``QuestionNotFound``."""
    for asked in state.waiting:
        if asked.id == id:
            return asked
    raise QuestionNotFound


def with_asked(state: QuestionsState, by: UserId, name: str, text: str) -> QuestionsState:
    """Return the round with one more question. Raises ``QuestionAsked``, ``TooManyQuestions``."""
    if any(_letters(asked.text) == _letters(text) for asked in state.waiting):
        raise QuestionAsked
    own = [asked for asked in state.waiting if asked.by == by]
    if len(state.waiting) >= WAITING_MAX or len(own) >= state.most:
        raise TooManyQuestions
    number = state.asked + 1
    asked = AskedQuestion(id=f"q{number}", by=by, name=name[:ASKER_NAME_MAX], text=text)
    return replace(state, asked=number, waiting=(*state.waiting, asked))


def with_marked(state: QuestionsState, id: str) -> QuestionsState:
    """Return the round with another question that is being answered; "": none. Raises ``QuestionNotFound``."""
    return replace(state, marked=waiting_question(state, id).id if id else "")


def with_answered(state: QuestionsState, id: str, answer: str) -> QuestionsState:
    """Return the round with a question answered. Raises ``QuestionNotFound``."""
    last = LastAnswer(question=waiting_question(state, id), answer=answer)
    return replace(without_question(state, id), last=last, answered=state.answered + 1)


def without_question(state: QuestionsState, id: str) -> QuestionsState:
    """Return the round without a question, whether it waits or was answered last."""
    last = None if state.last is not None and state.last.question.id == id else state.last
    waiting = tuple(asked for asked in state.waiting if asked.id != id)
    return replace(state, waiting=waiting, marked="" if state.marked == id else state.marked, last=last)


def without_asker(state: QuestionsState, user: UserId) -> QuestionsState:
    """Return the round without what somebody has asked."""
    last = [] if state.last is None else [state.last.question]
    for asked in (*state.waiting, *last):
        if asked.by == user:
            state = without_question(state, asked.id)
    return state


def waiting_votes(state: QuestionsState, tally: Tally) -> Tally:
    """Return what is counted for questions that wait: nobody votes for others any more."""
    waiting = {asked.id for asked in state.waiting}
    return {id: votes for id, votes in tally.items() if id in waiting}


def by_votes(state: QuestionsState, tally: Tally) -> list[AskedQuestion]:
    """Return what waits: the one with most votes first, of two with as many the one that was asked first."""
    return sorted(state.waiting, key=lambda asked: -tally.get(asked.id, 0))


def _letters(text: str) -> str:
    """Return what of a question tells it from others: not its case, its spaces and its punctuation."""
    return "".join(filter(str.isalnum, text.casefold())) or text
