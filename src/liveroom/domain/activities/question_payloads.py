"""Questions as clients read them: in a room's state, in its events, and in answers."""

from typing import Annotated, Any, Final

import msgspec

from liveroom.domain.activities.model import SHOWN_MAX
from liveroom.domain.activities.question_state import AskedQuestion, QuestionsState, WhoAsks, waiting_question
from liveroom.domain.payloads import Counter, Payload

WhoAsksText = Annotated[str, msgspec.Meta(extra_json_schema={"enum": list(WhoAsks)})]
_ROOM_FOR_THE_REST: Final = 64
"""Bytes of a round that is shown, beside its questions."""
_encode: Final = msgspec.json.Encoder().encode


class QuestionObject(Payload):
    """A question."""

    question_id: str
    """Its name in this round."""
    user_id: str
    """Who asks."""
    name: str
    text: str


class LastAnswerObject(QuestionObject):
    """The question that was answered last."""

    answer: str
    """Empty: it was answered aloud."""


class ShownQuestions(Payload):
    """A round of questions as everybody in the room sees it."""

    topic: str
    who: WhoAsksText
    """Who may ask, beside hosts: ``everyone``, ``followers`` of the owner, or ``seated`` people."""
    most: int
    """Questions of one person that wait."""
    marked: QuestionObject | None
    """The one that is being answered."""
    last: LastAnswerObject | None
    waiting: list[str]
    """The ids of all that wait for an answer, in the order in which they were asked."""
    newest: list[QuestionObject]
    """The last ones of these, the newest one last: as many as there is room for, all of them in ``questions/list``."""
    asked: Counter
    answered: Counter


class QuestionsResult(Payload):
    """What came of a round that is over."""

    topic: str
    asked: Counter
    answered: Counter


def question_object(asked: AskedQuestion) -> QuestionObject:
    """Return a question as it is answered."""
    return QuestionObject(**_fields(asked))


def shown_questions(state: QuestionsState) -> ShownQuestions:
    """Return a round as everybody sees it: of its questions as many as there is room for."""
    last = state.last
    shown = ShownQuestions(
        topic=state.topic,
        who=state.who.value,
        most=state.most,
        marked=question_object(waiting_question(state, state.marked)) if state.marked else None,
        last=None if last is None else LastAnswerObject(**_fields(last.question), answer=last.answer),
        waiting=[asked.id for asked in state.waiting],
        newest=[],
        asked=state.asked,
        answered=state.answered,
    )
    left = SHOWN_MAX - len(_encode(shown)) - _ROOM_FOR_THE_REST
    for asked in reversed(state.waiting):
        one = question_object(asked)
        left -= len(_encode(one)) + 1
        if left < 0:
            break
        shown.newest.insert(0, one)
    return shown


def _fields(asked: AskedQuestion) -> dict[str, Any]:
    return {"question_id": asked.id, "user_id": asked.by, "name": asked.name, "text": asked.text}
