"""A room that liveroom-client follows is what it is on the server, whatever happens, and ends for the right reason."""

import pytest

from liveroom_client import Denied, Liveroom, LiveroomError, NotFound, RateLimited, WrongPassword
from tests.clients.python.evenings import Evening, check_same, ended, kinds, until, until_title

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_a_room_begins_with_its_whole_state(evening: Evening) -> None:
    await evening.act("messages/send", text="Before")
    async with evening.guest.enter(evening.room_id) as room:
        assert room.info["title"] == "Evening"
        assert list(room.members) == [evening.host.user, evening.guest.user_id]
        assert [message["text"] for message in room.messages] == ["Before"]
        assert room.me.role == "audience"
        await check_same(room, evening.host)
    assert room.ended is not None
    assert room.ended.why == "left"
    assert await evening.host.members(evening.room_id) == [evening.host.user]


async def test_everything_that_happens_is_told_in_order_and_is_in_the_state(evening: Evening) -> None:
    async with evening.guest.enter(evening.room_id) as room:
        events = room.events()
        other = await evening.visitor()
        await evening.retitle("One")
        await evening.act("messages/send", text="Hello")
        await other.leave(evening.room_id)
        await evening.retitle("Two")
        read = await until_title(events, "Two")
        assert kinds(read) == ["member.entered", "room.updated", "message.sent", "member.left", "room.updated"]
        assert [event["seq"] for event in read] == list(range(read[0]["seq"], read[0]["seq"] + len(read)))
        await check_same(room, evening.host)


async def test_what_the_user_does_is_in_the_state_too(evening: Evening) -> None:
    async with evening.guest.enter(evening.room_id) as room:
        events = room.events()
        said = await room.send("Hello", key="k-1")
        assert (await room.send("Hello", key="k-1"))["messageId"] == said["messageId"]
        assert await room.like(7) == 7
        await until(events, lambda event: event["type"] == "room.likes")
        assert room.likes == 7
        assert [message["text"] for message in room.messages] == ["Hello"]
        await room.recall(said["messageId"])
        await until(events, lambda event: event["type"] == "message.recalled")
        assert room.messages[0]["recalled"]
        assert room.messages[0]["text"] == ""


async def test_answers_mentions_and_the_pinned_message_are_in_the_state(evening: Evening) -> None:
    async with evening.guest.enter(evening.room_id) as room:
        events = room.events()
        said = await evening.act("messages/send", text="Hello")
        answer = await room.send("Hi", reply_to=said["messageId"], mentions=[evening.host.user])
        await evening.act("messages/pin", messageId=said["messageId"])
        await until(events, lambda event: event["type"] == "room.options_changed")
        assert answer["mentions"] == room.messages[1]["mentions"] == [evening.host.user]
        assert room.messages[1]["replyTo"]["text"] == "Hello"
        assert room.options["pinned"]
        assert room.options["pinned"]["text"] == "Hello"
        await evening.act("messages/recall", messageId=said["messageId"])
        await until(events, lambda event: event["type"] == "room.options_changed")
        assert room.messages[1]["replyTo"]["text"] == ""
        assert room.options["pinned"] is None


async def test_seats_and_requests_for_them_are_followed(evening: Evening) -> None:
    await evening.act("seats/configure", seats=2, mode="apply")
    async with evening.guest.enter(evening.room_id) as room:
        events = room.events()
        asked = await room.apply_for_seat()
        await until(events, lambda event: event["type"] == "seats.requested")
        assert [one["requestId"] for one in room.requests] == [asked["requestId"]]
        await evening.act("seats/approve", requestId=asked["requestId"])
        await until(events, lambda event: event["type"] == "seats.answered")
        assert room.requests == []
        assert (room.me.seat, room.me.role) == (1, "speaker")
        await check_same(room, evening.host)


async def test_a_host_who_leaves_and_comes_back_and_one_who_hands_over_are_followed(evening: Evening) -> None:
    async with evening.guest.enter(evening.room_id) as room:
        events = room.events()
        await evening.host.leave(evening.room_id)
        await until(events, lambda event: event["type"] == "room.hidden")
        assert room.info["status"] == 1
        await evening.host.enter(evening.room_id, "anchor")
        await until(events, lambda event: event["type"] == "room.restored")
        assert room.info["status"] == 0
        await evening.act("rooms/transfer_owner", targetId=evening.guest.user_id)
        await until(events, lambda event: event["type"] == "room.owner_changed")
        await until(events, lambda event: event["type"] == "member.role_changed")
        assert room.info["ownBy"] == evening.guest.user_id
        assert room.me.role == "anchor"


