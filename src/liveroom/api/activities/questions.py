"""``questions/*``: members ask and vote questions up, hosts answer them. ``activities/end`` closes a round."""

from typing import Annotated, Final

from liveroom.api.activities.choosing import STARTING
from liveroom.api.activities.methods import PAGE_MAX, ActivitiesOfRoom
from liveroom.api.activities.question_shapes import (
    AnsweredQuestionObject,
    QuestionVoteObject,
    RoundChange,
    RoundObject,
    answered_object,
    change_object,
    question_vote_object,
    round_object,
)
from liveroom.api.codes import Code
from liveroom.api.declare import Data, method
from liveroom.api.envelopes import Page
from liveroom.api.parameters import Id, Request, Text, Whole
from liveroom.domain.accounts.sessions import Actor
from liveroom.domain.activities.question_state import PER_PERSON_MAX, TEXT_MAX, TOPIC_MAX, WhoAsks
from liveroom.domain.activities.questions import QuestionsParams
from liveroom.domain.errors import BadRequest
from liveroom.domain.ids import RoomId
from liveroom.domain.rooms.paging import cursor_number
from liveroom.domain.rooms.permissions import Right
from liveroom.usecases.activities.questions import RoomQuestions

_IN_ROUND: Final = (Code.ActivityNotExists, Code.ActivityOver, Code.NotInRoom, Code.RateLimited)
_WHO_MAX: Final = 16
_PLACE_DIGITS: Final = 18


class OpenQuestions(Request):
    """``who``: who may ask, beside hosts and moderators: ``everyone``, ``followers`` of the room's owner, or ``seated``
    people. ``most``: how many questions of one person wait.
    """

    room_id: Id
    topic: Annotated[str, Text(TOPIC_MAX)] = ""
    who: Annotated[str, Text(_WHO_MAX)] = WhoAsks.EVERYONE.value
    most: Annotated[int, Whole(1, PER_PERSON_MAX)] = 3


@method(
    "base/v1/questions/open",
    bad_request=Code.RoomQueryParams,
    right=Right.ACTIVITIES,
    reply=RoundObject,
    codes=STARTING,
)
async def open_questions(call: OpenQuestions, actor: Actor, questions: RoomQuestions) -> RoundObject:
    """Begin a round of questions in a live room; hosts and moderators only (3000). A room has one at a time: 3131.

    The room receives ``activity.started``, ``activity.changed`` after each change, ``activity.tally`` at most five
    times a second, and ``activity.ended`` after ``activities/end``.
    """
    if call.who not in set(WhoAsks):
        raise BadRequest(f"who: must be one of {', '.join(WhoAsks)}")
    params = QuestionsParams(topic=call.topic, who=WhoAsks(call.who), most=call.most)
    return round_object(await questions.open(actor, RoomId(call.room_id), params))


@method(
    "base/v1/questions/list",
    bad_request=Code.RoomQueryParams,
    reply=RoundObject,
    codes=(Code.RoomNotExists, Code.NotInRoom, Code.ActivityNotExists),
)
async def list_questions(call: ActivitiesOfRoom, actor: Actor, questions: RoomQuestions) -> RoundObject:
    """Return the round of a room with all questions that wait, those with most votes first, to members of the room.

    Events and the room's state have the newest ones, and the ids of all.
    """
    return round_object(await questions.read(actor, RoomId(call.room_id)))


class AskQuestion(Request):
    """``text``: 1 to 200 characters."""

    activity_id: Id
    text: Annotated[str, Text(TEXT_MAX)]


@method(
    "base/v1/questions/ask",
    bad_request=Code.RoomQueryParams,
    reply=RoundChange,
    codes=(
        *_IN_ROUND,
        *(Code.UserMuted, Code.FollowersOnly, Code.NotSeated, Code.ContentRefused),
        *(Code.QuestionAsked, Code.TooManyQuestions),
    ),
)
async def ask(call: AskQuestion, actor: Actor, questions: RoomQuestions) -> RoundChange:
    """Ask a question, as a member whom the round lets ask and who is not muted; six times a minute.

    Somebody has asked the same, and it waits: 3151. As many wait as may, of the caller or of all (100): 3152. A
    question that waits goes when who asked it leaves the room.
    """
    return change_object(await questions.ask(actor, call.activity_id, call.text))


