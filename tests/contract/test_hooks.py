"""Asking hooks, as callers meet them: what the operator's server is asked, and what its answers change."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any, Final

import pytest
import pytest_asyncio
from sqlalchemy import func, select

from liveroom.domain.hooks.model import BREAK, BREAKS_AFTER, Hook, HookType, Otherwise
from liveroom.domain.ids import RoomId, TenantName, UserId, new_id
from liveroom.domain.tenants.model import Language
from liveroom.simulate.endpoint import Mood
from liveroom.store.sql.backend_tables import events
from liveroom.store.sql.dialect import statement
from liveroom.store.sql.tables import broadcasts, ids, outbox, rooms, stays
from tests.hook_server import HookServer, hook_server, refuse
from tests.service import Answer, Device, Service

CATEGORY: Final = "ktv"
_COUNTS: Final = [statement(select(func.count()).select_from(table)) for table in (rooms, broadcasts, stays, outbox)]
_WRITTEN: Final = [statement(select(func.count()).select_from(table)) for table in (ids, events)]


class Stage:
    """A tenant of the test's own, whose operator is asked."""

    def __init__(self, service: Service, server: HookServer, app: str) -> None:
        self.service, self.server, self.app = service, server, app

    async def asks(self, hook_type: HookType = HookType.ENTER, **values: Any) -> Hook:
        return await self.server.hook(self.service.core.hook_calls.hooks, self.app, hook_type, **values)

    async def person(self) -> Device:
        return await self.service.sign_up(app=self.app)

    async def host(self, **changes: Any) -> tuple[Device, str]:
        host = await self.person()
        return host, await host.go_live(**{"category": CATEGORY, "title": "Tonight", **changes})

    async def trace(self, person: Device, room: str) -> Any:
        """Return everything that an enter would leave behind."""
        core = self.service.core
        await core.jobs.backlog.write_all()
        rows = [await core.db.engine.row(asked) for asked in (*_COUNTS, *_WRITTEN)]
        member = await core.live.member(RoomId(room), UserId(person.user)) if room else None
        live = await core.live.room(RoomId(room)) if room else None
        return rows, await core.live.entries(UserId(person.user)), member, live


@pytest_asyncio.fixture(loop_scope="module")
async def stage(service: Service) -> AsyncIterator[Stage]:
    app = f"h{new_id(service.clock.now())[-8:].replace('-', 'x')}"
    await service.make_tenant(app, language=Language.EN)
    async with hook_server() as server:
        yield Stage(service, server, app)
        for hook in service.core.hook_calls.hooks.all():
            await service.core.hook_calls.hooks.remove(hook.id)


def refused(answer: Answer) -> str:
    assert answer.code == 3000, answer.text
    return str(answer.body["errorMessage"])


async def test_the_operator_is_asked_who_enters_what_in_which_role(stage: Stage) -> None:
    host, room = await stage.host()
    await stage.asks()
    guest = await stage.person()
    await guest.call("auth_users/user_update", {"name": "Li", "avatar": "https://example.com/li.png"})
    assert (await guest.enter(room, "audience")).code == 0
    (question,) = stage.server.questions
    assert (question["type"], question["tenant"]) == ("ask.enter", stage.app)
    data = question["data"]
    assert data.pop("broadcastId")
    assert data == {
        "userId": guest.user,
        "name": "Li",
        "avatar": "https://example.com/li.png",
        "roomId": room,
        "category": CATEGORY,
        "title": "Tonight",
        "role": "audience",
        "label": "",
        "ownerId": host.user,
    }


async def test_a_refusal_shows_the_operators_own_sentence(stage: Stage) -> None:
    _, room = await stage.host()
    await stage.asks()
    guest = await stage.person()
    stage.server.decide = lambda _: {"allow": False, "message": "仅限会员\n" + "x" * 300}
    assert refused(await guest.enter(room, "audience")) == ("仅限会员 " + "x" * 300)[:200]
    stage.server.decide = lambda _: {"allow": False}
    assert refused(await guest.enter(room, "audience")) == "you don't have permission to do this"


