"""The IM bridge: what is said in a room is in its group at Tencent IM, in order and once, and holds nobody up."""

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from liveroom.domain.accounts.sessions import Actor
from liveroom.domain.ids import RoomId
from liveroom.domain.messages.model import Draft, Message, MessageType, Priority
from liveroom.domain.rooms.model import RoomChanges
from liveroom.simulate.endpoint import Mood
from liveroom.usecases.vendors.im_bridge import QUEUE_MAX, ImBridge
from tests.service import serving
from tests.store.live.world import eventually
from tests.vendors.stage import Stage, with_im

LONG = timedelta(seconds=20)


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    """Yield a service that mirrors, with its accounts and groups worked off when a test says so."""
    async with with_im(tmp_path, im_mirror=True, message_limit=0, room_message_limit=200) as running:
        yield running


def bridge_of(stage: Stage) -> ImBridge:
    assert stage.core.im_bridge is not None
    return stage.core.im_bridge


async def show(stage: Stage) -> tuple[Actor, RoomId]:
    """Return a host who is live in a room that has its group."""
    host = await stage.world.make_actor(name="Ann")
    room = await stage.go_live(host)
    await stage.drain()
    assert room in stage.im.groups
    return host, room


async def say(stage: Stage, actor: Actor, room: RoomId, text: str = "hi", **given: Any) -> Message:
    draft = Draft(**{"type": MessageType.TEXT, "priority": Priority.NORMAL, "text": text, **given})
    return await stage.core.services.messages.send(actor, room, draft)


async def bridged(stage: Stage, room: RoomId) -> list[str]:
    """Return the texts in the room's group when everything was sent."""
    await bridge_of(stage).drain(LONG)
    return [sent.text for sent in stage.im.said.get(room, [])]


def outcomes(stage: Stage) -> dict[str, int]:
    return {name: number for (name,), number in bridge_of(stage).outcomes.items()}


async def test_what_is_said_is_in_the_group_as_its_author_said_it(stage: Stage) -> None:
    host, room = await show(stage)
    message = await say(stage, host, room, "你好", data=b'{"emote":"x"}', priority=Priority.HIGH)
    await say(stage, host, room, "", type=MessageType.CUSTOM, data=b'{"a":[1]}', priority=Priority.LOW)
    assert await bridged(stage, room) == ["你好", ""]
    first, second = stage.im.said[room]
    assert (first.sender, first.priority, first.data) == (host.user, "High", '{"emote":"x"}')
    assert json.loads(first.cloud_data) == {"liveroom": {"messageId": message.id}}
    assert (second.priority, second.data, second.text) == ("Low", '{"a":[1]}', "")
    assert outcomes(stage) == {"sent": 2}


async def test_notices_and_recalls_are_not_bridged(stage: Stage) -> None:
    host, room = await show(stage)
    message = await say(stage, host, room, "oops")
    await stage.core.services.messages.notice(host.tenant.name, room, "a notice", b"")
    await stage.core.services.messages.recall(host, room, message.id)
    await stage.core.live.persist()
    assert await bridged(stage, room) == ["oops"]


async def test_a_flood_arrives_in_order_and_once(stage: Stage) -> None:
    host, room = await show(stage)
    crowd = [await stage.world.make_actor(name=f"u{n}") for n in range(4)]
    for actor in crowd:
        await stage.core.services.entering.enter(actor, room, role="audience", changes=RoomChanges())
    said = [await say(stage, actor, room, f"{n} of {actor.user}") for n in range(9) for actor in (*crowd, host)]
    assert await bridged(stage, room) == [message.text for message in said]
    assert stage.im.endpoint.most_under_way <= 4


async def test_what_the_journal_writes_again_is_given_out_once(stage: Stage) -> None:
    """After a crash between the writing and the journal's trimming."""
    host, room = await show(stage)
    message = await say(stage, host, room, "once")
    assert await bridged(stage, room) == ["once"]
    bridge_of(stage).enqueue([message])
    assert await bridged(stage, room) == ["once"]


async def test_whose_account_is_not_there_yet_gets_one(stage: Stage) -> None:
    host, room = await show(stage)
    bob = await stage.world.make_actor(name="Bob", avatar="https://example.com/b.png")
    await stage.core.services.entering.enter(bob, room, role="audience", changes=RoomChanges())
    stage.im.accounts.pop(bob.user, None)
    await say(stage, bob, room, "hi all")
    assert await bridged(stage, room) == ["hi all"]
    assert stage.im.accounts[bob.user] == ("Bob", "https://example.com/b.png")
    assert host.user in stage.im.accounts


async def test_a_group_that_is_being_made_is_waited_for(stage: Stage) -> None:
    host = await stage.world.make_actor(name="Ann")
    room = await stage.go_live(host)
    await say(stage, host, room, "early")
    await stage.im.endpoint.come.wait()
    await stage.drain()
    await say(stage, host, room, "later")
    assert await bridged(stage, room) == ["early", "later"]


