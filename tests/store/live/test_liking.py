"""Whose turn it is to write a room's likes, however many processes ask and however late they come to their turns."""

import random
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from liveroom.domain.errors import RateLimited
from liveroom.domain.ids import DEFAULT_TENANT, RoomId, UserId
from liveroom.domain.moments import milliseconds
from liveroom.domain.rooms.likes import LEAST, LONGEST, MOST, REMEMBERED, STEP, LikeCall
from liveroom.store.live.memory.liking import Liking

BEGAN = 1_700_000_000_000
SEEDS = st.integers(0, 2**32)


class Process:
    """Somebody who always has something to write, and comes to their turns late by at most so many milliseconds."""

    def __init__(self, dice: random.Random, latest: int) -> None:
        self.dice, self.latest = dice, latest
        self.turn = 0
        self.comes = BEGAN + dice.randint(0, latest)
        self.writes: list[int] = []
        self.refused = 0

    def ask(self, liking: Liking) -> None:
        now, late = self.comes, self.dice.randint(0, self.latest)
        try:
            turn = liking.ask(self.turn, now)
        except RateLimited:
            self.turn, self.refused = 0, self.refused + 1
            self.comes = now + milliseconds(STEP) + late
            return
        if turn > now:
            assert turn - now <= milliseconds(LONGEST)
            self.turn, self.comes = turn, turn + late
            return
        self.writes.append(now)
        self.turn, wait = liking.written(now)
        self.comes = now + wait + late


def run(count: int, asks: int, seed: int, *, latest: int) -> list[Process]:
    """Return processes that have asked so often together."""
    liking, dice = Liking(), random.Random(seed)
    processes = [Process(dice, latest) for _ in range(count)]
    for _ in range(asks):
        min(processes, key=lambda process: process.comes).ask(liking)
    return processes


@settings(max_examples=60, deadline=None, database=None)
@given(st.integers(1, 14), SEEDS, st.integers(0, 400))
def test_no_two_writes_are_closer_than_the_least_and_nobody_is_left_out(count: int, seed: int, latest: int) -> None:
    processes = run(count, 40 * count, seed, latest=latest)
    writes = sorted(write for process in processes for write in process.writes)
    assert all(later - earlier >= milliseconds(LEAST) for earlier, later in pairwise(writes))
    assert all(process.writes for process in processes) or count > milliseconds(LONGEST) // milliseconds(STEP)


@settings(max_examples=40, deadline=None, database=None)
@given(st.integers(1, 8), SEEDS)
def test_processes_that_come_in_time_take_turns_and_are_never_asked_back(count: int, seed: int) -> None:
    processes = run(count, 60, seed, latest=milliseconds(STEP - LEAST))
    writes = sorted(write for process in processes for write in process.writes)
    assert len(writes) >= 60 - count, "each asks for its first turn"
    assert not any(process.refused for process in processes)
    sizes = [len(process.writes) for process in processes]
    assert max(sizes) - min(sizes) <= 2


def test_a_turn_that_was_let_pass_keeps_nobody_for_longer_than_it_would_have_lasted() -> None:
    liking, step = Liking(), milliseconds(STEP)
    assert liking.ask(0, BEGAN) == BEGAN
    turn, wait = liking.written(BEGAN)
    assert (turn, wait) == (BEGAN + step, step)
    assert liking.ask(0, BEGAN + 1) == BEGAN + 2 * step, "another waits behind that turn"
    assert liking.ask(turn, BEGAN + 10 * step) == BEGAN + 10 * step
    assert Liking(liking.turns).ask(0, BEGAN + 10 * step) == BEGAN + 10 * step


@settings(max_examples=200, deadline=None, database=None)
@given(st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from(["", *"1234567"]), st.integers(1, 9)), max_size=60))
def test_a_batch_counts_once_and_likes_without_one_always(calls: list[tuple[str, str, int]]) -> None:
    assert len("1234567") < REMEMBERED
    assert sum(likes for _, _, likes in calls) <= MOST
    liking, known, total = Liking(), set[tuple[str, str]](), 0
    for user, batch, likes in calls:
        added = liking.count(LikeCall(DEFAULT_TENANT, RoomId("r"), UserId(user), likes, batch), BEGAN)
        assert added == (0 if batch and (user, batch) in known else likes)
        known.add((user, batch))
        total += added
    assert total == sum(liker.window.likes for liker in liking.likers.values())