@pytest.mark.parametrize("hook_type", [HookType.ENTER, HookType.GO_LIVE])
@pytest.mark.parametrize("role", ["", "anchor", "owner", "audience", "singer"])
async def test_a_refusal_leaves_no_trace(hook_type: HookType, role: str, stage: Stage) -> None:
    _, live = await stage.host()
    other, guest = await stage.person(), await stage.person()
    mine = (await guest.call("rooms/generate_roomid")).data["roomId"]
    theirs = (await other.call("rooms/generate_roomid")).data["roomId"]
    await stage.asks(hook_type)
    stage.server.decide = refuse
    for room in ("", mine, guest.user, theirs, *([live] if hook_type is HookType.ENTER else [])):
        before = await stage.trace(guest, room)
        answer = await guest.call("rooms/enter_room", {"roomId": room, "role": role})
        assert answer.code != 0, answer.text
        after = await stage.trace(guest, room)
        if answer.code == 3000 and answer.body["errorMessage"] == "members only":
            assert after == before, room
        assert after[1:] == before[1:], room
    assert stage.server.questions or role in ("audience", "singer")


async def test_one_who_is_refused_elsewhere_stays_where_they_are(stage: Stage) -> None:
    _, first = await stage.host()
    _, second = await stage.host()
    guest = await stage.person()
    await guest.enter(first, "audience")
    await stage.asks()
    stage.server.decide = lambda data: {"allow": data["roomId"] != second}
    refused(await guest.enter(second, "audience"))
    assert guest.user in await guest.members(first)


async def test_going_live_is_asked_about_with_what_the_room_would_be(stage: Stage) -> None:
    await stage.asks(HookType.GO_LIVE)
    host, room = await stage.host(capacity=7, type="TIMER_ROOM")
    (question,) = stage.server.questions
    assert question["type"] == "ask.go_live"
    assert question["data"] == {
        "userId": host.user,
        "name": question["data"]["name"],
        "avatar": "",
        "roomId": room,
        "category": CATEGORY,
        "title": "Tonight",
        "cover": "",
        "subject": "",
        "description": "",
        "capacity": 7,
        "type": "TIMER_ROOM",
    }


async def test_a_scheduled_broadcast_is_asked_about_as_it_was_announced(stage: Stage) -> None:
    await stage.asks(HookType.GO_LIVE)
    host = await stage.person()
    starts = (stage.service.clock.now() + timedelta(hours=1)).strftime("%Y-%m-%d %H:%M:%S")
    said = {"category": CATEGORY, "title": "Tonight", "cover": "c.png", "description": "d", "capacity": 9}
    room = (await host.call("rooms/schedule", {"startUtc": starts, "subject": "s", **said})).data["roomId"]
    assert (await host.enter(room, "anchor", cover="other.png", subject="")).code == 0
    (question,) = stage.server.questions
    assert {name: question["data"][name] for name in said} == said
    assert question["data"]["subject"] == "s", "an enter cannot say another"


async def test_going_live_may_get_other_fields_than_were_asked_for(stage: Stage) -> None:
    fields = {"title": "Reviewed", "category": "chat", "cover": "https://example.com/c.png", "subject": "s"}
    stage.server.decide = lambda _: {"allow": True, "set": {**fields, "description": "two\nlines", "capacity": 3}}
    await stage.asks(HookType.GO_LIVE)
    host, room = await stage.host()
    detail = (await host.detail(room)).data
    assert {name: detail[name] for name in fields} == fields
    stored = await stage.service.core.db.rooms.get(RoomId(room))
    assert stored is not None
    assert (detail["description"], stored.capacity) == ("two\nlines", 3)


async def test_a_fresh_room_is_asked_about_before_it_has_an_id(stage: Stage) -> None:
    await stage.asks()
    await stage.asks(HookType.GO_LIVE)
    host = await stage.person()
    entered = await host.call("rooms/enter_room", {"role": "anchor", "category": CATEGORY})
    assert entered.code == 0
    assert [question["data"]["roomId"] for question in stage.server.questions] == ["", ""]
    assert stage.server.asked == [("ask.enter", host.user), ("ask.go_live", host.user)]


