"""What operators do with questions: they see those of a round, and remove one."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from liveroom.domain.activities.failures import ActivityNotFound, QuestionNotFound
from liveroom.domain.activities.model import Activity
from liveroom.domain.activities.questions import REMOVE, Questions
from liveroom.domain.activities.rules import ActivityMember
from liveroom.domain.ids import TenantName, UserId
from liveroom.domain.operators.caller import Operator
from liveroom.ports import Tx
from liveroom.usecases.activities.changes import ActivityChanges, ActivityView, WrittenActivity, find, lock
from liveroom.usecases.activities.questions import KnownAnswer, ListedQuestion, pruned, seen, with_askers

ANSWERED_SHOWN: Final = 200
_NOBODY: Final = UserId("")


class QuestionsOfRound(NamedTuple):
    """What is asked in a round, and what was answered last."""

    waiting: Sequence[ListedQuestion]
    answered: Sequence[KnownAnswer]


@dataclass(frozen=True, slots=True)
class AdminQuestions:
    """Does it for an operator."""

    changes: ActivityChanges

    async def list(self, tenant: TenantName, id: str) -> QuestionsOfRound:
        """Return the questions of a round, running or over. Raises ``ActivityNotFound``."""
        known = await self._find(tenant, id)
        answered = await self.changes.db.questions.page(id, 0, ANSWERED_SHOWN)
        waiting = () if known.is_over else seen(ActivityView(known)).questions
        return QuestionsOfRound(waiting, await with_askers(self.changes.db, answered))

    async def remove(self, operator: Operator, id: str, question: str) -> None:
        """Remove a question, whether it waits or was answered, also of a round that is over.

        Raises ``ActivityNotFound``, ``QuestionNotFound``.
        """
        known = await self._find(operator.tenant.name, id)

        async def work(tx: Tx) -> WrittenActivity | None:
            room, activity = await lock(tx, known)
            answered = await tx.questions.get(id, question)
            await tx.questions.remove(id, question)
            ruled = None if activity is None or activity.is_over else self.changes.types.read(activity)
            if room is None or ruled is None:
                if answered is None:
                    raise QuestionNotFound
                return None
            data = {"question": question, "by": None if answered is None else answered.by}
            host = ActivityMember(_NOBODY, is_host=True)
            step = ruled.rules.act(ruled.state, REMOVE, data, host, self.changes.now())
            return await self.changes.step(tx, room, pruned(ruled, step), step, REMOVE, None)

        await self.changes.commit_if_due(work)
        operator.change.note({}, {"question": question})

    async def _find(self, tenant: TenantName, id: str) -> Activity:
        known = await find(self.changes.db, tenant, id)
        if known.type != Questions.type:
            raise ActivityNotFound
        return known
