"""What methods of questions answer."""

from typing import Any

import msgspec

from liveroom.api.shapes import Shape
from liveroom.domain.activities.question_payloads import QuestionObject, WhoAsksText, question_object
from liveroom.domain.payloads import Counter, Instant, instant_text
from liveroom.usecases.activities.admin_questions import QuestionsOfRound
from liveroom.usecases.activities.questions import KnownAnswer, ListedQuestion, QuestionChange, QuestionsView
from liveroom.usecases.activities.voting import Voted


class CountedQuestionObject(QuestionObject, kw_only=True):
    """A question that waits for an answer."""

    votes: Counter
    """How many want it answered."""


class ListedQuestionObject(CountedQuestionObject, kw_only=True):
    """A question that waits, as a member sees it."""

    voted: bool
    """The caller has voted for it."""


class AnsweredQuestionObject(QuestionObject, kw_only=True):
    """A question that was answered."""

    avatar: str
    """Of who asked it; with ``name`` empty if they are gone."""
    votes: Counter
    """How many it had."""
    answer: str
    """Empty: it was answered aloud."""
    answered_by: str
    answer_at: Instant


class RoundObject(Shape, kw_only=True):
    """A round of questions that runs."""

    activity_id: str
    version: int
    """Increases with each change, as that of ``activity.changed``."""
    topic: str
    who: WhoAsksText
    most: int
    """Questions of one person that wait."""
    marked: str
    """The id of the question that is being answered; empty: none is."""
    asked: Counter
    answered: Counter
    questions: list[ListedQuestionObject]
    """All that wait, at most 100: the one with most votes first, of two with as many the one that was asked first."""


class RoundChange(Shape, kw_only=True):
    """A round after something was done in it."""

    activity_id: str
    version: int
    question_id: str
    """The one that was asked, or that something was done with."""
    waiting: Counter
    """How many wait for an answer."""


class QuestionVoteObject(Shape, kw_only=True):
    """A question after a vote."""

    question_id: str
    votes: Counter
    voted: bool
    """The caller's vote counts for it."""
    repeated: bool
    """It was so before: this call has changed nothing."""


class QuestionsOfRoundObject(Shape, kw_only=True):
    """The questions of a round, for operators."""

    waiting: list[CountedQuestionObject]
    answered: list[AnsweredQuestionObject]
    """The last 200, the newest first."""


def round_object(view: QuestionsView) -> RoundObject:
    """Return a round as it is answered."""
    activity, state, questions = view
    return RoundObject(
        activity_id=activity.id,
        version=activity.version,
        topic=state.topic,
        who=state.who.value,
        most=state.most,
        marked=state.marked,
        asked=state.asked,
        answered=state.answered,
        questions=[ListedQuestionObject(**_fields(one), voted=one.is_voted) for one in questions],
    )


def answered_object(known: KnownAnswer) -> AnsweredQuestionObject:
    """Return a question that was answered."""
    question, user = known
    name, avatar = ("", "") if user is None else (user.name, user.avatar)
    return AnsweredQuestionObject(
        question_id=question.question,
        user_id=question.by,
        name=name,
        avatar=avatar,
        text=question.text,
        votes=question.votes,
        answer=question.answer,
        answered_by=question.answered_by,
        answer_at=instant_text(question.at),
    )


def change_object(change: QuestionChange) -> RoundChange:
    """Return a round after something was done with a question."""
    activity, question, waiting = change
    return RoundChange(activity_id=activity.id, version=activity.version, question_id=question, waiting=waiting)


def question_vote_object(voted: Voted, question: str, *, up: bool) -> QuestionVoteObject:
    """Return a question after a vote, or after one was taken back."""
    votes = voted.view.activity.tally.get(question, 0)
    return QuestionVoteObject(question_id=question, votes=votes, voted=up, repeated=voted.is_repeated)


def questions_of_round_object(found: QuestionsOfRound) -> QuestionsOfRoundObject:
    """Return the questions of a round, for operators."""
    return QuestionsOfRoundObject(
        waiting=[CountedQuestionObject(**_fields(one)) for one in found.waiting],
        answered=[answered_object(one) for one in found.answered],
    )


def _fields(listed: ListedQuestion) -> dict[str, Any]:
    return {**msgspec.structs.asdict(question_object(listed.asked)), "votes": listed.votes}