async def test_the_operator_may_seat_a_guest_on_stage_or_an_anchor_in_the_audience(stage: Stage) -> None:
    _, room = await stage.host(category="mlvb-show-live")
    await stage.asks()
    guest = await stage.person()
    assert (await guest.enter(room, "anchor")).data["role"] == "audience"
    stage.server.decide = lambda _: {"allow": True, "set": {"role": "anchor"}}
    assert (await guest.enter(room, "anchor")).data["role"] == "anchor"
    assert (await guest.enter(room, "audience")).data["role"] == "anchor"
    stage.server.forget()
    assert (await guest.enter(room, "anchor")).data["role"] == "anchor", "who is in so already stays so"
    assert stage.server.questions == []
    stage.server.decide = lambda _: {"allow": True, "set": {"role": "audience"}}
    another = await stage.person()
    assert (await another.enter(room, "anchor")).data["role"] == "audience"


async def test_nobody_opens_a_room_for_an_audience_place(stage: Stage) -> None:
    await stage.asks()
    stage.server.decide = lambda _: {"allow": True, "set": {"role": "audience"}}
    host = await stage.person()
    refused(await host.enter("", "anchor"))
    assert (await host.detail(host.user)).code == 2004


async def test_entering_again_is_not_asked_about_again_unless_the_role_is_another(stage: Stage) -> None:
    host, room = await stage.host()
    guest = await stage.person()
    await stage.asks()
    await stage.asks(HookType.GO_LIVE)
    await guest.enter(room, "audience")
    stage.server.forget()
    assert (await guest.enter(room, "audience")).data["role"] == "audience"
    assert (await host.enter(room, "anchor")).data["role"] == "anchor"
    assert stage.server.questions == []
    await guest.enter(room, "anchor")
    assert stage.server.asked == [("ask.enter", guest.user)]
    stage.server.forget()
    await (await guest.account.sign_in()).enter(room, "audience")
    assert stage.server.asked == [("ask.enter", guest.user)], "another device enters for itself"


async def test_only_rooms_of_the_hooks_categories_are_asked_about(stage: Stage) -> None:
    _, karaoke = await stage.host(category="ktv")
    _, chat = await stage.host(category="chat")
    await stage.asks(categories=frozenset({"ktv"}))
    guest = await stage.person()
    await guest.enter(chat, "audience")
    assert stage.server.questions == []
    await guest.enter(karaoke, "audience")
    assert len(stage.server.questions) == 1


async def test_another_tenants_rooms_are_nobody_elses_business(stage: Stage) -> None:
    _, room = await stage.host()
    await stage.asks()
    await stage.service.make_tenant("elsewhere")
    stranger = await stage.service.sign_up(app="elsewhere")
    assert (await stranger.enter(room, "audience")).code == 2004
    host, other = await stage.host()
    stage.server.forget()
    outsider = await stage.service.sign_up()
    their_room = await outsider.go_live()
    assert (await host.enter(their_room, "audience")).code == 2004
    assert stage.server.questions == []
    assert other


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"<html>",
        b"[]",
        b'{"allow": 1}',
        b'{"allow": "yes"}',
        b'{"allow": false, "message": 5}',
        b'{"allow": true, "set": []}',
        b'{"allow": true, "set": {"role": "owner"}}',
        b'{"allow": true, "set": {"name": "King"}}',
        b'{"allow": true, "set": {"title": "not before an enter"}}',
        b"[" * 5000,
        b'{"allow": true, "filler": "' + b"x" * 70_000 + b'"}',
    ],
    ids=lambda answer: answer[:40].decode(),
)
async def test_nonsense_counts_as_no_answer(answer: bytes, stage: Stage) -> None:
    _, room = await stage.host()
    lenient = await stage.asks(otherwise=Otherwise.ALLOW)
    stage.server.raw = answer
    guest = await stage.person()
    assert (await guest.enter(room, "audience")).data["role"] == "audience"
    await stage.service.core.hook_calls.hooks.remove(lenient.id)
    await stage.asks(otherwise=Otherwise.REFUSE)
    unlucky = await stage.person()
    before = await stage.trace(unlucky, room)
    failed = await unlucky.enter(room, "audience")
    assert (failed.code, failed.body["errorMessage"]) == (100, "the service is temporarily unavailable: try again")
    assert await stage.trace(unlucky, room) == before


