"""What the processes of an installation tell each other for the overview: what each has counted, and who watches.

Each sends its own counters, as they are since it began: every second while somebody watches, else now and then. All
keep the newest of all; what was missed on the way is in the next. One of them adds them up (``summing``).
"""

import secrets
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

import msgspec

from liveroom.domain.operators.counters import NOTHING, Counters
from liveroom.domain.operators.overview import Traffic
from liveroom.ports import Clock, Live
from liveroom.usecases.operators.rates import Rates

TOPIC: Final = "consoles:figures"
WATCHED: Final = timedelta(seconds=4)
"""How long somebody counts as watching who has said so: it is said every second."""
SELDOM: Final = timedelta(seconds=15)
"""Between two reports of a process while nobody watches."""
_PROMPT: Final = timedelta(seconds=3)
LOST: Final = timedelta(seconds=40)
"""A process from which nothing was heard for so long is not there."""
FORGOTTEN: Final = timedelta(hours=1)
"""After so long it does not come back under the same name."""
_WATCH: Final = "watch"


class ProcessReport(msgspec.Struct, frozen=True, array_like=True):
    """What a process says of itself."""

    node: str
    began: float
    """Since when it counts, in seconds."""
    counters: Counters
    down: list[str]
    """Dependencies that do not answer it."""
    broken: dict[str, float]
    """Breakers of its own that are open, by the names of ``/metrics``."""


@dataclass(frozen=True, slots=True)
class OwnFigures:
    """What this process knows of itself: functions that only read."""

    counters: Callable[[], Counters]
    down: Callable[[], Sequence[str]]
    broken: Callable[[], Awaitable[Mapping[str, float]]]


class KnownProcess(msgspec.Struct):
    """The newest report of a process, when it came, and what it had counted when the sums began."""

    report: ProcessReport
    at: datetime
    first: Counters


_encode: Final = msgspec.json.Encoder().encode
_read_report: Final = msgspec.json.Decoder(ProcessReport).decode
_read_scopes: Final = msgspec.json.Decoder(list[str]).decode


@dataclass(slots=True)
class FigureExchange:
    """This process's part of the exchange. ``own`` None: it counts nothing, as commands do."""

    live: Live
    clock: Clock
    own: OwnFigures | None = None
    node: str = field(default_factory=lambda: secrets.token_hex(8))
    rates: Rates = field(default_factory=Rates)
    _known: dict[str, KnownProcess] = field(default_factory=dict)
    _gone: Counters = NOTHING
    """What processes have counted that are gone."""
    _scopes: dict[str, datetime] = field(default_factory=dict)
    _sent: datetime | None = None
    _began: datetime | None = None

    async def listen(self) -> None:
        """Hear of other processes from now on; listening twice is listening once."""
        await self.live.forwarding.listen(TOPIC, self.received)

    async def watch(self, scopes: Iterable[str]) -> None:
        """Say that somebody here watches these scopes."""
        await self.live.forwarding.send(TOPIC, _WATCH, _encode(sorted(scopes)))

    async def report(self, *, at_once: bool = False) -> None:
        """Send what this process has counted, if it is time, or at once. Raises ``LiveUnavailable``."""
        now = self.clock.now()
        pause = timedelta(0) if at_once or self.watched() else SELDOM
        if self.own is None or (self._sent is not None and timedelta(0) <= now - self._sent < pause):
            return
        report = await self._report(self.own, now)
        self._take(report, now)
        self._sent = now
        await self.live.forwarding.send(TOPIC, self.node, _encode(report))

    async def _report(self, own: OwnFigures, now: datetime) -> ProcessReport:
        self._began = self._began or now
        counters, down, broken = own.counters(), list(own.down()), dict(await own.broken())
        return ProcessReport(self.node, self._began.timestamp(), counters, down, broken)

    def received(self, name: str, data: bytes) -> None:
        """Take what a process says, this one included; what cannot be read is left out."""
        now = self.clock.now()
        try:
            if name == _WATCH:
                self._scopes |= dict.fromkeys(_read_scopes(data), now + WATCHED)
            elif name != self.node:
                self._take(_read_report(data), now)
        except msgspec.DecodeError:
            return

    def _take(self, report: ProcessReport, now: datetime) -> None:
        known = self._known.get(report.node)
        if known is None:
            # Of a process that is older than ours it is not known what it counted since the sums began.
            is_new = self._began is not None and report.began >= self._began.timestamp()
            self._known[report.node] = KnownProcess(report, now, NOTHING if is_new else report.counters)
        else:
            known.report, known.at = report, now

    def watched(self) -> frozenset[str]:
        """Return the scopes that somebody watches, in any process."""
        now = self.clock.now()
        self._scopes = {scope: until for scope, until in self._scopes.items() if until > now}
        return frozenset(self._scopes)

    def processes(self) -> Sequence[ProcessReport]:
        """Return the newest report of each process that is there."""
        oldest = self.clock.now() - LOST
        return [known.report for known in self._known.values() if known.at >= oldest]

    def note(self) -> Counters:
        """Take note of what has been counted until now, and return it."""
        counted = self.counted()
        self.rates.note(self.clock.now(), counted, is_whole=self._is_whole())
        return counted

    def traffic(self) -> Traffic | None:
        """Return what is asked of the installation by the second; None as long as that is not known."""
        self.note()
        return self.rates.traffic()

    def _is_whole(self) -> bool:
        """Say whether every process that is there has reported in the last seconds."""
        now = self.clock.now()
        ages = [now - known.at for known in self._known.values()]
        return all(age <= _PROMPT for age in ages if age < LOST)

    def counted(self) -> Counters:
        """Return what all processes have counted since this one began to listen, as far as it heard of it."""
        oldest = self.clock.now() - FORGOTTEN
        for node, known in list(self._known.items()):
            if known.at < oldest:
                self._gone = self._gone.plus(known.report.counters.since(known.first))
                del self._known[node]
        counted = self._gone
        for known in self._known.values():
            counted = counted.plus(known.report.counters.since(known.first))
        return counted
