"""A room's state after each event, a crowd that is named only in part, and readers that fall behind."""

import asyncio
from typing import Any, cast

from liveroom_client.events import RoomEvent
from liveroom_client.feed import WAITING_MAX, Feed
from liveroom_client.room_state import MESSAGES_MAX, SAMPLE_MAX, Me, RoomState
from liveroom_client.shapes import RoomSnapshot

ROOM = {"roomId": "1", "title": "Evening", "ownBy": "1", "star": 0, "nnUsers": 2, "totalJoined": 2, "status": 0}


def member(user: str, role: str = "audience") -> dict[str, str]:
    return {"userId": user, "name": f"name {user}", "avatar": "", "role": role}


def state(*users: str, total: int = 0) -> RoomState:
    snapshot = {
        "epoch": "e",
        "seq": 10,
        "offset": 5,
        "room": ROOM,
        "members": [member(user) for user in users],
        "membersTotal": total or len(users),
        "options": {},
        "seats": {"mode": "free", "seats": [], "requests": []},
    }
    return RoomState.of(cast(RoomSnapshot, snapshot), Me("2"))


def event(seq: int, kind: str, **fields: Any) -> dict[str, Any]:
    return {"type": kind, "seq": seq, "epoch": "e", "time": "2026-01-01T00:00:00.123Z", "cause": "call", **fields}


def message(number: int, **fields: Any) -> dict[str, Any]:
    return {"messageId": str(number), "userId": "2", "text": f"text {number}", "recalled": False, **fields}


def counts(seq: int, members: int, *sample: str) -> dict[str, Any]:
    named = [member(user) for user in sample]
    return event(seq, "room.counts", nnUsers=members, totalJoined=members, sample=named)


def test_an_event_that_the_state_already_had_changes_nothing() -> None:
    room = state("1", "2")
    assert not room.apply(event(10, "member.left", userId="1", reason="left"))
    assert list(room.members) == ["1", "2"]
    assert room.apply(event(11, "member.left", userId="1", reason="left"))
    assert list(room.members) == ["2"]
    assert room.apply({**event(1, "member.entered", **member("3")), "epoch": "f"})
    assert (room.epoch, room.seq) == ("f", 1)


def test_an_event_of_a_kind_that_is_not_known_counts_and_changes_nothing() -> None:
    room = state("1")
    assert room.apply(event(11, "polls.opened", data={}))
    assert room.seq == 11


def test_what_was_sent_is_as_it_was_told_last() -> None:
    room = state("1")
    assert room.gifts == {"coins": 0, "gifts": 0, "senders": 0}
    assert room.apply(event(11, "gift.sent", data={"sentId": "g", "count": 1}))
    totals = {"coins": 5, "gifts": 2, "senders": 1}
    assert room.apply(event(13, "gift.totals", data=totals))
    assert (room.gifts, room.seq) == (totals, 13)


def test_a_crowd_is_a_sample_that_stays_bounded_and_keeps_the_hosts() -> None:
    room = state("1", "2")
    room.members["1"]["role"] = "anchor"
    for step in range(300):
        users = [str(number) for number in range(step * 10 + 3, step * 10 + 13)]
        room.apply(counts(11 + step, 2000 + step, *users))
    assert len(room.members) == SAMPLE_MAX
    assert "1" in room.members
    assert room.members_total == 2299
    assert not room.members_complete


def test_messages_are_kept_in_order_each_once_and_the_oldest_go() -> None:
    room = state("1", "2")
    for number in range(100, 100 + MESSAGES_MAX + 5):
        room.apply(event(number, "message.sent", data=message(number)))
    room.add_messages([cast(Any, message(150)), cast(Any, message(104))])
    numbers = [int(one["messageId"]) for one in room.messages]
    assert numbers == list(range(105, 105 + MESSAGES_MAX))


def test_a_recalled_message_stays_recalled_whatever_an_older_answer_says() -> None:
    room = state("1", "2")
    room.apply(event(11, "message.sent", data=message(7)))
    room.apply(event(12, "message.recalled", data={"messageId": "7", "userId": "2", "by": "1"}))
    room.add_messages([cast(Any, message(7))])
    assert [(one["text"], one["recalled"]) for one in room.messages] == [("", True)]


def test_a_notice_is_among_the_messages_once() -> None:
    room = state("1", "2")
    room.apply(event(11, "room.notice", data={"text": "Five more minutes"}))
    (notice,) = room.messages
    assert (notice["type"], notice["text"], notice["messageId"]) == ("notice", "Five more minutes", "1767225600123")
    room.add_messages([notice])
    assert len(room.messages) == 1


def test_a_new_name_is_shown_in_the_seat_too() -> None:
    room = state("1", "2")
    seat = {"seat": 1, "userId": "1", "name": "old", "avatar": ""}
    room.apply(event(11, "seats.changed", data={"mode": "apply", "seats": [seat]}))
    room.apply(event(12, "member.profile_changed", userId="1", name="new", avatar="a"))
    assert (room.seats[0]["name"], room.members["1"]["name"]) == ("new", "new")


async def test_every_reader_gets_every_event_and_stops_at_the_end() -> None:
    feed: Feed[int] = Feed(lambda: -1)
    first, second = feed.read(), feed.read()
    for number in range(3):
        feed.put(number)
    feed.end()
    assert [number async for number in first] == [number async for number in second] == [0, 1, 2]
    assert [number async for number in feed.read()] == []


async def test_a_reader_that_is_too_slow_skips_and_is_told_so() -> None:
    feed: Feed[int] = Feed(lambda: -1)
    slow = feed.read()
    for number in range(WAITING_MAX + 2):
        feed.put(number)
    assert [await anext(slow), await anext(slow)] == [-1, WAITING_MAX + 1]


async def test_a_reader_waits_for_what_is_to_come() -> None:
    feed: Feed[RoomEvent] = Feed(lambda: {"type": "state.replaced"})
    waiting = asyncio.create_task(anext(feed.read()))
    await asyncio.sleep(0)
    feed.put({"type": "state.replaced"})
    assert (await waiting)["type"] == "state.replaced"
