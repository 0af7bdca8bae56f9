"""What is said in a room: told, numbered, shown to who reads, kept for SQL; and taken back."""

import asyncio
import json
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from liveroom.domain.errors import NotInRoom, PermissionDenied, RoomMuted, RoomNotFound, UserMuted
from liveroom.domain.events.model import Cause, EventKind
from liveroom.domain.follows.failures import FollowersOnly
from liveroom.domain.ids import DEFAULT_TENANT, TenantName, UserId
from liveroom.domain.messages.model import KEPT, MessageType, Priority, recalled
from liveroom.domain.messages.payloads import write_message, write_recall
from liveroom.domain.moderation.room_access import FOREVER
from liveroom.domain.presence.members import Role
from liveroom.domain.rooms.model import HostPolicy
from liveroom.ports import Live
from tests.store.live.listener import R1, RecordingListener
from tests.store.live.talking import (
    arrange,
    messages_of,
    page,
    received_texts,
    say,
    say_again,
    saying,
    stand,
    texts,
    watched_room,
)
from tests.store.live.world import World

WORDS = 'Grüße 你好 😀 "quoted" \\ / \x7f \t\n\x01 </script>'
DATA = b'{"n":[1,2.5,null,12345678901234567890],"deep":{"empty":[],"none":{}},"s":"\\u4f60 / \\" "}'


@pytest.fixture
async def listener(world: World) -> RecordingListener:
    return await watched_room(world)


async def test_what_is_said_is_told_as_it_is_kept(world: World, listener: RecordingListener) -> None:
    message = await say(world, "bob", WORDS, type=MessageType.CUSTOM, data=DATA, key="k 1")
    await listener.new_events()
    (event,) = messages_of(listener)
    assert (event.kind, event.cause, event.by) == (EventKind.MESSAGE_SENT, Cause.CALL, "bob")
    assert event.data == write_message(message, "k 1")
    assert json.loads(event.data or b"")["data"] == json.loads(DATA)
    assert (message.user, message.name, message.avatar) == ("bob", "name of bob", "picture of bob")
    assert (message.text, message.data, message.room, message.recalled) == (WORDS, DATA, R1, None)
    assert message.broadcast == (await world.room()).broadcast
    assert abs(world.clock.now() - message.at) < timedelta(seconds=5)
    assert event.at == message.at


async def test_what_was_said_is_in_the_next_page_of_any_process(world: World, listener: RecordingListener) -> None:
    del listener
    first = world.live
    if not world.forgets:
        await world.restart()
    message = (await first.talk.say(saying("bob", "hello"))).message
    assert (await page(world, "cid")).messages == [message]


async def test_times_are_written_alike_by_every_store(world: World, listener: RecordingListener) -> None:
    """A calendar of the scripts wrote the events of one store once."""
    for when in ("2032-02-29 23:59:59.9", "2099-12-31 23:59:59.5", "2100-03-01 00:00:00"):
        world.clock.advance(datetime.fromisoformat(f"{when}+00:00") - world.clock.now())
        message = await say(world, "bob")
        await listener.new_events()
        event = messages_of(listener)[-1]
        assert event.data == write_message(message)


async def test_numbers_grow_and_are_the_time(world: World, listener: RecordingListener) -> None:
    del listener
    numbers = [(await say(world, "bob", f"{n}")).number for n in range(30)]
    assert numbers == sorted(set(numbers))
    assert abs(numbers[0] - world.clock.now().timestamp() * 1000) < 10_000


async def test_the_role_is_the_one_that_is_shown(world: World) -> None:
    await world.go_live(policy=HostPolicy.HOSTS)
    await world.enter("bob")
    await world.enter_as_anchor("eve")
    await stand(world, "bob", role=Role.MODERATOR)
    await world.enter("cid")
    roles = [(await say(world, user)).role for user in ("ann", "eve", "bob", "cid")]
    assert roles == [Role.OWNER, Role.ANCHOR, Role.MODERATOR, Role.AUDIENCE]
    assert [message.role for message in (await page(world, "cid")).messages] == roles[::-1]


async def test_only_members_speak_and_read(world: World, listener: RecordingListener) -> None:
    del listener
    with pytest.raises(NotInRoom):
        await say(world, "dan")
    with pytest.raises(NotInRoom):
        await page(world, "dan")
    await say(world, "bob")
    await world.leave("bob")
    with pytest.raises(NotInRoom):
        await say(world, "bob")
    with pytest.raises(NotInRoom):
        await page(world, "bob")


