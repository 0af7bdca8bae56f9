"""Events as clients read them: each kind has its struct, and what is written is what the struct says."""

import json
from datetime import UTC, datetime
from typing import Any, get_args

import msgspec
import pytest

from liveroom.api.events.rooms import RoomEvent, RoomNews, RoomState, room_news, room_state
from liveroom.api.events.users import UserEvent, UserState, user_state
from liveroom.domain.events.model import (
    Cause,
    Counts,
    Event,
    EventKind,
    MemberSummary,
    Position,
    Publication,
    Snapshot,
    known_kind,
)
from liveroom.domain.ids import BroadcastId, EntryId, RoomId, SessionId, TenantName, UserId
from liveroom.domain.presence.members import Member, PresenceEntry, Role
from liveroom.domain.rooms.model import LiveRoom
from tests.announced import NOTICE, SAID

NOW = datetime(2026, 11, 25, 10, 0, 0, 123_999, tzinfo=UTC)
GUEST = MemberSummary(UserId("40000002"), 'Bob "B" \u2028', "https://example.com/b.png", Role.ANCHOR)
CARD = (
    b'{"roomId":"1","appId":"0","category":"c","title":"t","cover":"","subject":"","description":"","ownBy":"1",'
    b'"createBy":"1","updateBy":"1","createUtc":"2026-11-25 10:00:00","updateUtc":"2026-11-25 10:00:00","star":0'
)
ROOM = LiveRoom(RoomId("1"), TenantName(""), UserId("1"), UserId("1"), BroadcastId("b"), "c", NOW, CARD, False, 2, 3, 7)
ROOM_KINDS = [EventKind(struct.__struct_config__.tag) for struct in get_args(RoomEvent)]


def event(kind: str, **values: Any) -> Event:
    """Return an event with everything that any kind needs."""
    counts, said = Counts(2, 3, (GUEST,)), SAID.get(kind, NOTICE)
    full = Event(kind, 5, NOW, Cause.CALL, None, "left", GUEST, ROOM, counts, said)
    return full._replace(**values)


def news(*events: Event) -> dict[str, Any]:
    found = json.loads(room_news("e", Publication(9, NOW, events, ())))
    assert isinstance(found, dict)
    return found


def test_every_kind_has_a_struct_of_its_own() -> None:
    tags = [struct.__struct_config__.tag for struct in (*get_args(RoomEvent), *get_args(UserEvent))]
    assert sorted(tags) == sorted(EventKind)


@pytest.mark.parametrize("kind", ROOM_KINDS)
def test_what_is_written_is_what_the_struct_says(kind: EventKind) -> None:
    found = news(event(kind))
    read = msgspec.convert(found, RoomNews)
    assert read.events[0].__struct_config__.tag == kind
    assert msgspec.to_builtins(read) == found
    assert found["events"][0]["time"] == "2026-11-25T10:00:00.123Z"


def test_an_event_of_a_module_is_written_as_it_was_announced() -> None:
    found = news(event(known_kind("polls.opened"), data=b'{"question":"?"}', by=UserId("1")))["events"][0]
    assert (found["type"], found["data"], found["by"]) == ("polls.opened", {"question": "?"}, "1")
    assert list(found) == ["type", "seq", "epoch", "time", "cause", "data", "by"]
    with pytest.raises(ValueError, match="was not announced"):
        news(event(known_kind("polls.opened"), data=None))


def test_a_publication_carries_the_number_of_its_last_event() -> None:
    found = news(event(EventKind.MEMBER_ENTERED), event(EventKind.COUNTS)._replace(seq=6))
    assert (found["epoch"], found["seq"]) == ("e", 6)
    assert [one["seq"] for one in found["events"]] == [5, 6]


def test_whose_call_it_was_is_said_only_where_it_is_known() -> None:
    assert "by" not in news(event(EventKind.MEMBER_LEFT))["events"][0]
    assert news(event(EventKind.MEMBER_LEFT, by=UserId("1")))["events"][0]["by"] == "1"


def test_a_snapshot_is_the_room_and_its_members() -> None:
    members = (Member(GUEST.user, GUEST.name, GUEST.avatar, GUEST.role, NOW, 1),)
    found = json.loads(room_state(Snapshot(Position("e", 9), 5, ROOM, members, NOW)))
    read = msgspec.convert(found, RoomState)
    assert (read.epoch, read.seq, read.offset, read.members_total) == ("e", 5, 9, 2)
    assert (read.room.room_id, read.room.nn_users, read.members[0].user_id) == ("1", 2, GUEST.user)
    assert msgspec.to_builtins(read) == found


def test_a_user_is_in_a_room_once_by_however_many_sessions() -> None:
    user = UserId("7")
    places = [
        PresenceEntry(EntryId(f"p{n}"), user, SessionId(f"s{n}"), RoomId(room), False) for n, room in enumerate("212")
    ]
    read = msgspec.json.decode(user_state(user, places), type=UserState)
    assert [held.room_id for held in read.rooms] == ["1", "2"]
