"""A round of questions from its beginning to its end: with two processes, mutes, late votes and people who leave."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
import pytest

from liveroom.domain.accounts.sessions import Actor
from liveroom.domain.activities.failures import (
    ActivityNotFound,
    ActivityOver,
    QuestionAsked,
    QuestionNotFound,
    TooManyActivities,
    TooManyQuestions,
)
from liveroom.domain.activities.model import ActivityEnd
from liveroom.domain.activities.question_state import WhoAsks
from liveroom.domain.activities.questions import QuestionsParams
from liveroom.domain.errors import (
    ContentRefused,
    HookRefused,
    NotInRoom,
    NotSeated,
    PermissionDenied,
    RateLimited,
    RoomMuted,
    UserMuted,
)
from liveroom.domain.follows.failures import FollowersOnly
from liveroom.domain.hooks.model import HookAnswer, HookType
from liveroom.domain.rooms.model import CloseReason, RoomChanges
from liveroom.domain.rooms.options import OptionChanges
from liveroom.usecases.activities.questions import ASKS, TAKEN_BACK, QuestionsView, RoomQuestions
from liveroom.usecases.hooks.calls import HookCall
from tests.usecases.activities.evening import Evening, begin_evening
from tests.usecases.conftest import World


@dataclass
class Round:
    """A room with a round of questions."""

    evening: Evening
    id: str = ""

    @property
    def questions(self) -> RoomQuestions:
        return self.evening.services.questions

    @property
    def host(self) -> Actor:
        return self.evening.host

    @property
    def fans(self) -> Sequence[Actor]:
        return self.evening.fans

    async def open(self, **given: Any) -> None:
        view = await self.questions.open(self.host, self.evening.room, QuestionsParams(**given))
        self.id = view.activity.id

    async def ask(self, who: Actor, text: str) -> str:
        return (await self.questions.ask(who, self.id, text)).question

    async def vote(self, who: Actor, question: str, *, up: bool = True) -> tuple[int, bool]:
        """Vote; return how many the question has, and whether nothing has changed."""
        voted = await self.questions.vote(who, self.id, question, up=up)
        return voted.view.activity.tally.get(question, 0), voted.is_repeated

    async def read(self, who: Actor | None = None) -> QuestionsView:
        return await self.questions.read(who or self.host, self.evening.room)

    async def listed(self, who: Actor | None = None) -> list[tuple[str, int, bool]]:
        return [(one.asked.text, one.votes, one.is_voted) for one in (await self.read(who)).questions]

    async def shown(self) -> Any:
        """Return what the room's state has of the round."""
        (running,) = await self.evening.shown()
        return msgspec.json.decode(running.shown)


@pytest.fixture
async def round(world: World) -> Round:
    return Round(await begin_evening(world, 3))


async def test_questions_are_asked_voted_up_and_answered_and_the_room_hears_all_of_it(
    round: Round, world: World
) -> None:
    ann, bob, cat = round.fans
    await round.open(topic="Ask me")
    why, when = await round.ask(ann, "  Why \n so late? "), await round.ask(bob, "When next?")
    assert await round.vote(ann, when) == (1, False)
    assert await round.vote(cat, when) == (2, False)
    assert await round.vote(cat, why) == (1, False)
    assert await round.vote(cat, why, up=False) == (0, False)
    assert await round.listed(cat) == [("When next?", 2, True), ("Why so late?", 0, False)]
    await round.questions.mark(round.host, round.id, when)
    assert (await round.shown())["marked"]["text"] == "When next?"
    await round.questions.answer(round.host, round.id, when, "On Friday")
    shown = await round.shown()
    assert (shown["marked"], shown["last"]["answer"], shown["waiting"]) == (None, "On Friday", [why])
    (known,), cursor = await round.questions.answered(cat, round.id, cursor=0, limit=20)
    assert (known.question.text, known.question.votes, known.question.by, cursor) == ("When next?", 2, bob.user, "")
    assert known.user is not None
    ended = await round.evening.services.activities.end(round.host, round.id)
    assert ended.activity.end is ActivityEnd.ENDED
    assert msgspec.json.decode(ended.activity.result) == {"topic": "Ask me", "asked": 2, "answered": 1}
    assert ann.user not in ended.activity.state
    assert "late" not in ended.activity.state
    world.pass_by(1)
    recent = await world.core.live.channels.recent(round.evening.room, after=0, limit=100)
    events = [event for one in recent.publications for event in one.events if str(event.kind).startswith("activity.")]
    told = [msgspec.json.decode(one.data or b"") for one in events]
    actions = [one["action"] for one in told if "action" in one]
    assert (actions, told[0]["type"], told[-1]["reason"]) == (["ask", "ask", "mark", "answer"], "questions", "ended")
    for late in (round.ask(ann, "Still there?"), round.vote(ann, why)):
        with pytest.raises(ActivityOver):
            await late
    assert len((await round.questions.answered(ann, round.id, cursor=0, limit=20))[0]) == 1


