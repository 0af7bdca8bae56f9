"""Until when a request is waited for, and what does not end with it."""

import asyncio

import pytest
import uvloop

from liveroom import deadlines
from liveroom.deadlines import NEVER, Overdue
from liveroom.domain.errors import DatabaseUnavailable, LiveUnavailable

MOMENT = 0.02


async def end() -> float:
    return deadlines.end()


async def test_all_steps_of_a_request_have_one_end_also_those_taken_at_once() -> None:
    assert deadlines.end() == NEVER
    began = deadlines.begin()
    last = deadlines.end()
    left = last - asyncio.get_running_loop().time()
    assert deadlines.SECONDS - 1 < left <= deadlines.SECONDS
    assert set(await asyncio.gather(end(), end())) == {last}
    assert deadlines.time_left(60) <= deadlines.SECONDS
    assert deadlines.time_left(MOMENT) == MOMENT
    deadlines.over(began)
    assert deadlines.end() == NEVER
    assert deadlines.time_left(60) == 60


async def test_what_a_request_begins_for_others_too_does_not_end_with_it() -> None:
    began = deadlines.begin()
    assert await deadlines.spawn(end()) == NEVER
    deadlines.over(began)
    assert await deadlines.spawn(end()) == NEVER


async def test_who_joins_shared_work_gives_up_in_time_and_the_work_goes_on() -> None:
    go_on = asyncio.Event()
    work = deadlines.spawn(go_on.wait())
    with deadlines.at_most(MOMENT), pytest.raises(DatabaseUnavailable):
        await deadlines.join(work, DatabaseUnavailable)
    go_on.set()
    assert await deadlines.join(work)


async def test_what_shared_work_fails_with_is_what_who_joins_it_gets() -> None:
    async def fail() -> None:
        raise TimeoutError("its own")

    with deadlines.at_most(60), pytest.raises(TimeoutError, match="its own"):
        await deadlines.join(deadlines.spawn(fail()))


async def test_work_that_is_done_in_the_moment_in_which_a_request_is_over_is_an_answer() -> None:
    """Whoever had joined it got a bare TimeoutError: in a failover, calls were answered as if they had a bug."""
    work: asyncio.Future[int] = asyncio.get_running_loop().create_future()
    with deadlines.at_most(MOMENT):
        asyncio.get_running_loop().call_at(deadlines.end(), work.set_result, 7)
        assert await deadlines.join(work, LiveUnavailable) == 7


async def test_a_watch_fails_what_is_late_and_nothing_else() -> None:
    loop = asyncio.get_running_loop()
    watch = deadlines.DeadlineWatch(LiveUnavailable)
    background, answered, late = loop.create_future(), loop.create_future(), loop.create_future()
    watch.add(background)
    with deadlines.at_most(MOMENT):
        watch.add(answered)
        watch.add(late)
    answered.set_result("in time")
    with pytest.raises(LiveUnavailable):
        await late
    assert answered.result() == "in time"
    assert not background.done()


async def test_time_spent_outside_does_not_count() -> None:
    with deadlines.at_most(MOMENT):
        with deadlines.outside():
            assert deadlines.end() == NEVER
            with pytest.raises(TimeoutError):
                async with deadlines.within(2 * MOMENT):
                    await asyncio.Event().wait()
        assert deadlines.time_left(60) > 0
        async with deadlines.within(60):
            pass


async def test_a_step_of_a_request_that_is_over_is_not_begun() -> None:
    with deadlines.at_most(0), pytest.raises(Overdue):
        deadlines.within(60)


def test_who_waits_without_an_end_may_do_so_on_uvloop() -> None:
    async def join() -> float:
        return await deadlines.join(deadlines.spawn(end()))

    assert uvloop.run(join()) == NEVER
