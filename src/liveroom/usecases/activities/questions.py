"""Questions of a room: an activity of the type ``questions``, of which a room has one at a time.

Members ask and vote, hosts and moderators say which one is on, answer and remove. What was answered is kept in rows,
written in the transaction of the step.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final, NamedTuple

import msgspec

from liveroom.domain.accounts.sessions import Actor
from liveroom.domain.accounts.users import User
from liveroom.domain.activities.failures import ActivityNotFound
from liveroom.domain.activities.model import Activity
from liveroom.domain.activities.question_state import (
    AnsweredQuestion,
    AskedQuestion,
    QuestionsState,
    WhoAsks,
    by_votes,
    waiting_question,
    waiting_votes,
)
from liveroom.domain.activities.questions import ANSWER, ASK, MARK, REMOVE, Questions, QuestionsParams
from liveroom.domain.activities.rules import ActivityStep
from liveroom.domain.follows.model import Pair
from liveroom.domain.ids import RoomId, UserId
from liveroom.domain.messages.model import Priority
from liveroom.domain.messages.speaking import time_between
from liveroom.domain.messages.words import TextKind
from liveroom.domain.rooms.paging import cut
from liveroom.domain.rooms.permissions import Rank
from liveroom.ports import Database, Tx
from liveroom.usecases.activities.changes import ActivityView, find
from liveroom.usecases.activities.hosting import Activities, KnownActivity
from liveroom.usecases.activities.types import Ruled
from liveroom.usecases.activities.voting import Vote, Voted, Votes
from liveroom.usecases.rates import check_rate
from liveroom.usecases.rooms.ranks import Ranked, check_member

ASKS: Final = 6
"""Questions that one person may ask within ``ASKS_WINDOW``, also such as are refused or removed."""
ASKS_WINDOW: Final = timedelta(minutes=1)
TAKEN_BACK: Final = 20
"""Votes that one person may take back within ``TAKEN_BACK_WINDOW``."""
TAKEN_BACK_WINDOW: Final = timedelta(seconds=10)
_decode: Final = msgspec.json.Decoder(QuestionsState).decode


class ListedQuestion(NamedTuple):
    """A question that waits."""

    asked: AskedQuestion
    votes: int
    is_voted: bool
    """By the caller."""


class QuestionsView(NamedTuple):
    """A round, with all that waits for an answer: what has most votes first."""

    activity: Activity
    state: QuestionsState
    questions: Sequence[ListedQuestion]


class QuestionChange(NamedTuple):
    """A round after something was done with one of its questions."""

    activity: Activity
    question: str
    waiting: int
    """How many wait for an answer."""


class KnownAnswer(NamedTuple):
    """A question that was answered, and who asked it."""

    question: AnsweredQuestion
    user: User | None
    """None: they are gone."""


@dataclass(frozen=True, slots=True)
class RoomQuestions:
    """What people do in rounds of questions. Each raises what ``Activities.act`` does."""

    activities: Activities
    votes: Votes

    async def open(self, actor: Actor, room: RoomId, params: QuestionsParams) -> QuestionsView:
        """Begin a round in a live room. Raises what ``Activities.start`` does."""
        return seen(await self.activities.start(actor, room, Questions.type, params))

    async def read(self, actor: Actor, room: RoomId) -> QuestionsView:
        """Return the round of a room with what the caller has voted for, to members.

        Raises ``RoomNotFound``, ``NotInRoom``, ``ActivityNotFound``.
        """
        ranked = await self.activities.ranks.check_reader(actor, room)
        running = [one.id for one in ranked.room.options.activities if one.type == Questions.type]
        row = await self._db.activities.get(running[0]) if running else None
        if row is None or row.is_over:
            raise ActivityNotFound
        ballots = await self._db.ballots.known(row.id, [actor.user])
        return seen(ActivityView(row), {subject for _, subject in ballots})

    async def ask(self, actor: Actor, id: str, text: str) -> QuestionChange:
        """Ask a question, as a member who may write in the room and whom the round lets ask.

        Raises ``BadRequest``, ``UserMuted``, ``FollowersOnly``, ``NotSeated``, ``ContentRefused``, ``QuestionAsked``,
        ``TooManyQuestions`` too.
        """
        await check_rate(self.activities.ranks.live, f"questions:{actor.user}", limit=ASKS, window=ASKS_WINDOW)
        known = await self.activities.known(actor, id, Questions.type)
        check_member(known.ranked)
        await self._check_may_write(actor, known.ranked)
        room, state = known.ranked.room, _decode(known.activity.state)
        follows = state.who is WhoAsks.FOLLOWERS and await self._follows(actor, room.owner)
        data = {"text": await self._screened(actor, known, text), "owner": room.owner, "follows": follows}
        activity = (await self.activities.act_in(actor, known, ASK, data, _prune)).activity
        waiting = _decode(activity.state).waiting
        return QuestionChange(activity, waiting[-1].id, len(waiting))

    async def vote(self, actor: Actor, id: str, question: str, *, up: bool) -> Voted:
        """Vote for a question that waits, or take that vote back: either counts once, however often it is called.

        Raises ``ActivityNotFound``, ``ActivityOver``, ``NotInRoom``, ``QuestionNotFound``, and ``RateLimited`` for who
        takes back too often.
        """
        if not up:
            live, key = self.activities.ranks.live, f"questions:votes:{actor.user}"
            await check_rate(live, key, limit=TAKEN_BACK, window=TAKEN_BACK_WINDOW)
        vote = Vote(actor.tenant.name, actor.user, id, [question], type=Questions.type, takes_back=not up)
        return await self.votes.settle(vote)

    async def mark(self, actor: Actor, id: str, question: str) -> QuestionChange:
        """Say which question is being answered; "": none. Raises ``PermissionDenied``, ``QuestionNotFound`` too."""
        known = await self.activities.known(actor, id, Questions.type)
        return _changed(await self.activities.act_in(actor, known, MARK, {"question": question}, _prune), question)

    async def answer(self, actor: Actor, id: str, question: str, answer: str) -> QuestionChange:
        """Say that a question was answered, with what is written about it.

        Raises ``BadRequest``, ``PermissionDenied``, ``ContentRefused``, ``QuestionNotFound`` too.
        """
        known = await self.activities.known(actor, id, Questions.type)
        shown = await self._screened(actor, known, answer)

        async def keep(tx: Tx, ruled: Ruled, step: ActivityStep[QuestionsState]) -> Ruled:
            asked = waiting_question(ruled.state, question)
            row = AnsweredQuestion(
                activity=ruled.activity.id,
                place=step.state.answered,
                question=asked.id,
                by=asked.by,
                text=asked.text,
                answer=shown,
                answered_by=actor.user,
                votes=ruled.activity.tally.get(asked.id, 0),
                at=self.activities.changes.now(),
            )
            await tx.questions.add(row)
            return pruned(ruled, step)

        data = {"question": question, "answer": shown}
        return _changed(await self.activities.act_in(actor, known, ANSWER, data, keep), question)

    async def remove(self, actor: Actor, id: str, question: str) -> QuestionChange:
        """Remove a question, whether it waits or was answered: one's own, or any as a host or moderator.

        Raises ``PermissionDenied``, ``QuestionNotFound`` too.
        """
        known = await self.activities.known(actor, id, Questions.type)
        answered = await self._db.questions.get(id, question)
        data = {"question": question, "by": None if answered is None else answered.by}

        async def drop(tx: Tx, ruled: Ruled, step: ActivityStep[QuestionsState]) -> Ruled:
            await tx.questions.remove(id, question)
            return pruned(ruled, step)

        return _changed(await self.activities.act_in(actor, known, REMOVE, data, drop), question)

    async def answered(self, actor: Actor, id: str, *, cursor: int, limit: int) -> tuple[Sequence[KnownAnswer], str]:
        """Return what was answered in a round, the last one first, to members of its room; with the next cursor.

        Raises ``ActivityNotFound``, ``RoomNotFound``, ``NotInRoom``.
        """
        activity = await find(self._db, actor.tenant.name, id)
        await self.activities.ranks.check_reader(actor, activity.room)
        found, following = cut(
            await self._db.questions.page(id, cursor, limit + 1), limit, lambda one: str(one.place)
        )  # fmt: skip
        return await with_askers(self._db, found), following

    @property
    def _db(self) -> Database:
        return self.activities.changes.db

    async def _check_may_write(self, actor: Actor, ranked: Ranked) -> None:
        """Raise ``UserMuted`` for who may not write in the room, or where nobody may."""
        room, rank = ranked.room, ranked.rank
        access = await self._db.room_access.get(room.id, actor.user)
        now, owns = self.activities.changes.now(), rank is Rank.OWNER
        time_between(room.options, access, rank, Priority.NORMAL, now, owns=owns)

    async def _follows(self, actor: Actor, owner: UserId) -> bool:
        return await self._db.follows.since(Pair(actor.user, owner)) is not None

    async def _screened(self, actor: Actor, known: KnownActivity, text: str) -> str:
        """Return a text on one line, as it may be shown. Raises ``ContentRefused``."""
        written, room, tenant = " ".join(text.split()), known.ranked.room, actor.tenant.name
        screening = self.activities.screening
        if not screening.looks_at(tenant):
            return written
        return await screening.words(
            tenant, TextKind.ACTIVITY, written, user=actor.user, room=room.id, category=room.category
        )


def seen(view: ActivityView, voted: Collection[str] = ()) -> QuestionsView:
    """Return a round with all that waits in it. ``voted``: for what somebody has voted."""
    activity = view.activity
    state, tally = _decode(activity.state), activity.tally
    listed = [ListedQuestion(one, tally.get(one.id, 0), one.id in voted) for one in by_votes(state, tally)]
    return QuestionsView(activity, state, listed)


async def with_askers(db: Database, questions: Sequence[AnsweredQuestion]) -> Sequence[KnownAnswer]:
    """Return questions with who asked them."""
    users: Mapping[UserId, User] = {user.id: user for user in await db.users.list([one.by for one in questions])}
    return [KnownAnswer(one, users.get(one.by)) for one in questions]


def pruned(ruled: Ruled, step: ActivityStep[QuestionsState]) -> Ruled:
    """Return a round without what was counted for questions that wait no longer after the step."""
    activity = ruled.activity
    return ruled._replace(activity=replace(activity, tally=waiting_votes(step.state, activity.tally)))


async def _prune(tx: Tx, ruled: Ruled, step: ActivityStep[QuestionsState]) -> Ruled:
    return pruned(ruled, step)


def _changed(view: ActivityView, question: str) -> QuestionChange:
    return QuestionChange(view.activity, question, len(_decode(view.activity.state).waiting))