@pytest.mark.parametrize("otherwise", list(Otherwise))
@pytest.mark.parametrize("mood", [Mood.SILENT, Mood.DOWN, Mood.BROKEN])
async def test_a_server_that_does_not_answer_is_left_alone_after_a_while_and_tried_again(
    mood: Mood, otherwise: Otherwise, stage: Stage
) -> None:
    _, room = await stage.host()
    await stage.asks(otherwise=otherwise, timeout=timedelta(milliseconds=100))
    stage.server.endpoint.mood = mood
    outcome = {Otherwise.ALLOW: 0, Otherwise.REFUSE: 100}[otherwise]
    people = [await stage.person() for _ in range(BREAKS_AFTER + 3)]
    for person in people[:BREAKS_AFTER]:
        assert (await person.enter(room, "audience")).code == outcome
    asked = stage.server.endpoint.asked
    for person in people[BREAKS_AFTER:]:
        assert (await person.enter(room, "audience")).code == outcome
    assert stage.server.endpoint.asked == asked, "nobody waits for it any more"
    stage.server.endpoint.mood = Mood.WELL
    stage.service.clock.advance(BREAK)
    stage.server.decide = refuse
    late = await stage.person()
    refused(await late.enter(room, "audience"))


async def test_many_at_once_each_get_their_own_answer(stage: Stage) -> None:
    _, room = await stage.host()
    await stage.asks()
    crowd = [await stage.person() for _ in range(30)]
    welcome = {person.user for person in crowd[::2]}
    stage.server.decide = lambda data: {"allow": data["userId"] in welcome}
    answers = await asyncio.gather(*(person.enter(room, "audience") for person in crowd))
    assert [answer.code == 0 for answer in answers] == [person.user in welcome for person in crowd]
    assert welcome <= set(await crowd[0].members(room))


async def test_hooks_are_asked_in_turn_and_each_knows_what_the_one_before_changed(stage: Stage) -> None:
    await stage.asks(HookType.GO_LIVE)
    stage.service.clock.advance(1)  # of two that were made in the same millisecond either may be the first
    await stage.asks(HookType.GO_LIVE, categories=frozenset({"reviewed"}))
    stage.server.decide = lambda data: {"allow": True, "set": {"category": "reviewed", "title": data["title"] + "!"}}
    host, room = await stage.host()
    assert (await host.detail(room)).data["title"] == "Tonight!!"
    assert [question["data"]["category"] for question in stage.server.questions] == [CATEGORY, "reviewed"]


async def test_a_rotated_secret_signs_beside_the_one_before(stage: Stage) -> None:
    _, room = await stage.host()
    hook = await stage.asks()
    rotated = await stage.service.core.hook_calls.hooks.rotate(hook.id)
    assert (await (await stage.person()).enter(room, "audience")).code == 0
    stage.server.secrets = [rotated.secrets[0].text]
    stage.server.decide = refuse
    refused(await (await stage.person()).enter(room, "audience"))


async def test_another_process_asks_within_two_seconds(stage: Stage) -> None:
    core = stage.service.core
    other = type(core.hook_calls.hooks)(core.db, core.keys, core.clock)
    await stage.server.hook(other, stage.app, HookType.ENTER)
    assert not core.hook_calls.concerns(TenantName(stage.app))
    await core.jobs.configuration.refresh()
    assert core.hook_calls.concerns(TenantName(stage.app))


async def test_figures_say_how_often_hooks_were_asked_and_what_came_of_it(stage: Stage) -> None:
    _, room = await stage.host()
    await stage.asks()
    hook_calls = stage.service.core.hook_calls
    before = hook_calls.figures.outcomes.copy()
    await (await stage.person()).enter(room, "audience")
    stage.server.decide = refuse
    await (await stage.person()).enter(room, "audience")
    stage.server.endpoint.mood = Mood.BROKEN
    await (await stage.person()).enter(room, "audience")
    assert hook_calls.figures.outcomes - before == {
        ("enter", "allowed"): 1,
        ("enter", "refused"): 1,
        ("enter", "failed"): 1,
    }
    shown = (await stage.service.send("GET", "/metrics")).text
    assert 'liveroom_hook_questions_total{moment="enter",outcome="refused"}' in shown
    assert 'liveroom_hook_seconds_total{moment="enter"}' in shown