async def test_a_room_of_another_tenant_or_none_is_not_found(
    world: World, listener: RecordingListener, live: Live
) -> None:
    del listener
    other = TenantName("other")
    with pytest.raises(RoomNotFound):
        await say(world, "bob", tenant=other)
    with pytest.raises(RoomNotFound):
        await live.talk.page(R1, other, UserId("bob"), before=None, limit=1)
    message = await say(world, "bob")
    assert await live.talk.find(R1, other, message.number) is None
    await world.close_room(replace(world.recovery.rooms[R1][0], rev=2))
    with pytest.raises(RoomNotFound):
        await say(world, "bob")
    with pytest.raises(RoomNotFound):
        await page(world)
    assert await live.talk.find(R1, DEFAULT_TENANT, message.number) is None
    assert world.recovery.messages[R1, message.number] == message, "so that it can be reported when the room is closed"
    with pytest.raises(RoomNotFound):
        await live.talk.recall(recalled(message, UserId("bob"), world.clock.now()))


async def test_what_is_sent_twice_under_a_key_is_said_once(world: World, listener: RecordingListener) -> None:
    first = await say(world, "bob", "once", key="k")
    again = await say_again(world, "bob", "twice", key="k")
    assert (again.number, again.message) == (first.number, first)
    other = await say(world, "cid", "of somebody else", key="k")
    await listener.new_events()
    assert received_texts(listener) == ["once", "of somebody else"]
    assert (await page(world)).messages == [other, first]


async def test_a_key_is_known_after_leaving_and_entering_again(world: World, listener: RecordingListener) -> None:
    first = await say(world, "bob", "once", key="k")
    await world.leave("bob")
    await world.enter("bob")
    assert (await say_again(world, "bob", key="k")).message == first
    await listener.new_events()
    assert received_texts(listener) == ["once"]


async def test_of_two_at_once_under_a_key_one_is_said(world: World, listener: RecordingListener) -> None:
    said = await asyncio.gather(*(say_again(world, "bob", f"{n}", key="k") for n in range(10)))
    assert len({one.number for one in said}) == 1
    await listener.new_events()
    assert len(messages_of(listener)) == 1


async def test_a_key_of_a_message_that_is_old_names_it_still(world: World, listener: RecordingListener) -> None:
    del listener
    first = await say(world, "bob", "once", key="k")
    for number in range(KEPT):
        await say(world, "cid", f"{number}")
    again = await say_again(world, "bob", key="k")
    assert (again.number, again.message) == (first.number, None)
    assert world.recovery.messages[R1, first.number] == first


async def test_a_key_is_of_a_broadcast(world: World) -> None:
    row = await world.go_live()
    first = await say(world, "ann", "in the first", key="k")
    await world.close_room(replace(row, rev=2))
    await world.go_live(rev=row.rev + 2, broadcast="r1-b2")
    second = await say(world, "ann", "in the second", key="k")
    assert second.number > first.number
    assert await texts(world, "ann") == ["in the second"]


async def test_everything_said_reaches_the_ledger_in_order(world: World, listener: RecordingListener) -> None:
    del listener
    said = [await say(world, user, f"{n}") for n in range(20) for user in ("bob", "cid")]
    await world.save()
    assert list(world.recovery.messages.values()) == said
    saves = len(world.recovery.talk_saves)
    await world.save()
    world.clock.advance(2)
    await world.save()
    assert len(world.recovery.talk_saves) == saves


async def test_what_the_ledger_refuses_is_saved_later(world: World, listener: RecordingListener) -> None:
    del listener
    await say(world, "bob", "first")
    await world.save()
    world.recovery.down = True
    second = (await world.live.talk.say(saying("bob", "second"))).message
    with pytest.raises(Exception, match="down"):
        await world.save()
    world.recovery.down = False
    world.clock.advance(3)
    await world.save()
    assert list(world.recovery.messages.values())[-1] == second


async def test_messages_survive_the_process_that_took_them(world: World, listener: RecordingListener) -> None:
    """Another process writes what one that died has left; what memory has is written before the caller is answered."""
    del listener
    message = await say(world, "bob", "last words")
    await world.live.persist()
    await world.restart()
    world.clock.advance(2)
    await world.save()
    assert world.recovery.messages[R1, message.number] == message


async def test_after_a_lost_store_the_ledger_has_what_was_said_and_numbers_go_on(
    world: World, listener: RecordingListener
) -> None:
    del listener
    said = [await say(world, "bob", f"{n}") for n in range(5)]
    await world.lose()
    world.clock.offset -= timedelta(seconds=30)
    found = await page(world)
    assert (list(found.messages), found.older) == (said[::-1], None)
    later = await say(world, "bob", "after it")
    assert later.number == said[-1].number + 1, "a clock that is behind gives no number twice"
    assert list((await page(world)).messages) == [later, *said[::-1]]