@pytest.mark.parametrize("mood", [Mood.DOWN, Mood.ODD])
async def test_a_vendor_that_fails_delays_nobody_and_gets_it_later(stage: Stage, mood: Mood) -> None:
    host, room = await show(stage)
    stage.im.endpoint.come.clear()
    stage.im.endpoint.mood = mood
    async with asyncio.timeout(2):
        await say(stage, host, room, "first")
        await say(stage, host, room, "second")
    await stage.im.endpoint.come.wait()
    stage.im.endpoint.mood = Mood.WELL
    assert await bridged(stage, room) == ["first", "second"]


async def test_what_is_older_than_half_a_minute_is_left_out_and_counted(stage: Stage) -> None:
    host, room = await show(stage)
    stage.im.endpoint.refuse("send_group_msg", 60007)
    await say(stage, host, room, "of old")
    await eventually(lambda: stage.im.codes("send_group_msg") == [60007])
    stage.world.pass_by(31)
    stage.im.endpoint.accept("send_group_msg")
    await say(stage, host, room, "news")
    assert await bridged(stage, room) == ["news"]
    assert outcomes(stage) == {"too_late": 1, "sent": 1}


async def test_what_is_refused_is_left_out_and_the_next_is_sent(stage: Stage) -> None:
    host, room = await show(stage)
    stage.im.endpoint.refuse("send_group_msg", 80001)
    await say(stage, host, room, "a word that Tencent does not like")
    await bridge_of(stage).drain(LONG)
    stage.im.endpoint.accept("send_group_msg")
    await say(stage, host, room, "fine")
    assert await bridged(stage, room) == ["fine"]
    assert outcomes(stage) == {"refused": 1, "sent": 1}


async def test_a_breaker_keeps_calls_from_a_vendor_that_does_not_accept_us(stage: Stage) -> None:
    host, room = await show(stage)
    stage.im.endpoint.refuse("send_group_msg", 70009)
    for number in range(5):
        await say(stage, host, room, f"{number}")
    await eventually(lambda: stage.im.codes("send_group_msg") == [70009])
    stage.world.pass_by(5)
    await bridge_of(stage).drain(timedelta(seconds=1.2))
    assert stage.im.codes("send_group_msg") == [70009], "it is left alone for ten seconds"
    stage.world.pass_by(700)
    stage.im.endpoint.accept("send_group_msg")
    await bridge_of(stage).drain(LONG)
    assert outcomes(stage) == {"too_late": 5}


async def test_so_many_wait_and_no_more(stage: Stage) -> None:
    host, room = await show(stage)
    message = await say(stage, host, room, "one")
    await bridge_of(stage).drain(LONG)
    stage.im.endpoint.hold()
    many = [message._replace(number=message.number + n) for n in range(1, QUEUE_MAX + 11)]
    bridge_of(stage).enqueue(many)
    assert bridge_of(stage).waiting == QUEUE_MAX
    assert outcomes(stage) == {"sent": 1, "left_out": 10}
    stage.world.pass_by(31)
    stage.im.endpoint.let_go()
    await bridge_of(stage).drain(LONG)


async def test_two_processes_send_a_rooms_messages_one_after_the_other(stage: Stage) -> None:
    """What the second wrote waits until the first is through with what it wrote before."""
    host, room = await show(stage)
    async with stage.world.neighbour() as other:
        assert other.im_bridge is not None
        stage.im.endpoint.hold()
        first = await say(stage, host, room, "by the first")
        await stage.im.endpoint.come.wait()
        other.im_bridge.enqueue([first._replace(number=first.number + 1, text="by the second")])
        await other.im_bridge.drain(timedelta(seconds=0.3))
        assert stage.im.endpoint.under_way == 1
        stage.im.endpoint.let_go()
        await other.im_bridge.drain(LONG)
        assert await bridged(stage, room) == ["by the first", "by the second"]
        assert await stage.core.db.leases.claim(f"im:{room}", "x", *_now(stage)), "nobody holds the room's turn"
        await other.leave_vendors()


async def test_a_stop_sends_what_can_be_sent_and_leaves_the_rest(tmp_path: Path) -> None:
    async with with_im(tmp_path, im_mirror=True) as stage:
        host, room = await show(stage)
        await say(stage, host, room, "last words")
        bridge = bridge_of(stage)
        await bridge.close()
        assert await bridged(stage, room) == ["last words"]


async def test_without_the_setting_nothing_is_bridged(tmp_path: Path) -> None:
    async with with_im(tmp_path) as stage:
        host, room = await show(stage)
        await say(stage, host, room)
        assert stage.core.im_bridge is None
        assert "send_group_msg" not in stage.im.commands()


async def test_a_bridge_without_tencent_im_stops_the_start_with_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(Exception, match="LIVEROOM_IM_MIRROR is on"):
        async with serving(tmp_path, im_mirror=True):
            pass


def _now(stage: Stage) -> tuple[Any, Any]:
    now = stage.world.service.clock.now()
    return now, now + timedelta(seconds=1)
