"""How fast may be spoken, whatever people try: the counting of the memory store against a plain look back."""

from hypothesis import given
from hypothesis import strategies as st

from liveroom.domain.ids import BroadcastId
from liveroom.domain.messages.model import CROWD_BYTES, HIGH_A_SECOND, HIGH_BYTES, KEPT, KEYS_KEPT, Priority
from liveroom.store.live.memory.talk_pace import RoomTalk, Speaker
from tests.domain.messages.test_model import SAID

B1, B2 = BroadcastId("b1"), BroadcastId("b2")
GAPS = st.lists(st.integers(0, 4000), max_size=80)


@given(gaps=GAPS, most=st.integers(1, 12), slow=st.sampled_from([0, 1, 700, 5000]))
def test_nobody_writes_more_than_so_much_in_any_ten_seconds_nor_faster_than_slow_mode(
    gaps: list[int], most: int, slow: int
) -> None:
    speaker, now, wrote = Speaker(B1), 1_000_000, list[int]()
    for number, gap in enumerate(gaps):
        now += gap
        wait = speaker.wait(now, most, slow).ms
        recent = [when for when in wrote if when > now - 10_000]
        is_free = len(recent) < most and (not wrote or wrote[-1] + slow <= now)
        assert (wait == 0) is is_free
        if wait:
            assert speaker.wait(now + wait - 1, most, slow).ms == 1
            assert speaker.wait(now + wait, most, slow).ms == 0, "who waits as long as they were told may write"
            now += wait
        speaker.note(f"{number}", number, now, slow)
        wrote.append(now)


@given(st.lists(st.tuples(st.integers(0, 300), st.sampled_from(Priority), st.integers(1, 9000)), max_size=120))
def test_a_room_takes_no_more_than_its_second_holds_and_important_ones_apart(
    tries: list[tuple[int, Priority, int]],
) -> None:
    room, now, taken = RoomTalk(0, older=False), 1_000_000, list[tuple[int, Priority, int]]()
    for number, (gap, priority, size) in enumerate(tries, 1):
        now += gap
        if room.wait(priority, size, 40, now) == 0:
            room.keep(SAID._replace(number=number, priority=priority), size)
            taken.append((now, priority, size))
    for begin, _, _ in taken:
        second = [(priority, size) for when, priority, size in taken if begin <= when < begin + 1000]
        high = [size for priority, size in second if priority is Priority.HIGH]
        crowd = [size for priority, size in second if priority is not Priority.HIGH]
        assert len(crowd) <= 2 * 40
        assert len(high) <= 2 * HIGH_A_SECOND
        assert sum(crowd) <= 2 * CROWD_BYTES
        assert sum(high) <= 2 * HIGH_BYTES
    assert [message.number for message in room.newest(None)] == sorted(room.kept, reverse=True)


@given(st.lists(st.integers(0, 15), max_size=60))
def test_the_last_keys_are_known_and_those_of_another_broadcast_are_not(ids: list[int]) -> None:
    speaker, known = Speaker(B1), dict[str, int]()
    for number, id in enumerate(map(str, ids)):
        found = speaker.number_under(id, B1)
        assert found == known.get(id)
        if found is None:
            speaker.note(id, number, number, 0)
            known[id] = number
            known = dict(list(known.items())[-KEYS_KEPT:])
    assert all(speaker.number_under(id, B2) is None for id in known)


def test_a_room_keeps_its_newest_and_says_that_there_are_older_ones() -> None:
    room = RoomTalk(0, older=False)
    for number in range(1, KEPT + 6):
        assert room.older is (number > KEPT + 1)
        room.keep(SAID._replace(number=number), 1)
    assert list(room.kept) == list(range(6, KEPT + 6))
    assert [message.number for message in room.newest(9)] == [8, 7, 6]
