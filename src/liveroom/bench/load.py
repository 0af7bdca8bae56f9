"""Putting a mix on a service: calls fall due by the clock, and times count from there, whether or not it keeps up."""

import asyncio
import heapq
import random
from collections.abc import Callable, Iterator
from functools import partial
from typing import Final

from liveroom.bench import calls
from liveroom.bench.calls import CallToMake
from liveroom.bench.figures import BenchOutcome
from liveroom.bench.mix import Mix, shares
from liveroom.bench.people import SimulatedUsers
from liveroom.bench.wire import Connections, NoAnswer

WAITING_MAX: Final = 5_000
"""Calls waiting at once, above which what falls due is not sent: the load has to stay bounded."""
_HOT_SHARE: Final = 0.3
_SIGNING_SHARE: Final = 0.1
_OUTAGE_PAUSE: Final = 0.2

Draw = Callable[[SimulatedUsers], CallToMake]
Due = Iterator[tuple[float, Draw]]


class Load:
    """One run of a mix."""

    def __init__(
        self, crowd: SimulatedUsers, connections: Connections, mix: Mix, *, seconds: float, pace: float
    ) -> None:
        self._crowd = crowd
        self._connections = connections
        self._mix = mix
        self._seconds = seconds
        self._pace = pace
        self._loop = asyncio.get_running_loop()
        self._waiting: set[asyncio.Task[None]] = set()
        self._silent = False
        self._signed_in_again = False
        self.outcome = BenchOutcome()

    async def run(self, on_second: Callable[[float], None]) -> BenchOutcome:
        """Run to the end; ``on_second`` is told how far it is."""
        began = self._loop.time()
        reported = 0.0
        for due, draw in self._plan():
            ahead = began + due - self._loop.time()
            if ahead > 0.001:
                await asyncio.sleep(ahead)
            if due - reported >= 0.25:
                reported = due
                on_second(due)
                await asyncio.sleep(0)
            self._start(draw, began + due)
        if self._waiting:
            await asyncio.wait(self._waiting)
        self.outcome.seconds = self._loop.time() - began
        return self.outcome

    def _plan(self) -> Due:
        streams = [self._steady()]
        if self._mix is Mix.HOT_ROOM:
            streams.append(self._hot_room())
        if self._mix is Mix.RESTART:
            streams.append(self._sign_in_unless_done())
        return heapq.merge(*streams, key=lambda moment: moment[0])

    def _steady(self) -> Due:
        """Yield the mix, at the rate of this crowd, in the irregular gaps of people who do not know each other."""
        drawn = shares(self._mix)
        rates = [share.rate for share in drawn]
        rate = sum(rates) * len(self._crowd.people) / 1000 * self._pace
        dice, at = self._crowd.dice, 0.0
        while (at := at + dice.expovariate(rate)) < self._seconds:
            yield at, calls.DRAWS[dice.choices(drawn, rates)[0].call]

    def _hot_room(self) -> Due:
        """Yield 30 % of the users entering one room during six sevenths of the time, its end, and their leaving."""
        star = self._crowd.on_air[0]
        fans = [person for person in self._crowd.people if not person.is_anchor]
        fans = fans[: round(len(self._crowd.people) * _HOT_SHARE)]
        end = self._seconds * 6 / 7
        for number, fan in enumerate(fans):
            yield end * number / len(fans), partial(calls.enter, person=fan, room=star.id)
        yield end, partial(calls.destroy_of, person=star)
        for number, fan in enumerate(fans):
            at = end + (self._seconds - end) * number / len(fans)
            yield at, partial(calls.leave_from, person=fan, room=star.id)

    def _sign_in_unless_done(self) -> Due:
        yield self._seconds * 0.9, self._end_of_waiting

    def _end_of_waiting(self, crowd: SimulatedUsers) -> CallToMake:
        """Let everybody sign in again near the end, where no outage was seen to do it after."""
        self._sign_in_again()
        return calls.keepalive(crowd)

    def _sign_in_again(self) -> None:
        if not self._signed_in_again:
            self._signed_in_again = True
            for _ in range(round(len(self._crowd.people) * _SIGNING_SHARE)):
                self._start(calls.login_token, self._loop.time())

    def _start(self, draw: Draw, due: float) -> None:
        if len(self._waiting) >= WAITING_MAX:
            self.outcome.unsent += 1
            return
        task = self._loop.create_task(self._send(draw(self._crowd), due))
        self._waiting.add(task)
        task.add_done_callback(self._waiting.discard)

    async def _send(self, asked: CallToMake, due: float) -> None:
        figures = self.outcome.of(asked.call)
        asked.person.under_way += 1
        try:
            answer = await self._connections.ask(asked.request)
        except NoAnswer:
            self._silent = True
            figures.note_silence(allowed=self._mix is Mix.RESTART)
            await asyncio.sleep(_OUTAGE_PAUSE)
            return
        finally:
            asked.person.under_way -= 1
        figures.note(self._loop.time() - due, answer.code, asked.allowed)
        asked.then(answer)
        if self._silent:
            self._silent = False
            if self._mix is Mix.RESTART:
                self._sign_in_again()


def dice(seed: int) -> random.Random:
    """Return what decides who does what; the same seed gives the same run."""
    return random.Random(seed)  # noqa: S311 - decides nothing that has to be secret
