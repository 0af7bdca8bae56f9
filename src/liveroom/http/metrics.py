"""The figures of this process: counted in plain dicts and lists while calls run, made into families when asked for.

`Meter.observe` is on the path of every call and stays below half a microsecond; prometheus-client's own counters, a
lock and a label lookup each, do not.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from prometheus_client import CollectorRegistry, ProcessCollector
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, InfoMetricFamily
from prometheus_client.exposition import choose_encoder
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector
from prometheus_client.samples import Exemplar

from liveroom import __version__
from liveroom.api.codes import Code
from liveroom.api.declare import BASE
from liveroom.domain.operators.counters import BOUNDS, Counters, Durations
from liveroom.usecases.operators.levels import Gauge, ask

Bucket = tuple[str, float] | tuple[str, float, Exemplar]
"""Up to how many seconds, and how many calls took no longer; perhaps one of them, by its trace."""
_DEPENDENCIES: Final = {Code.ServiceDBFailed: "database", Code.ServiceUnavailable: "live"}
_ENTERS: Final = f"{BASE}rooms/enter_room"
_MESSAGES: Final = f"{BASE}messages/send"


class _Figures:
    """What is known of one method's calls."""

    __slots__ = ("codes", "durations")

    def __init__(self) -> None:
        self.codes: dict[int, int] = {}
        self.durations = Durations()


class Meter:
    """Counts calls by method and code, how long they took, and how often a dependency failed."""

    def __init__(self, paths: Iterable[str] = ()) -> None:
        self._figures = {path: _Figures() for path in paths}
        self.failures: dict[str, int] = dict.fromkeys(_DEPENDENCIES.values(), 0)

    def observe(self, path: str, code: int, seconds: float) -> None:
        """Count a call of the declared method at this path."""
        figures = self._figures.get(path) or self._figures.setdefault(path, _Figures())
        figures.codes[code] = figures.codes.get(code, 0) + 1
        figures.durations.note(seconds)
        if code and code in _DEPENDENCIES:
            self.failures[_DEPENDENCIES[Code(code)]] += 1

    def sums(self) -> Counters:
        """Return what was counted of all methods together: 30 µs."""
        codes, seconds = dict[str, int](), [0] * (len(BOUNDS) + 1)
        for figures in self._figures.values():
            if figures.codes:
                for code, number in figures.codes.items():
                    codes[str(int(code))] = codes.get(str(int(code)), 0) + number
                seconds = [one + more for one, more in zip(seconds, figures.durations.counts, strict=True)]
        return Counters(codes, seconds, self._good(_ENTERS), self._good(_MESSAGES))

    def _good(self, path: str) -> int:
        figures = self._figures.get(path)
        return figures.codes.get(Code.Success, 0) if figures is not None else 0

    def calls(self) -> Iterator[tuple[str, int, int]]:
        """Yield method, code and number of calls."""
        for path, figures in self._figures.items():
            for code, number in figures.codes.items():
                yield path, code, number

    def latencies(self) -> Iterator[tuple[str, Durations]]:
        """Yield each method that was called, and how long its calls took."""
        for path, figures in self._figures.items():
            if figures.codes:
                yield path, figures.durations

    def buckets(self, path: str, durations: Durations) -> list[Bucket]:
        """Return the buckets of a method's calls as they are shown."""
        return list(durations.buckets())


class Counted(NamedTuple):
    """What somebody else counts, and only ever more of."""

    name: str
    about: str
    labels: tuple[str, ...]
    values: Mapping[tuple[str, ...], float]
    """Now, by the values of the labels."""


class Measured(NamedTuple):
    """How long something took that somebody else measures."""

    name: str
    about: str
    durations: Durations


class Leveled(NamedTuple):
    """Levels that are asked for together, by the values of labels."""

    name: str
    about: str
    labels: tuple[str, ...]
    ask: Callable[[], Awaitable[Mapping[tuple[str, ...], float]]]


class _MeterCollector(Collector):
    """Makes a meter's figures into metric families."""

    def __init__(
        self,
        meter: Meter,
        levels: Mapping[str, float],
        counted: Sequence[Counted | Measured],
        labelled: Sequence[GaugeMetricFamily],
    ) -> None:
        self._meter = meter
        self._levels = levels
        self._counted = counted
        self._labelled = labelled

    def collect(self) -> Iterator[Metric]:
        yield InfoMetricFamily("liveroom_build", "What is running.", {"version": __version__})
        calls = CounterMetricFamily("liveroom_calls", "Calls answered.", labels=["method", "code"])
        for path, code, number in self._meter.calls():
            calls.add_metric([path, str(code)], number)
        yield calls
        seconds = HistogramMetricFamily("liveroom_call_seconds", "From request to answer.", labels=["method"])
        for path, durations in self._meter.latencies():
            seconds.add_metric([path], self._meter.buckets(path, durations), durations.seconds)
        yield seconds
        failures = CounterMetricFamily(
            "liveroom_dependency_errors", "Times that a dependency did not answer.", labels=["dependency"]
        )
        for name, number in self._meter.failures.items():
            failures.add_metric([name], number)
        yield failures
        yield from map(_family, self._counted)
        for name, level in self._levels.items():
            yield GaugeMetricFamily(f"liveroom_{name}", f"{name.replace('_', ' ').capitalize()} now.", level)
        yield from self._labelled


def _family(one: Counted | Measured) -> Metric:
    name = f"liveroom_{one.name}"
    if isinstance(one, Measured):
        durations = one.durations
        return HistogramMetricFamily(name, one.about, list(durations.buckets()), durations.seconds)
    family = CounterMetricFamily(name, one.about, labels=one.labels)
    for values, count in one.values.items():
        family.add_metric(values, count)
    return family


class MetricsPage:
    """What ``/metrics`` shows. ``gauges`` such as ``online_users`` are asked each time; one that fails is left out."""

    def __init__(
        self,
        meter: Meter,
        gauges: Mapping[str, Gauge] | None = None,
        counted: Sequence[Counted | Measured] = (),
        leveled: Sequence[Leveled] = (),
    ) -> None:
        self._gauges = dict(gauges or {})
        self._levels: dict[str, float] = {}
        self._leveled = leveled
        self._labelled: list[GaugeMetricFamily] = []
        self.registry = CollectorRegistry()
        self.registry.register(_MeterCollector(meter, self._levels, counted, self._labelled))
        ProcessCollector(registry=self.registry)

    async def render(self, accept: str) -> tuple[bytes, str]:
        """Return the figures in the form that a scraper accepts, and the name of that form."""
        values = await asyncio.gather(*map(ask, self._gauges.values()))
        self._labelled[:] = [family for one in self._leveled if (family := await _levels(one)) is not None]
        self._levels.clear()
        self._levels.update(
            (name, value) for name, value in zip(self._gauges, values, strict=True) if value is not None
        )
        try:
            encode, kind = choose_encoder(accept)
        except (TypeError, ValueError):  # it names a version that is none
            encode, kind = choose_encoder("")
        return encode(self.registry), kind


async def _levels(one: Leveled) -> GaugeMetricFamily | None:
    """Return levels with labels, or None where they are not told."""
    found = await ask(one.ask)
    if found is None:
        return None
    family = GaugeMetricFamily(f"liveroom_{one.name}", one.about, labels=one.labels)
    for values, level in found.items():
        family.add_metric(values, level)
    return family
