"""Questions: members ask and vote questions up, hosts say which one is on, and answer them; moderators remove any.

What a round does is in ``question_state``; here is who may do what. What waits for an answer goes when who asked it
leaves the room. What was answered is kept in rows of its own (``AnsweredQuestion``): the state counts it, and has the
last one, which everybody is shown.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, ClassVar, Final, NamedTuple

import msgspec

from liveroom.domain.activities import question_state as questions
from liveroom.domain.activities.failures import ActivityRefuses
from liveroom.domain.activities.model import Ballot, Tally
from liveroom.domain.activities.question_payloads import QuestionsResult, ShownQuestions, shown_questions
from liveroom.domain.activities.question_state import PER_PERSON_MAX, TEXT_MAX, TOPIC_MAX, QuestionsState, WhoAsks
from liveroom.domain.activities.rules import ActivityMember, ActivityRules, ActivityStep
from liveroom.domain.errors import BadRequest, NotSeated, PermissionDenied
from liveroom.domain.follows.failures import FollowersOnly
from liveroom.domain.ids import UserId
from liveroom.domain.payloads import Payload

ASK, MARK, ANSWER, REMOVE = "ask", "mark", "answer", "remove"


class QuestionsParams(Payload, kw_only=True):
    """What a round of questions is begun with."""

    topic: str = ""
    who: WhoAsks = WhoAsks.EVERYONE
    most: int = 3
    """Questions of one person that wait."""


class _Doing(NamedTuple):
    """What somebody does in a round."""

    state: QuestionsState
    data: Mapping[str, Any]
    member: ActivityMember

    @property
    def id(self) -> str:
        """Return which question they mean."""
        return str(self.data["question"])


class Questions(ActivityRules[QuestionsParams, QuestionsState]):
    """The rules."""

    type: ClassVar[str] = "questions"
    params = QuestionsParams
    state = QuestionsState

    def start(self, params: QuestionsParams, now: datetime) -> QuestionsState:
        if len(params.topic) > TOPIC_MAX:
            raise BadRequest(f"topic: at most {TOPIC_MAX} characters")
        if not 1 <= params.most <= PER_PERSON_MAX:
            raise BadRequest(f"most: 1 to {PER_PERSON_MAX}")
        return QuestionsState(topic=params.topic, who=params.who, most=params.most)

    def act(
        self, state: QuestionsState, action: str, data: Mapping[str, Any], participant: ActivityMember, now: datetime
    ) -> ActivityStep[QuestionsState]:
        act = _ACTIONS.get(action)
        if act is None:
            return super().act(state, action, data, participant, now)
        return ActivityStep(act(_Doing(state, data, participant)))

    def ballot(self, state: QuestionsState, choices: Sequence[str], now: datetime) -> Ballot:
        if len(choices) != 1:
            raise ActivityRefuses("choices: the id of one question")
        id = questions.waiting_question(state, choices[0]).id
        return Ballot((id,), subject=id)

    def is_secret(self, state: QuestionsState) -> bool:
        return True

    def people(self, state: QuestionsState) -> Collection[UserId]:
        last = [] if state.last is None else [state.last.question]
        return {asked.by for asked in (*state.waiting, *last)}

    def left(self, state: QuestionsState, who: UserId, now: datetime) -> ActivityStep[QuestionsState]:
        return ActivityStep(questions.without_asker(state, who))

    def kept(self, state: QuestionsState) -> QuestionsState:
        return msgspec.structs.replace(state, waiting=(), marked="", last=None)

    def shown(self, state: QuestionsState) -> ShownQuestions:
        return shown_questions(state)

    def result(self, state: QuestionsState, votes: int, tally: Tally) -> QuestionsResult:
        return QuestionsResult(topic=state.topic, asked=state.asked, answered=state.answered)

    def texts(self, params: QuestionsParams) -> Mapping[str, str]:
        return {"topic": params.topic}

    def with_texts(self, params: QuestionsParams, texts: Mapping[str, str]) -> QuestionsParams:
        return msgspec.structs.replace(params, topic=texts["topic"][:TOPIC_MAX])


def check_may_ask(state: QuestionsState, member: ActivityMember, owner: UserId, *, follows: bool) -> None:
    """Raise ``FollowersOnly`` or ``NotSeated`` unless they may ask. ``follows``: they follow the room's owner."""
    if member.is_host:
        return
    if state.who is WhoAsks.FOLLOWERS and not follows:
        raise FollowersOnly().of(owner)
    if state.who is WhoAsks.SEATED and not member.is_seated:
        raise NotSeated


def _ask(asked: _Doing) -> QuestionsState:
    owner, follows = UserId(asked.data["owner"]), bool(asked.data["follows"])
    check_may_ask(asked.state, asked.member, owner, follows=follows)
    text = str(asked.data["text"])
    if not text.strip() or len(text) > TEXT_MAX:
        raise BadRequest(f"text: 1 to {TEXT_MAX} characters")
    return questions.with_asked(asked.state, asked.member.user, asked.member.name, text)


def _mark(asked: _Doing) -> QuestionsState:
    _check_host(asked)
    return questions.with_marked(asked.state, asked.id)


def _answer(asked: _Doing) -> QuestionsState:
    _check_host(asked)
    answer = str(asked.data["answer"])
    if len(answer) > TEXT_MAX:
        raise BadRequest(f"answer: at most {TEXT_MAX} characters")
    return questions.with_answered(asked.state, asked.id, answer)


def _remove(asked: _Doing) -> QuestionsState:
    """``by`` in the data: who asked it, if it was answered already."""
    by = asked.data["by"] or questions.waiting_question(asked.state, asked.id).by
    if by != asked.member.user:
        _check_host(asked)
    return questions.without_question(asked.state, asked.id)


def _check_host(asked: _Doing) -> None:
    if not asked.member.is_host:
        raise PermissionDenied


_ACTIONS: Final[Mapping[str, Callable[[_Doing], QuestionsState]]] = {
    ASK: _ask,
    MARK: _mark,
    ANSWER: _answer,
    REMOVE: _remove,
}