async def test_after_a_lost_store_many_who_read_ask_the_ledger_little(
    world: World, listener: RecordingListener
) -> None:
    del listener
    said = [await say(world, "bob", f"{n}") for n in range(KEPT + 5)]
    await world.lose()
    await world.room()
    pages = await asyncio.gather(*(page(world, limit=20) for _ in range(50)))
    assert all(list(found.messages) == said[:-21:-1] for found in pages)
    assert all(found.older == said[0].broadcast for found in pages)
    asked = world.recovery.loads["tr1"]
    await asyncio.gather(*(page(world, limit=20) for _ in range(50)))
    assert world.recovery.loads["tr1"] == asked


async def test_only_the_newest_are_kept_and_the_rest_is_in_the_ledger_when_it_is_asked_for(
    world: World, listener: RecordingListener
) -> None:
    del listener
    said = [await say(world, "bob", f"{n}") for n in range(KEPT)]
    assert (await page(world, limit=KEPT + 1)).older is None
    said.append(await say(world, "bob", "one more"))
    found = await page(world, limit=KEPT + 50)
    assert (list(found.messages), found.older) == (said[:0:-1], said[0].broadcast)
    assert list(world.recovery.messages.values()) == said


async def test_pages_follow_each_other(world: World, listener: RecordingListener) -> None:
    del listener
    said = [await say(world, "bob", f"{n}") for n in range(7)]
    first = (await page(world, limit=3)).messages
    assert list(first) == said[:-4:-1]
    assert [m.text for m in (await page(world, before=first[-1].number, limit=3)).messages] == ["3", "2", "1"]
    assert [m.text for m in (await page(world, before=said[1].number, limit=3)).messages] == ["0"]
    assert (await page(world, before=said[0].number)).messages == []


async def test_the_ledger_is_asked_once_a_broadcast(world: World, listener: RecordingListener) -> None:
    del listener
    for _ in range(3):
        assert (await page(world)).older is None
        await say(world, "bob")
    assert world.recovery.loads["tr1"] == 1


async def test_a_new_broadcast_begins_without_the_words_of_the_last(world: World) -> None:
    row = await world.go_live()
    last = await say(world, "ann", "bye")
    await world.close_room(replace(row, rev=2))
    await world.save()
    await world.go_live(rev=row.rev + 2, broadcast="r1-b2")
    found = await page(world, "ann")
    assert (found.messages, found.older) == ([], None)
    assert (await say(world, "ann", "hello again")).number > last.number


async def test_a_broadcast_that_takes_the_place_of_another_begins_so_too(world: World) -> None:
    row = await world.go_live()
    await say(world, "ann", "bye")
    await world.open_room(rev=row.rev + 2, broadcast="r1-b2")
    await world.enter("ann", wanted=Role.OWNER)
    assert (await page(world, "ann")).messages == []


# --- who may not ----------------------------------------------------------------------------------------------------


async def test_who_is_muted_says_nothing_until_then(world: World, listener: RecordingListener) -> None:
    del listener
    until = world.clock.now() + timedelta(minutes=5)
    await stand(world, "bob", muted_until=until)
    with pytest.raises(UserMuted) as refused:
        await say(world, "bob")
    assert str(refused.value.detail) == f"{until.isoformat(' ', 'seconds')[:19]} UTC"
    await say(world, "cid")
    world.clock.advance(301)
    await say(world, "bob")
    await stand(world, "bob", muted_until=FOREVER)
    with pytest.raises(UserMuted) as refused:
        await say(world, "bob")
    assert refused.value.detail == ""


async def test_the_mute_of_who_goes_and_comes_stays(world: World, listener: RecordingListener) -> None:
    del listener
    await stand(world, "bob", muted_until=FOREVER)
    await world.leave("bob")
    await world.enter("bob", session="tablet")
    with pytest.raises(UserMuted):
        await say(world, "bob")


async def test_where_only_followers_write_the_refusal_says_whom_to_follow(
    world: World, listener: RecordingListener
) -> None:
    del listener
    await arrange(world, followers_chat=True)
    for other in ("", "cid"):
        with pytest.raises(FollowersOnly) as refused:
            await say(world, "bob", follows=UserId(other))
        assert refused.value.owner == "ann"
    await say(world, "bob", follows=UserId("ann"))
    await say(world, "ann")
    await say(world, "cid", admin=True)


async def test_in_a_muted_room_hosts_and_moderators_write(world: World, listener: RecordingListener) -> None:
    del listener
    await arrange(world, muted=True)
    with pytest.raises(RoomMuted):
        await say(world, "bob")
    await say(world, "ann")
    await stand(world, "bob", role=Role.MODERATOR)
    await say(world, "bob")
    await say(world, "cid", admin=True)
    await arrange(world, muted=False)
    await say(world, "cid")


