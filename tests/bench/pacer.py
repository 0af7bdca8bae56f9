"""Sends requests at a steady rate, whether the former ones are answered or not (`pacer.c`, a process of its own).

Where a request has marks for them, its number, and when it was to be sent, are written into it: an answer is late by
what has passed since then, also where no connection was free.
"""

import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.bench.processes import CannotMeasure, compiled

MOMENT: Final = b"M" * 16
"""What a request has where the microseconds stand at which it was to be sent."""
NUMBER: Final = b"N" * 16
"""And where its number stands."""
_SOURCE: Final = Path(__file__).with_name("pacer.c")


@dataclass(frozen=True)
class Paced:
    """What came of it; times in seconds."""

    seconds: float
    codes: dict[int, int]
    p50: float
    p99: float
    longest: float
    most_waiting: int
    """Requests that were due while no connection was free, at the worst moment."""


def paced(port: int, rate: float, requests: Sequence[bytes]) -> Paced:
    """Send so many requests a second, and wait for the answers. Raises ``CannotMeasure`` for any code but 0."""
    given = b"".join(b"%d\n%b" % (len(one), one) for one in requests)
    with tempfile.TemporaryDirectory() as folder:
        argv = [str(compiled(_SOURCE, Path(folder))), str(port), str(rate), str(len(requests))]
        done = subprocess.run(argv, check=False, input=given, capture_output=True)
    if done.returncode:
        raise CannotMeasure(done.stderr.decode(errors="replace")[-2000:])
    seconds, p50, p99, longest, waiting, *codes = done.stdout.decode().split()
    answers = {int(code): int(count) for code, _, count in (one.partition("=") for one in codes)}
    if set(answers) != {0}:
        raise CannotMeasure(f"requests were answered with these codes: {answers}")
    return Paced(float(seconds), answers, float(p50), float(p99), float(longest), int(waiting))