async def test_a_mute_is_known_to_the_muted(evening: Evening) -> None:
    async with evening.guest.enter(evening.room_id) as room:
        events = room.events()
        await evening.act("moderation/mute", targetId=evening.guest.user_id, seconds=60)
        await until(events, lambda event: event["type"] == "member.standing_changed")
        assert room.me.muted_until
        await evening.act("moderation/unmute", targetId=evening.guest.user_id)
        await until(events, lambda event: event["type"] == "member.standing_changed")
        assert room.me.muted_until == ""


async def test_a_kick_ends_the_room_and_says_why_and_the_user_may_come_back(evening: Evening) -> None:
    async with evening.guest.enter(evening.room_id) as room:
        await evening.act("moderation/kick", targetId=evening.guest.user_id, reason="Enough for today")
        ending = await ended(room)
        assert (ending.why, ending.detail) == ("kicked", "Enough for today")
        assert [event async for event in room.events()] == []
    async with evening.guest.enter(evening.room_id) as room:
        assert evening.guest.user_id in room.members


async def test_a_ban_from_the_room_ends_it_and_keeps_the_user_out(evening: Evening) -> None:
    async with evening.guest.enter(evening.room_id) as room:
        await evening.act("moderation/ban", targetId=evening.guest.user_id, seconds=600, reason="Spam")
        ending = await ended(room)
        assert (ending.why, ending.detail) == ("banned", "Spam")
        assert ending.until
    with pytest.raises(LiveroomError, match="banned"):
        await evening.guest.enter(evening.room_id)


async def test_a_room_that_closes_ends(evening: Evening) -> None:
    async with evening.guest.enter(evening.room_id) as room:
        events = room.events()
        await evening.act("rooms/destroy_room")
        ending = await ended(room)
        assert (ending.why, ending.detail) == ("closed", "destroyed")
        assert [event["type"] async for event in events][-1] == "room.closed"
    with pytest.raises(NotFound):
        await evening.guest.enter("1")


async def test_whoever_enters_another_room_has_left_this_one(evening: Evening, service: Liveroom) -> None:
    host = await service.guest("Carol")
    async with (
        host.go_live(title="Elsewhere") as other,
        evening.guest.enter(evening.room_id) as room,
        evening.guest.enter(other.id),
    ):
        assert (await ended(room)).why == "elsewhere"


async def test_a_host_opens_a_room_and_closes_it_in_the_end(evening: Evening, service: Liveroom) -> None:
    host = await service.guest("Carol")
    async with host.go_live(title="A new show", category="show") as room:
        assert (room.info["title"], room.info["category"]) == ("A new show", "show")
        assert room.me.role in ("owner", "anchor")
        async with evening.guest.enter(room.id) as theirs:
            events = theirs.events()
            await room.update(title="Renamed")
            await until_title(events, "Renamed")
    with pytest.raises(NotFound):
        await evening.guest.room(room.id)


async def test_refusals_are_errors_of_their_own_kind(evening: Evening) -> None:
    await evening.act("rooms/set_options", password="sesame")
    with pytest.raises(WrongPassword) as refused:
        await evening.guest.enter(evening.room_id)
    assert (refused.value.code, refused.value.name) == (3015, "RoomPasswordRequired")
    async with evening.guest.enter(evening.room_id, password="sesame") as room:
        with pytest.raises(Denied):
            await room.update(title="Mine")
        await evening.act("rooms/set_options", slowMode=60)
        await room.send("One")
        with pytest.raises(RateLimited) as limited:
            await room.send("Two")
        assert limited.value.retry_after is not None
        assert 50 < limited.value.retry_after <= 60


async def test_one_session_is_in_a_room_once(evening: Evening) -> None:
    async with evening.guest.enter(evening.room_id) as room:
        with pytest.raises(LiveroomError, match="already"):
            await evening.guest.enter(evening.room_id)
        await room.send("still here")
        assert room.ended is None


async def test_without_a_socket_the_state_is_asked_for_and_the_user_stays(evening: Evening) -> None:
    async with Liveroom(evening.stage.liveroom.url, socket=False) as polling:
        guest = await polling.sign_in_with_token(evening.guest.user.token)
        async with guest.enter(evening.room_id) as room:
            events = room.events()
            await evening.retitle("Polled")
            await evening.act("messages/send", text="Hello")
            await until(events, lambda _: room.info["title"] == "Polled" and bool(room.messages))
            await check_same(room, evening.host)
            await evening.act("rooms/destroy_room")
            assert (await ended(room)).why == "closed"
        with pytest.raises(LiveroomError, match="socket"):
            async with guest.follow_rooms():
                pass
