"""Asking, seen from inside: modules of this process, questions that come late, many at once, and any JSON as answer."""

import asyncio
import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liveroom.domain.errors import HookRefused
from liveroom.domain.hooks import (
    BREAK,
    BREAKS_AFTER,
    SENTENCE_MAX,
    Answer,
    Hook,
    HookBreaker,
    HookFailed,
    Moment,
    Otherwise,
    check_changes,
    read_answer,
)
from liveroom.domain.ids import DEFAULT_TENANT, RoomId
from liveroom.domain.rooms import RoomChanges, RoomState
from liveroom.usecases.hook_calls import AT_ONCE, Asking, Question
from tests.usecases.conftest import World
from tests.worlds import WoundClock

NOTHING = RoomChanges()
QUESTION = Question(Moment.ENTER, DEFAULT_TENANT, "ktv", {"userId": "1", "category": "ktv"})


class Answering:
    """Who asks, and is answered as the test wants it."""

    def __init__(self, answer: Any) -> None:
        self.answer = answer
        self.bodies: list[Mapping[str, Any]] = []
        self.under_way = self.most_under_way = 0
        self.full, self.let_go = asyncio.Event(), asyncio.Event()
        self.let_go.set()

    async def ask(self, hook: Hook, id: str, now: datetime, body: bytes) -> Any:
        self.bodies.append(json.loads(body))
        self.under_way += 1
        self.most_under_way = max(self.most_under_way, self.under_way)
        if self.under_way == AT_ONCE:
            self.full.set()
        try:
            await self.let_go.wait()
        finally:
            self.under_way -= 1
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer

    async def close(self) -> None:
        return


class Untouched:
    """A store that nobody may ask for anything."""

    def __getattr__(self, name: str) -> Any:
        raise AssertionError(name)


async def asking(world: World, asker: Answering, moment: Moment = Moment.ENTER, **values: Any) -> Asking:
    """Return what asks one hook of the default tenant."""
    hooks = world.core.asking.hooks
    await hooks.add(DEFAULT_TENANT, moment, "https://example.com/ask", **values)
    return Asking(hooks, asker, world.core.clock)


async def test_modules_are_asked_before_hooks_which_know_what_they_changed(world: World) -> None:
    asker = Answering({"allow": True, "set": {"subject": "from the hook"}})
    ask = await asking(world, asker, Moment.GO_LIVE)

    async def module(question: Question) -> Answer:
        return Answer(allow=True, changes={"title": question.data["userId"] + " is live", "category": "chat"})

    ask.add_own(Moment.GO_LIVE, module)
    changes = await ask.ask(QUESTION._replace(moment=Moment.GO_LIVE))
    assert changes == {"title": "1 is live", "category": "chat", "subject": "from the hook"}
    assert asker.bodies[0]["data"] == {"userId": "1", "category": "chat", "title": "1 is live"}


async def test_a_module_refuses_by_its_answer_or_by_raising_and_nobody_is_asked_after_it(world: World) -> None:
    asker = Answering({"allow": True})

    async def no(_: Question) -> Answer:
        return Answer(allow=False, message="not today")

    async def raises(_: Question) -> Answer:
        raise HookRefused("not today")

    ask = await asking(world, asker)
    for module in (no, raises):
        ask.own.clear()
        ask.add_own(Moment.ENTER, module)
        with pytest.raises(HookRefused) as refused:
            await ask.ask(QUESTION)
        assert refused.value.detail == "not today"
    assert asker.bodies == []


async def test_a_module_with_an_error_of_its_own_refuses_nobody(world: World) -> None:
    async def broken(_: Question) -> Answer:
        raise KeyError("oh")

    async def greedy(_: Question) -> Answer:
        return Answer(allow=True, changes={"owner": "me"})

    ask = Asking(world.core.asking.hooks, Answering(None), world.core.clock)
    for module in (broken, greedy):
        ask.add_own(Moment.ENTER, module)
    assert await ask.ask(QUESTION) == {}


