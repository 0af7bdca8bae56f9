"""The order of a channel's publications: duplicates, gaps, other epochs, offsets that step back."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from liveroom.domain.errors import LiveUnavailable, RoomNotFound, Unavailable
from liveroom.domain.events.model import RECOVERED, Position
from liveroom.realtime.codes import RESUBSCRIBE, ROOM_CLOSED, End
from liveroom.realtime.sequencer import Item, Sequencer

START = datetime(2026, 11, 25, tzinfo=UTC)


def item(offset: int, *, at: int | None = None) -> Item:
    return Item(offset, START + timedelta(seconds=offset if at is None else at), b"%d" % offset)


class RecordingLog:
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

    def receive(self, *offsets: int) -> None:
        for offset in offsets:
            self.sequencer.received("e", item(offset))


async def test_what_was_taken_is_not_taken_again() -> None:
    log = RecordingLog()
    log.sequencer.adopt(Position("e", 4))
    log.receive(4, 5, 5, 6, 3, 6)
    assert log.taken == [5, 6]
    assert log.ends == []


async def test_a_gap_is_filled_before_going_on() -> None:
    log = RecordingLog(kept=[item(offset) for offset in range(1, 8)])
    log.sequencer.adopt(Position("e", 2))
    log.receive(5)
    assert log.taken == []
    log.receive(6, 7)
    await log.settle()
    assert log.taken == [3, 4, 5, 6, 7]
    assert log.asked == 1


async def test_what_is_received_while_a_gap_is_filled_follows_it() -> None:
    log = RecordingLog(kept=[item(offset) for offset in range(1, 6)])
    log.sequencer.adopt(Position("e", 2))
    log.receive(5)
    await asyncio.sleep(0)
    log.receive(6, 7)
    await log.settle()
    assert log.taken == [3, 4, 5, 6, 7]


async def test_a_gap_that_is_too_old_makes_everybody_begin_again() -> None:
    log = RecordingLog(kept=[item(offset) for offset in range(5, 8)])
    log.sequencer.adopt(Position("e", 2))
    log.receive(7)
    await log.settle()
    assert log.taken == []
    assert log.ends == [RESUBSCRIBE]


async def test_another_epoch_makes_everybody_begin_again() -> None:
    log = RecordingLog()
    log.sequencer.adopt(Position("e", 2))
    log.sequencer.received("f", item(3))
    assert log.ends == [RESUBSCRIBE]
    assert log.sequencer.epoch == ""


async def test_a_gap_across_epochs_is_not_filled() -> None:
    log = RecordingLog(kept=[item(offset) for offset in range(1, 8)], epoch="f")
    log.sequencer.adopt(Position("e", 2))
    log.receive(7)
    await log.settle()
    assert log.taken == []
    assert log.ends == [RESUBSCRIBE]


async def test_offsets_that_step_back_give_the_room_another_epoch() -> None:
    log = RecordingLog()
    log.sequencer.adopt(Position("e", 400))
    log.receive(401)
    log.sequencer.received("e", item(101, at=500))
    await log.settle()
    assert log.renewed == ["e"]
    assert log.ends == [RESUBSCRIBE]


async def test_a_late_duplicate_is_no_step_back() -> None:
    log = RecordingLog()
    log.sequencer.adopt(Position("e", 1))
    log.receive(2, 3, 2)
    await log.settle()
    assert log.renewed == []


async def test_a_check_finds_what_was_missed_and_what_stepped_back() -> None:
    log = RecordingLog(kept=[item(offset) for offset in range(1, 4)])
    log.sequencer.adopt(Position("e", 1))
    log.sequencer.check(Position("e", 3), 1)
    await log.settle()
    assert log.taken == [2, 3]
    log.sequencer.check(Position("e", 2), 2)
    assert log.renewed == []
    log.sequencer.check(Position("e", 2), 3)
    await log.settle()
    assert log.renewed == ["e"]


async def test_a_check_finds_another_epoch_and_a_room_that_is_gone() -> None:
    log = RecordingLog()
    log.sequencer.adopt(Position("e", 1))
    log.sequencer.check(Position("f", 1), 1)
    log.sequencer.check(Position("f", 1), 1)
    log.sequencer.adopt(Position("f", 1))
    log.sequencer.check(None, 1)
    assert log.ends == [RESUBSCRIBE, ROOM_CLOSED]


async def test_a_gap_that_cannot_be_filled_now_is_filled_with_what_comes_next() -> None:
    log = RecordingLog(kept=[item(offset) for offset in range(1, 6)])
    log.sequencer.adopt(Position("e", 1))
    log.failure = LiveUnavailable()
    log.receive(4)
    await log.settle()
    assert log.taken == []
    log.failure = None
    log.receive(5)
    await log.settle()
    assert log.taken == [2, 3, 4, 5]


async def test_a_room_that_closed_in_the_gap_is_over() -> None:
    log = RecordingLog()
    log.failure = RoomNotFound()
    log.sequencer.adopt(Position("e", 1))
    log.receive(4)
    await log.settle()
    assert log.ends == [ROOM_CLOSED]


async def test_what_is_received_before_the_position_is_known_is_not_lost() -> None:
    log = RecordingLog()
    log.receive(3, 4, 5)
    log.sequencer.received("old", item(9))
    log.sequencer.adopt(Position("e", 3))
    assert log.taken == [4, 5]
    assert log.ends == []


async def test_only_as_much_is_remembered_as_a_recovery_may_give() -> None:
    log = RecordingLog()
    log.sequencer.adopt(Position("e", 0))
    log.receive(*range(1, RECOVERED + 51))
    assert log.sequencer.since(50) is not None
    assert log.sequencer.since(49) is None
    assert log.sequencer.since(RECOVERED + 50) == []


@given(received=st.lists(st.integers(1, 30), max_size=60), start=st.integers(0, 10))
def test_whatever_comes_each_is_taken_once_and_in_order(received: list[int], start: int) -> None:
    async def story() -> None:
        log = RecordingLog(kept=[item(offset) for offset in range(1, 31)])
        log.sequencer.adopt(Position("e", start))
        for number, offset in enumerate(received):
            log.sequencer.received("e", item(offset))
            if number % 7 == 0:
                await asyncio.sleep(0)
        await log.settle()
        assert log.taken == list(range(start + 1, start + 1 + len(log.taken)))
        assert log.ends == []
        assert start + len(log.taken) >= max(received, default=0)

    asyncio.run(story())
