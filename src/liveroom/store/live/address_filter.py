"""The filter of known addresses as both stores keep it: where a pair's bits are.

Two halves, of this half month and the last, in parts of 128 KB: 4 MB when every part has been written to. A million
pairs in half a month leave a stranger one chance in two hundred of being taken for known; when there are far more,
strangers are, and what limits them is the limit of each pair.
"""

from datetime import datetime, timedelta
from typing import Final, NamedTuple

HALF: Final = timedelta(days=15)
PARTS: Final = 16
PART_BITS: Final = 1 << 20
_HASHES: Final = 4
_EPOCH: Final = datetime.fromisoformat("1970-01-01T00:00:00+00:00")


class FilterSpot(NamedTuple):
    """The bits of a pair, in one of the parts."""

    part: int
    bits: tuple[int, ...]


def spot_of(pair: str) -> FilterSpot:
    """Return the bits of a pair, which is a digest in hexadecimal digits."""
    digest = bytes.fromhex(pair)
    hashes = (int.from_bytes(digest[1 + 4 * number : 5 + 4 * number]) for number in range(_HASHES))
    return FilterSpot(digest[0] % PARTS, tuple(value % PART_BITS for value in hashes))


def half_of(now: datetime) -> int:
    """Return the number of the half month."""
    return (now - _EPOCH) // HALF