async def test_a_vote_counts_once_and_is_taken_back_once_also_in_one_moment(round: Round) -> None:
    ann, bob, _ = round.fans
    await round.open()
    why = await round.ask(ann, "Why?")
    assert sorted(await asyncio.gather(*(round.vote(bob, why) for _ in range(4)))) == [(1, False), *[(1, True)] * 3]
    assert [one[1] for one in await asyncio.gather(*(round.vote(bob, why, up=False) for _ in range(3)))].count(
        False
    ) == 1
    assert await round.listed(bob) == [("Why?", 0, False)]
    assert await round.vote(bob, why) == (1, False)
    row = await round.evening.row(round.id)
    assert (row.votes, dict(row.tally)) == (3, {why: 1}), "each was told, so each counts as something newer"
    with pytest.raises(QuestionNotFound):
        await round.vote(bob, "q9", up=False)


async def test_votes_of_a_question_that_waits_no_longer_are_not_counted_on(round: Round) -> None:
    ann, bob, cat = round.fans
    await round.open()
    why, when = await round.ask(ann, "Why?"), await round.ask(bob, "When?")
    for fan in (ann, bob, cat):
        await round.vote(fan, why)
    await round.vote(cat, when)
    tries = await asyncio.gather(
        round.questions.remove(round.host, round.id, why),
        *(round.vote(fan, when) for fan in (ann, bob)),
        return_exceptions=True,
    )
    assert not any(isinstance(one, BaseException) for one in tries)
    assert dict((await round.evening.row(round.id)).tally) == {when: 3}
    with pytest.raises(QuestionNotFound):
        await round.vote(ann, why)


async def test_what_is_asked_by_two_at_once_waits_once_and_nobody_has_too_many(round: Round, world: World) -> None:
    await round.open(most=2)
    async with world.neighbour() as other:
        there = other.services.connecting.activities.questions
        asked = await asyncio.gather(
            *(one.ask(fan, round.id, "Why?") for fan in round.fans for one in (round.questions, there)),
            *(there.ask(round.fans[0], round.id, f"{number}?") for number in range(3)),
            return_exceptions=True,
        )
    assert sum(isinstance(one, QuestionAsked) for one in asked) >= 3
    assert any(isinstance(one, TooManyQuestions) for one in asked)
    waiting = (await round.read()).state.waiting
    assert sum(one.text == "Why?" for one in waiting) == 1
    assert sum(one.by == round.fans[0].user for one in waiting) <= 2


async def test_who_may_do_what_is_as_the_host_says(round: Round, world: World) -> None:
    ann, bob, _ = round.fans
    with pytest.raises(PermissionDenied):
        await round.questions.open(ann, round.evening.room, QuestionsParams())
    await round.open(who=WhoAsks.SEATED)
    with pytest.raises(TooManyActivities):
        await round.open()
    with pytest.raises(NotSeated):
        await round.ask(ann, "Why?")
    own = await round.ask(round.host, "What would you ask?")
    for refused in (
        round.questions.mark(bob, round.id, own),
        round.questions.answer(bob, round.id, own, ""),
        round.questions.remove(bob, round.id, own),
    ):
        with pytest.raises(PermissionDenied):
            await refused
    stranger = await world.make_actor()
    for outside in (round.ask(stranger, "Why?"), round.vote(stranger, own), round.read(stranger)):
        with pytest.raises(NotInRoom):
            await outside
    poll = await round.evening.poll()
    with pytest.raises(ActivityNotFound):
        await round.questions.vote(ann, poll, "0", up=False)


async def test_followers_ask_where_only_they_may(round: Round, world: World) -> None:
    ann, bob, _ = round.fans
    await round.open(who=WhoAsks.FOLLOWERS)
    with pytest.raises(FollowersOnly) as refused:
        await round.ask(ann, "Why?")
    assert refused.value.owner == round.host.user
    await world.core.services.following.follows.add(bob, round.host.user)
    assert await round.ask(bob, "When?") == "q1"


