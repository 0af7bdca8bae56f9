"""Replies and mentions in every live store: who is mentioned, what may be answered, and what the room hears of it."""

import asyncio
import json
from typing import Any

import pytest

from liveroom.domain.errors import MessageNotFound, NotInRoom
from liveroom.domain.ids import BroadcastId, UserId
from liveroom.domain.messages.model import KEPT, Message, quote_of, recalled
from liveroom.domain.messages.payloads import write_message
from tests.store.live.listener import RecordingListener
from tests.store.live.talking import messages_of, page, say, say_again, watched_room
from tests.store.live.world import World

BOTH = (UserId("bob"), UserId("cid"))


@pytest.fixture
async def listener(world: World) -> RecordingListener:
    return await watched_room(world)


async def _answer(world: World, original: Message, user: str = "cid", text: str = "yes", **given: Any) -> Message:
    return await say(world, user, text, reply_to=original.number, quote=quote_of(original), **given)


async def test_a_reply_is_told_with_its_quote_and_kept_without(world: World, listener: RecordingListener) -> None:
    original = await say(world, "bob", "Grüße 你好 😀")
    reply = await _answer(world, original, mentions=(*BOTH, UserId("dan")))
    assert (reply.reply_to, reply.mentions, reply.quote) == (original.number, BOTH, None)
    await listener.new_events()
    _, event = messages_of(listener)
    assert event.data == write_message(reply._replace(quote=quote_of(original)))
    assert json.loads(event.data)["replyTo"]["text"] == "Grüße 你好 😀"
    newest, _ = (await page(world)).messages
    assert newest == reply
    await world.save()
    assert world.recovery.messages[reply.room, reply.number] == reply


async def test_mentions_alone_are_told_and_kept(world: World, listener: RecordingListener) -> None:
    message = await say(world, "ann", mentions=BOTH)
    nobody = await say(world, "ann", mentions=(UserId("dan"),))
    assert (message.mentions, nobody.mentions) == (BOTH, ())
    await listener.new_events()
    first, second = [json.loads(event.data or b"") for event in messages_of(listener)]
    assert first["mentions"] == ["bob", "cid"]
    assert "mentions" not in second
    assert "replyTo" not in first


async def test_what_was_recalled_is_not_answered(world: World, listener: RecordingListener) -> None:
    del listener
    message = await say(world, "bob", "oops")
    await world.live.talk.recall(recalled(message, UserId("bob"), world.clock.now()))
    with pytest.raises(MessageNotFound):
        await _answer(world, message)


async def test_what_only_the_ledger_has_is_answered_unless_it_was_recalled(
    world: World, listener: RecordingListener
) -> None:
    del listener
    old, older = await say(world, "bob", "long ago"), await say(world, "bob", "longer ago")
    for number in range(KEPT):
        await say(world, "cid", f"{number}")
    await world.live.talk.recall(recalled(older, UserId("bob"), world.clock.now()))
    assert (await _answer(world, old)).reply_to == old.number
    with pytest.raises(MessageNotFound):
        await _answer(world, older)


async def test_nothing_of_another_broadcast_and_nothing_unknown_is_answered(
    world: World, listener: RecordingListener
) -> None:
    del listener
    message = await say(world, "bob")
    other = quote_of(message)._replace(broadcast=BroadcastId("r1-b2"))
    for quote in (other, None):
        with pytest.raises(MessageNotFound):
            await say(world, "cid", reply_to=message.number, quote=quote)
    with pytest.raises(NotInRoom):
        await say(world, "dan", reply_to=message.number)


async def test_a_reply_sent_again_is_said_once_even_if_its_original_is_gone(
    world: World, listener: RecordingListener
) -> None:
    original = await say(world, "bob", "first")
    reply = await _answer(world, original, key="k", mentions=BOTH)
    await world.live.talk.recall(recalled(original, UserId("bob"), world.clock.now()))
    again = await say_again(world, "cid", reply_to=original.number, key="k")
    assert again.message == reply
    await listener.new_events()
    assert len(messages_of(listener)) == 3


async def test_a_reply_that_is_recalled_or_whose_author_is_deleted_answers_nothing(
    world: World, listener: RecordingListener
) -> None:
    del listener
    original = await say(world, "ann", "first")
    theirs, others = await _answer(world, original, mentions=BOTH), await _answer(world, original, "bob", mentions=BOTH)
    await world.live.talk.recall(recalled(others, UserId("ann"), world.clock.now()))
    await world.live.talk.forget(original.room, UserId("cid"), UserId("gone-1"))
    second, first, _ = (await page(world)).messages
    assert [(one.reply_to, one.mentions) for one in (first, second)] == [(0, ()), (0, ())]
    assert first.user == "gone-1"
    assert first.number == theirs.number


async def test_after_a_lost_store_replies_are_what_they_were(world: World, listener: RecordingListener) -> None:
    del listener
    original = await say(world, "bob", "first")
    reply = await _answer(world, original, mentions=BOTH)
    alone = await say(world, "bob", mentions=BOTH)
    await world.lose()
    assert list((await page(world)).messages) == [alone, reply, original]
    await world.live.talk.recall(recalled(reply, UserId("cid"), world.clock.now()))
    assert (await page(world)).messages[1].mentions == ()


async def test_many_who_answer_at_once_all_do(world: World, listener: RecordingListener) -> None:
    del listener
    original = await say(world, "bob", "who is in?")
    replies = await asyncio.gather(*(_answer(world, original, text=f"{number}") for number in range(20)))
    assert {reply.reply_to for reply in replies} == {original.number}
