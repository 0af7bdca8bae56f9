"""The order of a channel's publications: duplicates, gaps, other epochs, offsets that step back."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from liveroom.domain.errors import LiveUnavailable, RoomNotFound, Unavailable
from liveroom.domain.events import RECOVERED, Position
from liveroom.realtime.codes import RESUBSCRIBE, ROOM_CLOSED, End
from liveroom.realtime.sequencer import Item, Sequencer

START = datetime(2026, 11, 25, tzinfo=UTC)


def item(offset: int, *, at: int | None = None) -> Item:
    return Item(offset, START + timedelta(seconds=offset if at is None else at), b"%d" % offset)


class Ear:
    """A log that remembers what it is told to, and who listens to it."""

    def __init__(self, *, kept: Sequence[Item] = (), epoch: str = "e") -> None:
        self.kept = list(kept)
        self.position = Position(epoch, self.kept[-1].offset if self.kept else 0)
        self.failure: Unavailable | RoomNotFound | None = None
        self.asked = 0
        self.taken: list[int] = []
        self.ends: list[End] = []
        self.renewed: list[str] = []
        self.tasks: set[asyncio.Task[None]] = set()
        self.sequencer = Sequencer("room:1", self, spawn=self._spawn, take=self._take, end=self._end)

    async def recent(self, *, after: int, limit: int, reverse: bool = False) -> tuple[Position, Sequence[Item]]:
        self.asked += 1
        found, position = [one for one in self.kept if one.offset > after][:limit], self.position
        await asyncio.sleep(0)
        if self.failure is not None:
            raise self.failure
        return position, found

    async def step_back(self, epoch: str) -> None:
        self.renewed.append(epoch)

    def _spawn(self, work: object) -> asyncio.Task[None]:
        task: asyncio.Task[None] = asyncio.create_task(work)  # type: ignore[arg-type]
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)
        return task

    def _take(self, one: Item) -> None:
        self.taken.append(one.offset)

    def _end(self, end: End) -> None:
        self.ends.append(end)
        self.sequencer.forget()

    async def settle(self) -> None:
        while self.tasks:
            await asyncio.gather(*self.tasks)

    def hear(self, *offsets: int) -> None:
        for offset in offsets:
            self.sequencer.heard("e", item(offset))


async def test_what_was_taken_is_not_taken_again() -> None:
    ear = Ear()
    ear.sequencer.adopt(Position("e", 4))
    ear.hear(4, 5, 5, 6, 3, 6)
    assert ear.taken == [5, 6]
    assert ear.ends == []


async def test_a_gap_is_filled_before_going_on() -> None:
    ear = Ear(kept=[item(offset) for offset in range(1, 8)])
    ear.sequencer.adopt(Position("e", 2))
    ear.hear(5)
    assert ear.taken == []
    ear.hear(6, 7)
    await ear.settle()
    assert ear.taken == [3, 4, 5, 6, 7]
    assert ear.asked == 1


async def test_what_is_heard_while_a_gap_is_filled_follows_it() -> None:
    ear = Ear(kept=[item(offset) for offset in range(1, 6)])
    ear.sequencer.adopt(Position("e", 2))
    ear.hear(5)
    await asyncio.sleep(0)
    ear.hear(6, 7)
    await ear.settle()
    assert ear.taken == [3, 4, 5, 6, 7]


async def test_a_gap_that_is_too_old_makes_everybody_begin_again() -> None:
    ear = Ear(kept=[item(offset) for offset in range(5, 8)])
    ear.sequencer.adopt(Position("e", 2))
    ear.hear(7)
    await ear.settle()
    assert ear.taken == []
    assert ear.ends == [RESUBSCRIBE]


async def test_another_epoch_makes_everybody_begin_again() -> None:
    ear = Ear()
    ear.sequencer.adopt(Position("e", 2))
    ear.sequencer.heard("f", item(3))
    assert ear.ends == [RESUBSCRIBE]
    assert ear.sequencer.epoch == ""


async def test_a_gap_across_epochs_is_not_filled() -> None:
    ear = Ear(kept=[item(offset) for offset in range(1, 8)], epoch="f")
    ear.sequencer.adopt(Position("e", 2))
    ear.hear(7)
    await ear.settle()
    assert ear.taken == []
    assert ear.ends == [RESUBSCRIBE]


async def test_offsets_that_step_back_give_the_room_another_epoch() -> None:
    ear = Ear()
    ear.sequencer.adopt(Position("e", 400))
    ear.hear(401)
    ear.sequencer.heard("e", item(101, at=500))
    await ear.settle()
    assert ear.renewed == ["e"]
    assert ear.ends == [RESUBSCRIBE]


async def test_a_late_duplicate_is_no_step_back() -> None:
    ear = Ear()
    ear.sequencer.adopt(Position("e", 1))
    ear.hear(2, 3, 2)
    await ear.settle()
    assert ear.renewed == []


async def test_a_check_finds_what_was_missed_and_what_stepped_back() -> None:
    ear = Ear(kept=[item(offset) for offset in range(1, 4)])
    ear.sequencer.adopt(Position("e", 1))
    ear.sequencer.check(Position("e", 3), 1)
    await ear.settle()
    assert ear.taken == [2, 3]
    ear.sequencer.check(Position("e", 2), 2)
    assert ear.renewed == []
    ear.sequencer.check(Position("e", 2), 3)
    await ear.settle()
    assert ear.renewed == ["e"]


async def test_a_check_finds_another_epoch_and_a_room_that_is_gone() -> None:
    ear = Ear()
    ear.sequencer.adopt(Position("e", 1))
    ear.sequencer.check(Position("f", 1), 1)
    ear.sequencer.check(Position("f", 1), 1)
    ear.sequencer.adopt(Position("f", 1))
    ear.sequencer.check(None, 1)
    assert ear.ends == [RESUBSCRIBE, ROOM_CLOSED]


async def test_a_gap_that_cannot_be_filled_now_is_filled_with_what_comes_next() -> None:
    ear = Ear(kept=[item(offset) for offset in range(1, 6)])
    ear.sequencer.adopt(Position("e", 1))
    ear.failure = LiveUnavailable()
    ear.hear(4)
    await ear.settle()
    assert ear.taken == []
    ear.failure = None
    ear.hear(5)
    await ear.settle()
    assert ear.taken == [2, 3, 4, 5]


async def test_a_room_that_closed_in_the_gap_is_over() -> None:
    ear = Ear()
    ear.failure = RoomNotFound()
    ear.sequencer.adopt(Position("e", 1))
    ear.hear(4)
    await ear.settle()
    assert ear.ends == [ROOM_CLOSED]


async def test_what_is_heard_before_the_position_is_known_is_not_lost() -> None:
    ear = Ear()
    ear.hear(3, 4, 5)
    ear.sequencer.heard("old", item(9))
    ear.sequencer.adopt(Position("e", 3))
    assert ear.taken == [4, 5]
    assert ear.ends == []


async def test_only_as_much_is_remembered_as_a_recovery_may_give() -> None:
    ear = Ear()
    ear.sequencer.adopt(Position("e", 0))
    ear.hear(*range(1, RECOVERED + 51))
    assert ear.sequencer.since(50) is not None
    assert ear.sequencer.since(49) is None
    assert ear.sequencer.since(RECOVERED + 50) == []


@given(heard=st.lists(st.integers(1, 30), max_size=60), start=st.integers(0, 10))
def test_whatever_comes_each_is_taken_once_and_in_order(heard: list[int], start: int) -> None:
    async def story() -> None:
        ear = Ear(kept=[item(offset) for offset in range(1, 31)])
        ear.sequencer.adopt(Position("e", start))
        for number, offset in enumerate(heard):
            ear.sequencer.heard("e", item(offset))
            if number % 7 == 0:
                await asyncio.sleep(0)
        await ear.settle()
        assert ear.taken == list(range(start + 1, start + 1 + len(ear.taken)))
        assert ear.ends == []
        assert start + len(ear.taken) >= max(heard, default=0)

    asyncio.run(story())