async def test_only_hosts_and_moderators_raise_their_voice(world: World, listener: RecordingListener) -> None:
    del listener
    with pytest.raises(PermissionDenied):
        await say(world, "bob", priority=Priority.HIGH)
    assert (await say(world, "ann", priority=Priority.HIGH)).priority is Priority.HIGH
    assert (await say(world, "bob", priority=Priority.HIGH, admin=True)).priority is Priority.HIGH
    await stand(world, "bob", role=Role.MODERATOR)
    await say(world, "bob", priority=Priority.HIGH)
    await stand(world, "bob", role=None)
    with pytest.raises(PermissionDenied):
        await say(world, "bob", priority=Priority.HIGH)


# --- notices --------------------------------------------------------------------------------------------------------


async def test_a_notice_is_told_as_such_and_kept_among_the_messages(world: World, listener: RecordingListener) -> None:
    await arrange(world, muted=True, slow=timedelta(hours=1))
    notice = await say(world, "", "soon over", priority=Priority.HIGH, data=b'{"minutes":5}', id="n")
    await say_again(world, "", "soon over", priority=Priority.HIGH, id="n")
    await say(world, "", "really", priority=Priority.HIGH)
    await listener.catch_up()
    first, second = messages_of(listener)
    assert (first.kind, first.cause, first.by) == (EventKind.ROOM_NOTICE, Cause.SERVICE, None)
    assert json.loads(first.data or b"") == {"text": "soon over", "data": {"minutes": 5}}
    assert json.loads(second.data or b"") == {"text": "really", "data": None}
    assert (notice.type, notice.user, notice.role, notice.name) == (MessageType.NOTICE, "", None, "")
    assert await texts(world) == ["soon over", "really"]


# --- taken back -----------------------------------------------------------------------------------------------------


async def test_what_is_taken_back_is_shown_without_its_words(world: World, listener: RecordingListener) -> None:
    message = await say(world, "bob", "oops", data=b"[1]")
    kept = await say(world, "bob", "fine")
    gone = recalled(message, UserId("ann"), world.clock.now())
    for _ in range(2):
        await world.live.talk.recall(gone)
    await listener.new_events()
    events = [event for event in messages_of(listener) if event.kind is EventKind.MESSAGE_RECALLED]
    assert [event.data for event in events] == [write_recall(gone)]
    assert events[0].by == "ann"
    _, found = (await page(world)).messages
    assert (found.text, found.data, found.recalled_by, found.user) == ("", b"", "ann", "bob")
    assert found.recalled is not None
    assert await world.live.talk.find(R1, DEFAULT_TENANT, message.number) == found
    assert await world.live.talk.find(R1, DEFAULT_TENANT, kept.number) == kept
    assert await world.live.talk.find(R1, DEFAULT_TENANT, kept.number - 1) in (None, found)
    await world.save()
    assert world.recovery.messages[R1, message.number].recalled is not None


async def test_a_message_that_only_the_ledger_has_is_taken_back_too(world: World, listener: RecordingListener) -> None:
    old = await say(world, "bob", "long ago")
    for number in range(KEPT):
        await say(world, "cid", f"{number}")
    assert await world.live.talk.find(R1, DEFAULT_TENANT, old.number) is None
    assert world.recovery.messages[R1, old.number] == old, "whoever finds nothing here may ask the ledger"
    await asyncio.gather(*(world.live.talk.recall(recalled(old, UserId("bob"), world.clock.now())) for _ in range(3)))
    await listener.new_events()
    assert [event.kind for event in messages_of(listener)].count(EventKind.MESSAGE_RECALLED) == 1
    await world.save()
    assert (world.recovery.messages[R1, old.number].text, world.recovery.messages[R1, old.number].recalled_by) == (
        "",
        "bob",
    )


async def test_a_message_of_another_broadcast_is_not_found(world: World) -> None:
    row = await world.go_live()
    old = await say(world, "ann")
    await world.close_room(replace(row, rev=2))
    await world.go_live(rev=row.rev + 2, broadcast="r1-b2")
    with pytest.raises(RoomNotFound):
        await world.live.talk.recall(recalled(old, UserId("ann"), world.clock.now()))


async def test_a_deleted_user_and_their_words_go(world: World, listener: RecordingListener) -> None:
    del listener
    theirs, others = await say(world, "bob", "my words"), await say(world, "cid", "his words")
    taken = await say(world, "cid", "oops")
    await world.live.talk.recall(recalled(taken, UserId("bob"), world.clock.now()))
    await world.live.talk.forget(R1, UserId("bob"), UserId("gone-1"))
    await world.live.talk.forget(R1, UserId("nobody"), UserId("gone-2"))
    third, second, first = (await page(world, "cid")).messages
    assert first == theirs._replace(user=UserId("gone-1"), name="", avatar="", text="", data=b"")
    assert second == others
    assert third.recalled_by == "gone-1"
    assert (R1, theirs.number) in world.recovery.messages, "the ledger is put right by whoever deletes the user"


async def test_a_room_that_is_not_live_has_nothing_to_forget(world: World) -> None:
    await world.live.talk.forget(R1, UserId("bob"), UserId("gone-1"))
