"""Keys of rooms, and how calls with them begin: packed once for all rooms of a bucket, whatever ids are made up."""

import pytest

from liveroom.domain.ids import RoomId
from liveroom.store.live.redis.keys import KeySet, RoomKeys
from liveroom.store.live.redis.openings import RedisOpenings
from liveroom.store.live.redis.scripts import CallWrong, script
from liveroom.store.live.redis.wire import Word, pack_command

TAKERS = {
    KeySet.SUMMARY: ("read_room", 0),
    KeySet.LISTED: ("read_members", 0),
    KeySet.SEEN: ("snapshot", 0),
    KeySet.CHANGED: ("rename", 0),
    KeySet.LEAVING: ("admit", 0),
    KeySet.WHOLE: ("put_room", 0),
    KeySet.REBUILT: ("load_room", 0),
    KeySet.TALKING: ("say", 1),
    KeySet.LIKING: ("like", 0),
    KeySet.GIVING: ("tell_gifts", 0),
    KeySet.CHANNEL: ("join", 0),
}
"""A script for each set of keys, and how many it takes behind these."""


@pytest.mark.parametrize("which", KeySet)
@pytest.mark.parametrize("id", ["1", "1234567", "room", "übung", "$3\r\nroom\r\n", ""])
def test_a_call_in_a_room_travels_as_if_it_had_been_packed_whole(which: KeySet, id: str) -> None:
    openings = RedisOpenings()
    keys = RoomKeys(RoomId(id))
    name, more = TAKERS[which]
    opening = openings.of_room(name, keys, which, more)
    names = keys.of(which)
    begin: tuple[Word, ...] = ("EVALSHA", script(name).digest, len(names) + more, *names)
    assert opening.pattern.fill(keys.id).pack((b"one more", 17)) == pack_command((*begin, b"one more", 17))
    assert opening.pattern.fill(keys.id).pack(()) == pack_command(begin)


def test_a_script_is_called_with_the_set_of_keys_that_it_takes() -> None:
    keys = RoomKeys(RoomId("1"))
    for which, more in ((KeySet.CHANGED, 0), (KeySet.LEAVING, 1), (KeySet.WHOLE, 0)):
        with pytest.raises(CallWrong, match="admit takes facts, room, members"):
            RedisOpenings().of_room("admit", keys, which, more)


def test_rooms_of_a_bucket_share_how_their_calls_begin_and_each_has_its_own_keys() -> None:
    openings = RedisOpenings()
    by_bucket: dict[int, list[RoomKeys]] = {}
    for number in range(1000, 3000):
        keys = RoomKeys(RoomId(str(number)))
        by_bucket.setdefault(keys.number, []).append(keys)
    for rooms in by_bucket.values():
        assert len({id(openings.of_room("leave", keys, KeySet.LEAVING, 0)) for keys in rooms}) == 1
        heads = {openings.of_room("leave", keys, KeySet.LEAVING, 0).pattern.fill(keys.id).pack(()) for keys in rooms}
        assert len(heads) == len(rooms)


def test_what_is_kept_of_made_up_ids_has_a_bound() -> None:
    """Each made-up id kept 3 KB once, 65,536 of them 182 MB."""
    openings = RedisOpenings(most=100)
    for length in range(300):
        openings.of_room("read_room", RoomKeys(RoomId("x" * length)), KeySet.SUMMARY, 0)
        openings.of("heartbeats", (b"%d" % length,) * 6, 0)
        assert len(openings.of_rooms) <= 100
        assert len(openings.kept) <= 100


def test_a_room_has_the_keys_that_it_is_asked_for_and_no_others() -> None:
    room = RoomKeys(RoomId("1"))
    tag = room.bucket.tag.encode()
    assert room.of(KeySet.SUMMARY) == (tag + b":facts", tag + b":room:1", tag + b":members:1", tag + b":gone:1")
    assert room.of(KeySet.WHOLE)[:14] == room.of(KeySet.CHANGED) == room.of(KeySet.LEAVING)[:14]
    assert room.members == tag + b":members:1"
    with pytest.raises(AttributeError):
        room.nothing  # noqa: B018
