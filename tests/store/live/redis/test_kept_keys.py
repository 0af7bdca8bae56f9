"""What a process remembers of rooms: nothing of ids that somebody made up."""

import pytest

from liveroom.domain.ids import RoomId
from liveroom.store.live.redis import keys


def test_the_keys_of_a_room_that_nobody_has_seen_are_not_kept() -> None:
    """Each made-up id kept 3 KB, 65,536 of them 182 MB."""
    before = len(keys._KEPT)
    assert keys.room_keys(RoomId("made-up")).room == keys.room_keys(RoomId("made-up")).room
    assert len(keys._KEPT) == before


def test_those_of_rooms_that_are_there_are_kept_up_to_a_bound() -> None:
    for number in range(keys.KEPT_MAX + 10):
        room = RoomId(f"kept-{number}")
        keys.keep_keys(room, keys.room_keys(room))
    assert len(keys._KEPT) == keys.KEPT_MAX
    assert keys.room_keys(room) is keys.room_keys(room)
    assert "kept-9" not in keys._KEPT, "what came first has gone first"
    keys._KEPT.clear()


def test_a_room_has_the_keys_that_it_is_asked_for_and_no_others() -> None:
    room = keys.RoomKeys(RoomId("1"))
    tag = room.bucket.tag.encode()
    assert room.picture == (tag + b":facts", tag + b":room:1", tag + b":members:1", tag + b":gone:1")
    assert room.whole[:14] == room.all == room.leaving[:14]
    assert room.members is room.members
    with pytest.raises(AttributeError):
        room.nothing  # noqa: B018