async def test_who_is_muted_asks_nothing_and_removes_and_votes_still(round: Round, world: World) -> None:
    ann, bob, _ = round.fans
    await round.open()
    why = await round.ask(ann, "Why?")
    rooms = world.core.services.room_moderation
    await rooms.mute(round.host, round.evening.room, ann.user, lasts=None, reason="")
    with pytest.raises(UserMuted):
        await round.ask(ann, "When?")
    assert await round.vote(ann, why) == (1, False)
    await round.questions.remove(ann, round.id, why)
    assert (await round.read()).state.waiting == ()
    assert await round.ask(bob, "Where?") == "q2"


async def test_hooks_judge_what_is_asked_and_answered(round: Round, world: World) -> None:
    async def judge(call: HookCall) -> HookAnswer:
        if call.data["text"] == "bad":
            raise HookRefused("mind your words")
        return HookAnswer(allow=True, changes={"text": f"{call.data['text']}*"})

    world.core.hook_calls.add_local(HookType.TEXT, judge)
    await round.open(topic="Ask")
    why = await round.ask(round.fans[0], "Why?")
    with pytest.raises(ContentRefused):
        await round.ask(round.fans[0], "bad")
    assert ((await round.shown())["topic"], await round.listed()) == ("Ask*", [("Why?*", 0, False)])
    await round.questions.answer(round.host, round.id, why, "So")
    assert (await round.shown())["last"]["answer"] == "So*"


async def test_a_question_goes_when_who_asked_it_leaves_and_what_was_answered_stays(round: Round, world: World) -> None:
    ann, bob, _ = round.fans
    await round.open()
    why, when = await round.ask(ann, "Why?"), await round.ask(bob, "When?")
    await round.ask(ann, "Where?")
    await round.questions.answer(round.host, round.id, why, "")
    await round.questions.mark(round.host, round.id, "q3")
    await world.core.services.departures.leave(ann, round.evening.room)
    assert await round.evening.services.departed.run() == 1
    shown = await round.shown()
    assert (shown["waiting"], shown["marked"], shown["last"]) == ([when], None, None)
    (known,), _ = await round.questions.answered(bob, round.id, cursor=0, limit=20)
    assert known.question.by == ann.user
    enter = world.core.services.entering.enter
    await enter(ann, round.evening.room, role="audience", changes=RoomChanges())
    await round.questions.remove(ann, round.id, why)
    assert await round.questions.answered(bob, round.id, cursor=0, limit=20) == ([], "")
    with pytest.raises(QuestionNotFound):
        await round.questions.remove(ann, round.id, why)


async def test_nobody_asks_or_takes_back_too_often(round: Round) -> None:
    ann = round.fans[0]
    await round.open(most=10)
    asked = await asyncio.gather(*(round.ask(ann, f"{number}?") for number in range(ASKS + 2)), return_exceptions=True)
    assert sum(isinstance(one, RateLimited) for one in asked) == 2
    back = [round.vote(ann, "q1", up=False) for _ in range(TAKEN_BACK + 1)]
    assert sum(isinstance(one, RateLimited) for one in await asyncio.gather(*back, return_exceptions=True)) == 1


async def test_a_round_ends_with_the_broadcast_and_nothing_of_people_is_kept(round: Round, world: World) -> None:
    ann = round.fans[0]
    await round.open()
    await round.ask(ann, "Why?")
    closed = await world.core.broadcasts.close(round.evening.room, CloseReason.OWNER_GONE, broadcast=None)
    assert closed is not None
    assert closed.row is not None
    await world.core.jobs.relay.deliver(closed.row)
    await world.core.jobs.due_activities.run()
    row = await round.evening.row(round.id)
    assert (row.end, msgspec.json.decode(row.result)["asked"]) == (ActivityEnd.CLOSED, 1)
    assert ann.user not in row.state


async def test_where_everybody_is_muted_only_hosts_ask(round: Round, world: World) -> None:
    await round.open()
    options = world.core.services.room_settings.options
    await options.set(round.host, round.evening.room, OptionChanges(muted=True))
    with pytest.raises(RoomMuted):
        await round.ask(round.fans[0], "Why?")
    assert await round.ask(round.host, "Why?") == "q1"