class VoteForQuestion(Request):
    """``up``: false takes the vote back."""

    activity_id: Id
    question_id: Id
    up: bool = True


@method(
    "base/v1/questions/vote",
    bad_request=Code.RoomQueryParams,
    reply=QuestionVoteObject,
    codes=(*_IN_ROUND, Code.QuestionNotExists),
)
async def vote(call: VoteForQuestion, actor: Actor, questions: RoomQuestions) -> QuestionVoteObject:
    """Vote for a question that waits, as a member of the room, or take that vote back. It counts once, however often
    this is called.

    Votes are taken back at most twenty times in ten seconds (3004).
    """
    question, up = call.question_id, call.up
    return question_vote_object(await questions.vote(actor, call.activity_id, question, up=up), question, up=up)


class MarkQuestion(Request):
    """``questionId``: empty for none."""

    activity_id: Id
    question_id: Id = ""


@method(
    "base/v1/questions/mark",
    bad_request=Code.RoomQueryParams,
    right=Right.ACTIVITIES,
    reply=RoundChange,
    codes=(*_IN_ROUND, Code.PermissionDenied, Code.QuestionNotExists),
)
async def mark(call: MarkQuestion, actor: Actor, questions: RoomQuestions) -> RoundChange:
    """Say which question is being answered: everybody is shown it. Hosts and moderators only (3000)."""
    return change_object(await questions.mark(actor, call.activity_id, call.question_id))


class AnswerQuestion(Request):
    """``answer``: at most 200 characters; empty: it was answered aloud."""

    activity_id: Id
    question_id: Id
    answer: Annotated[str, Text(TEXT_MAX)] = ""


@method(
    "base/v1/questions/answer",
    bad_request=Code.RoomQueryParams,
    right=Right.ACTIVITIES,
    reply=RoundChange,
    codes=(*_IN_ROUND, Code.PermissionDenied, Code.ContentRefused, Code.QuestionNotExists),
)
async def answer(call: AnswerQuestion, actor: Actor, questions: RoomQuestions) -> RoundChange:
    """Say that a question was answered: it waits no longer, and is kept. Hosts and moderators only (3000)."""
    return change_object(await questions.answer(actor, call.activity_id, call.question_id, call.answer))


class OneQuestion(Request):
    """The question."""

    activity_id: Id
    question_id: Id


@method(
    "base/v1/questions/remove",
    bad_request=Code.RoomQueryParams,
    reply=RoundChange,
    codes=(*_IN_ROUND, Code.PermissionDenied, Code.QuestionNotExists),
)
async def remove(call: OneQuestion, actor: Actor, questions: RoomQuestions) -> RoundChange:
    """Remove a question, whether it waits or was answered: one's own, or any as a host or moderator (3000)."""
    return change_object(await questions.remove(actor, call.activity_id, call.question_id))


class AnsweredQuestions(Request):
    """``cursor``: the ``nextCursor`` of the previous page."""

    activity_id: Id
    cursor: Id = ""
    limit: Annotated[int, Whole(1, PAGE_MAX)] = 20


@method(
    "base/v1/questions/answered",
    bad_request=Code.RoomQueryParams,
    reply=list[AnsweredQuestionObject],
    data=Data.LIST,
    codes=(Code.ActivityNotExists, Code.RoomNotExists, Code.NotInRoom),
)
async def answered(call: AnsweredQuestions, actor: Actor, questions: RoomQuestions) -> Page:
    """List what was answered in a round, running or over, the newest first, to members of the room."""
    before = cursor_number(call.cursor, _PLACE_DIGITS) if call.cursor else 0
    found, cursor = await questions.answered(actor, call.activity_id, cursor=before, limit=call.limit)
    return Page.of([answered_object(one) for one in found], cursor)