async def test_a_slow_hook_is_asked_so_many_questions_at_once_and_no_more(world: World) -> None:
    asker = Answering({"allow": True})
    asker.let_go.clear()
    ask = await asking(world, asker)
    crowd = [asyncio.create_task(ask.ask(QUESTION)) for _ in range(AT_ONCE + 50)]
    await asker.full.wait()
    asker.let_go.set()
    assert await asyncio.gather(*crowd) == [{}] * len(crowd)
    assert asker.most_under_way == AT_ONCE
    assert len(asker.bodies) == len(crowd)


async def test_a_room_that_ended_in_that_moment_is_asked_about_late_and_the_place_given_back(world: World) -> None:
    host = await world.make_actor()
    room = await world.go_live(host)
    ask = await asking(world, Answering({"allow": False, "message": "closed for today"}), Moment.GO_LIVE)
    rooms = world.core.services.rooms
    late = replace(rooms, consents=replace(rooms.consents, asking=ask))
    stored = await world.core.db.rooms.get(room)
    assert stored is not None

    async def end_the_room(_: Question) -> Answer:
        await rooms.destroy(host, room)
        return Answer(allow=True)

    ask.add_own(Moment.ENTER, end_the_room)
    await rooms.leave(host, room)
    with pytest.raises(HookRefused, match="closed for today"):
        await late.enter(host, room, role="anchor", changes=NOTHING)
    assert [place.room for place in await world.core.live.places(host.user)] == []
    stored = await world.core.db.rooms.get(room)
    assert stored is not None
    assert stored.state is RoomState.CLOSED


async def test_a_tenant_without_hooks_is_asked_nothing_and_looks_nothing_up(world: World) -> None:
    host, guest = await world.make_actor(), await world.make_actor()
    room = await world.go_live(host)
    rooms = world.core.services.rooms
    untouched: Any = Untouched()
    rooms = replace(rooms, consents=replace(rooms.consents, db=untouched, live=untouched))
    entered = await rooms.enter(guest, RoomId(room), role=None, changes=NOTHING)
    assert entered.room.id == room


def test_a_hook_is_left_alone_after_failures_in_a_row_and_asked_once_in_a_while() -> None:
    breaker, clock = HookBreaker(), WoundClock()
    for _ in range(BREAKS_AFTER - 1):
        assert not breaker.failed(clock.now())
    assert breaker.lets_through(clock.now())
    assert not breaker.succeeded()
    assert [breaker.failed(clock.now()) for _ in range(BREAKS_AFTER)] == [False] * (BREAKS_AFTER - 1) + [True]
    assert not breaker.lets_through(clock.now())
    clock.advance(BREAK)
    assert [breaker.lets_through(clock.now()) for _ in range(3)] == [True, False, False]
    assert not breaker.failed(clock.now()), "it was left alone before"
    assert not breaker.lets_through(clock.now())
    clock.advance(BREAK)
    assert breaker.lets_through(clock.now())
    assert breaker.succeeded()
    assert all(breaker.lets_through(clock.now()) for _ in range(3))


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=300),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=3),
    max_leaves=6,
)
_FIELDS = st.sampled_from(["role", "title", "category", "cover", "subject", "description", "capacity", "owner"])
_ANSWERS = _JSON | st.fixed_dictionaries(
    {"allow": st.booleans()}, optional={"message": _JSON, "set": _JSON | st.dictionaries(_FIELDS, _JSON, max_size=3)}
)


@given(st.sampled_from(Moment), _ANSWERS)
def test_any_json_is_an_answer_within_bounds_or_none(moment: Moment, given: Any) -> None:
    try:
        answer = read_answer(moment, given)
    except HookFailed:
        return
    assert len(answer.message) <= SENTENCE_MAX
    assert answer.message.isprintable()
    assert answer.allow or not answer.changes
    check_changes(moment, answer.changes)


async def test_one_that_has_to_answer_and_hangs_ends_in_its_time(world: World) -> None:
    asker = Answering({"allow": True})
    asker.let_go.clear()
    ask = await asking(world, asker, timeout=timedelta(milliseconds=100), otherwise=Otherwise.ALLOW)
    assert await ask.ask(QUESTION) == {}
    assert asker.under_way == 0
