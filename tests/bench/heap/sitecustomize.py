"""What the soak puts into the process that it watches: on SIGUSR2, how many bytes are allocated goes into a file.

A process's resident size also counts what its allocators keep free. What is allocated does not depend on them: blocks
of pymalloc, which gets its arenas by `mmap`, and everything else that `malloc` has handed out, small or mapped.
"""

import ctypes
import os
import re
import signal
import sys
import tempfile
from pathlib import Path
from types import FrameType
from typing import Final

_STDERR: Final = 2
_IN_BLOCKS: Final = re.compile(rb"# bytes in allocated blocks\s*=\s*([\d,]+)")


_FIELDS: Final = (
    *("arena", "ordblks", "smblks", "hblks", "hblkhd"),
    *("usmblks", "fsmblks", "uordblks", "fordblks", "keepcost"),
)


class _Mallinfo2(ctypes.Structure):
    """``struct mallinfo2`` of glibc 2.33 and later: ``man 3 mallinfo2``."""

    _fields_ = [(name, ctypes.c_size_t) for name in _FIELDS]


_ask: Final = ctypes.CDLL(None).mallinfo2
_ask.restype = _Mallinfo2


def _by_malloc() -> int:
    found = _ask()
    return int(found.uordblks + found.hblkhd)


def _by_pymalloc() -> int:
    with tempfile.TemporaryFile() as printed:
        kept = os.dup(_STDERR)
        os.dup2(printed.fileno(), _STDERR)
        try:
            sys._debugmallocstats()
        finally:
            os.dup2(kept, _STDERR)
            os.close(kept)
        printed.seek(0)
        found = _IN_BLOCKS.search(printed.read())
    assert found is not None
    return int(found[1].replace(b",", b""))


def _count(_: int, __: FrameType | None) -> None:
    goes_to = Path(os.environ["SOAK_ALLOCATED"])
    written = goes_to.with_suffix(".new")
    written.write_text(str(_by_pymalloc() + _by_malloc()))
    written.replace(goes_to)


signal.signal(signal.SIGUSR2, _count)
