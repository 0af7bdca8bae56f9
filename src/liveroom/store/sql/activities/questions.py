"""Questions that were answered, of a round each: by their places, which are the order in which they were."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import BigInteger, Integer, bindparam, delete, insert, select

from liveroom.domain.activities.question_state import AnsweredQuestion
from liveroom.domain.ids import UserId
from liveroom.store.sql.activity_tables import questions
from liveroom.store.sql.dialect import Row, statement
from liveroom.store.sql.instants import instant, millis
from liveroom.store.sql.runner import Runner

_C: Final = questions.c
_OF: Final = _C.activity == bindparam("of")
_ONE: Final = _C.question == bindparam("which")
_BEHIND: Final = 2**62
"""Behind every place."""
_ADD: Final = statement(insert(questions))
_GET: Final = statement(select(questions).where(_OF, _ONE))
_PAGE: Final = statement(
    select(questions)
    .where(_OF, _C.place < bindparam("before", type_=BigInteger))
    .order_by(_C.place.desc())
    .limit(bindparam("limit", type_=Integer))
)
_REMOVE: Final = statement(delete(questions).where(_OF, _ONE))


@dataclass(frozen=True, slots=True)
class SqlQuestions:
    """``ports.QuestionRows``."""

    _runner: Runner

    async def add(self, question: AnsweredQuestion) -> None:
        await self._runner.run(
            _ADD,
            activity=question.activity,
            place=question.place,
            question=question.question,
            user_id=question.by,
            words=question.text,
            answer=question.answer,
            answered_by=question.answered_by,
            votes=question.votes,
            at=millis(question.at),
        )

    async def get(self, activity: str, question: str) -> AnsweredQuestion | None:
        row = await self._runner.row(_GET, of=activity, which=question)
        return _read(row) if row else None

    async def page(self, activity: str, before: int, limit: int) -> Sequence[AnsweredQuestion]:
        rows = await self._runner.rows(_PAGE, of=activity, before=before or _BEHIND, limit=limit)
        return [_read(row) for row in rows]

    async def remove(self, activity: str, question: str) -> None:
        await self._runner.run(_REMOVE, of=activity, which=question)


def _read(row: Row) -> AnsweredQuestion:
    activity, place, question, by, text, answer, answered_by, votes, at = row
    return AnsweredQuestion(
        activity, place, question, UserId(by), text, answer, UserId(answered_by), votes, instant(at)
    )  # fmt: skip
