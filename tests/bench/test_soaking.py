"""How the soak judges: by what a process has allocated, in means of five minutes."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.bench.soak import COUNTER, growth

_MB = 1 << 20
_HOLDS = """
import os, signal
from pathlib import Path

def say():
    os.kill(os.getpid(), signal.SIGUSR2)
    print(Path(os.environ["SOAK_ALLOCATED"]).read_text())

say()
held = [bytes(1 << 20) for _ in range(32)]
say()
held += [float(number) for number in range(1 << 20)]
say()
del held
say()
"""
"""Says what it has allocated: at first, with 32 MB in large pieces, with 40 MB more in small ones, and after."""


@pytest.mark.parametrize(
    ("sizes", "expected"),
    [
        ([100] * 10 + [120] * 20, 0.0),
        ([100 + minute for minute in range(40)], 1.0),
        ([100 + minute % 5 for minute in range(60)], 0.0),
        ([100, 110, 120], 0.0),
    ],
    ids=["only the second half counts", "a line", "what comes and goes in five minutes", "too short to say"],
)
def test_growth_is_that_of_the_second_half(sizes: list[int], expected: float) -> None:
    assert growth([size * _MB for size in sizes]) == pytest.approx(expected)


@pytest.mark.skipif(sys.platform != "linux", reason="asks glibc")
def test_a_process_counts_what_it_has_allocated_and_not_what_its_allocators_keep(tmp_path: Path) -> None:
    given = {**os.environ, "PYTHONPATH": str(COUNTER), "SOAK_ALLOCATED": str(tmp_path / "allocated")}
    said = subprocess.run([sys.executable, "-c", _HOLDS], env=given, capture_output=True, text=True, check=True).stdout
    first, large, small, after = (int(line) / _MB for line in said.split())
    assert large - first == pytest.approx(32, abs=0.5)
    assert small - large == pytest.approx(40, abs=0.5)
    assert after - first == pytest.approx(0, abs=0.2)
