"""Exemplars: beside each bucket of a histogram the trace of a call that fell into it, for who reads OpenMetrics."""

import time
from bisect import bisect_left
from collections.abc import Iterable
from typing import Final

from prometheus_client.samples import Exemplar

from liveroom.domain.operators.counters import BOUNDS, Durations
from liveroom.http.metrics import Bucket, Meter
from liveroom.tracing.spans import trace_id


class TracedMeter(Meter):
    """Keeps the newest recorded call of each bucket of each method."""

    def __init__(self, paths: Iterable[str] = ()) -> None:
        super().__init__(paths)
        self._exemplars: Final[dict[tuple[str, int], Exemplar]] = {}

    def observe(self, path: str, code: int, seconds: float) -> None:
        super().observe(path, code, seconds)
        trace = trace_id()
        if trace:
            at = time.time()  # noqa: TID251 - of the scraper's clock, not of the service's
            self._exemplars[path, bisect_left(BOUNDS, seconds)] = Exemplar({"trace_id": trace}, seconds, at)

    def buckets(self, path: str, durations: Durations) -> list[Bucket]:
        return [
            bucket if (known := self._exemplars.get((path, number))) is None else (bucket[0], bucket[1], known)
            for number, bucket in enumerate(durations.buckets())
        ]
