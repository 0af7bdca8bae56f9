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
from liveroom.domain.hooks.model import (
    BREAK,
    BREAKS_AFTER,
    SENTENCE_MAX,
    Hook,
    HookAnswer,
    HookBreaker,
    HookFailed,
    HookType,
    Otherwise,
    check_changes,
    read_answer,
)
from liveroom.domain.ids import DEFAULT_TENANT, RoomId
from liveroom.domain.rooms.model import RoomChanges, RoomStatus
from liveroom.usecases.hooks.calls import AT_ONCE, HookCall, HookCalls
from liveroom.usecases.hooks.entering import EntryHooks
from liveroom.usecases.rooms.entering import Entering
from tests.usecases.conftest import World
from tests.worlds import WoundClock

NOTHING = RoomChanges()
QUESTION = HookCall(HookType.ENTER, DEFAULT_TENANT, "ktv", {"userId": "1", "category": "ktv"})


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


async def hook_calls(world: World, client: Answering, hook_type: HookType = HookType.ENTER, **values: Any) -> HookCalls:
    """Return what asks one hook of the default tenant."""
    hooks = world.core.hook_calls.hooks
    await hooks.add(DEFAULT_TENANT, hook_type, "https://example.com/ask", **values)
    return HookCalls(hooks, client, world.core.clock)


async def test_modules_are_asked_before_hooks_which_know_what_they_changed(world: World) -> None:
    client = Answering({"allow": True, "set": {"subject": "from the hook"}})
    ask = await hook_calls(world, client, HookType.GO_LIVE)

    async def module(question: HookCall) -> HookAnswer:
        return HookAnswer(allow=True, changes={"title": question.data["userId"] + " is live", "category": "chat"})

    ask.add_local(HookType.GO_LIVE, module)
    changes = await ask.ask(QUESTION._replace(hook_type=HookType.GO_LIVE))
    assert changes == {"title": "1 is live", "category": "chat", "subject": "from the hook"}
    assert client.bodies[0]["data"] == {"userId": "1", "category": "chat", "title": "1 is live"}


async def test_a_hook_is_asked_about_a_room_that_a_module_has_moved_into_its_category(world: World) -> None:
    client = Answering({"allow": True})
    ask = await hook_calls(world, client, HookType.GO_LIVE, categories=frozenset({"chat"}))

    async def module(_: HookCall) -> HookAnswer:
        return HookAnswer(allow=True, changes={"category": "chat"})

    question = QUESTION._replace(hook_type=HookType.GO_LIVE)
    await ask.ask(question)
    assert client.bodies == []
    ask.add_local(HookType.GO_LIVE, module)
    await ask.ask(question)
    assert [body["data"]["category"] for body in client.bodies] == ["chat"]


async def test_a_module_refuses_by_its_answer_or_by_raising_and_nobody_is_asked_after_it(world: World) -> None:
    client = Answering({"allow": True})

    async def no(_: HookCall) -> HookAnswer:
        return HookAnswer(allow=False, message="not today")

    async def raises(_: HookCall) -> HookAnswer:
        raise HookRefused("not today")

    ask = await hook_calls(world, client)
    for module in (no, raises):
        ask.local.clear()
        ask.add_local(HookType.ENTER, module)
        with pytest.raises(HookRefused) as refused:
            await ask.ask(QUESTION)
        assert refused.value.detail == "not today"
    assert client.bodies == []


async def test_a_module_with_an_error_of_its_own_refuses_nobody(world: World) -> None:
    async def broken(_: HookCall) -> HookAnswer:
        raise KeyError("oh")

    async def greedy(_: HookCall) -> HookAnswer:
        return HookAnswer(allow=True, changes={"owner": "me"})

    ask = HookCalls(world.core.hook_calls.hooks, Answering(None), world.core.clock)
    for module in (broken, greedy):
        ask.add_local(HookType.ENTER, module)
    assert await ask.ask(QUESTION) == {}


async def test_a_slow_hook_is_asked_so_many_questions_at_once_and_no_more(world: World) -> None:
    client = Answering({"allow": True})
    client.let_go.clear()
    ask = await hook_calls(world, client)
    crowd = [asyncio.create_task(ask.ask(QUESTION)) for _ in range(AT_ONCE + 50)]
    await client.full.wait()
    client.let_go.set()
    assert await asyncio.gather(*crowd) == [{}] * len(crowd)
    assert client.most_under_way == AT_ONCE
    assert len(client.bodies) == len(crowd)


def entering_with(entering: Entering, entry_hooks: EntryHooks) -> Entering:
    return replace(entering, entry_hooks=entry_hooks, admissions=replace(entering.admissions, entry_hooks=entry_hooks))


async def test_a_room_that_ended_in_that_moment_is_asked_about_late_and_the_place_given_back(world: World) -> None:
    host = await world.make_actor()
    room = await world.go_live(host)
    ask = await hook_calls(world, Answering({"allow": False, "message": "closed for today"}), HookType.GO_LIVE)
    services = world.core.services
    late = entering_with(services.entering, replace(services.entering.entry_hooks, hook_calls=ask))
    stored = await world.core.db.rooms.get(room)
    assert stored is not None

    async def end_the_room(_: HookCall) -> HookAnswer:
        await services.rooms.destroy(host, room)
        return HookAnswer(allow=True)

    ask.add_local(HookType.ENTER, end_the_room)
    await services.departures.leave(host, room)
    with pytest.raises(HookRefused, match="closed for today"):
        await late.enter(host, room, role="anchor", changes=NOTHING)
    assert [entry.room for entry in await world.core.live.entries(host.user)] == []
    stored = await world.core.db.rooms.get(room)
    assert stored is not None
    assert stored.state is RoomStatus.CLOSED


async def test_a_tenant_without_hooks_is_asked_nothing_and_looks_nothing_up(world: World) -> None:
    host, guest = await world.make_actor(), await world.make_actor()
    room = await world.go_live(host)
    untouched: Any = Untouched()
    entering = world.core.services.entering
    entering = entering_with(entering, replace(entering.entry_hooks, db=untouched, live=untouched))
    entered = await entering.enter(guest, RoomId(room), role=None, changes=NOTHING)
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


@given(st.sampled_from(HookType), _ANSWERS)
def test_any_json_is_an_answer_within_bounds_or_none(hook_type: HookType, given: Any) -> None:
    try:
        answer = read_answer(hook_type, given)
    except HookFailed:
        return
    assert len(answer.message) <= SENTENCE_MAX
    assert answer.message.isprintable()
    assert answer.allow or not answer.changes
    check_changes(hook_type, answer.changes)


async def test_one_that_has_to_answer_and_hangs_ends_in_its_time(world: World) -> None:
    client = Answering({"allow": True})
    client.let_go.clear()
    ask = await hook_calls(world, client, timeout=timedelta(milliseconds=100), otherwise=Otherwise.ALLOW)
    assert await ask.ask(QUESTION) == {}
    assert client.under_way == 0
