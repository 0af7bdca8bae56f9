"""``admin/*`` about questions: an operator sees those of a round, and removes one."""

from liveroom.api.activities.choosing import OneActivity
from liveroom.api.activities.question_shapes import QuestionsOfRoundObject, questions_of_round_object
from liveroom.api.activities.questions import OneQuestion
from liveroom.api.codes import Code
from liveroom.api.declare import Who, method
from liveroom.domain.operators.caller import Operator
from liveroom.usecases.activities.admin_questions import AdminQuestions


@method(
    "base/v1/admin/list_questions",
    bad_request=Code.RoomQueryParams,
    who=Who.KEY,
    permission="rooms.view",
    reply=QuestionsOfRoundObject,
    codes=(Code.ActivityNotExists,),
)
async def list_questions(
    call: OneActivity, operator: Operator, admin_questions: AdminQuestions
) -> QuestionsOfRoundObject:
    """List the questions of a round, running or over: those that wait, and those that were answered."""
    return questions_of_round_object(await admin_questions.list(operator.tenant.name, call.activity_id))


@method(
    "base/v1/admin/remove_question",
    bad_request=Code.RoomQueryParams,
    who=Who.KEY,
    permission="rooms.moderate",
    codes=(Code.ActivityNotExists, Code.QuestionNotExists),
)
async def remove_question(call: OneQuestion, operator: Operator, admin_questions: AdminQuestions) -> None:
    """Remove a question, whether it waits or was answered, also of a round that is over. The room is told of it."""
    await admin_questions.remove(operator, call.activity_id, call.question_id)
