"""What a process remembers of rooms: nothing of ids that somebody made up."""

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
    keys._KEPT.clear()
