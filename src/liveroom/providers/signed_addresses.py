"""Addresses of files that are good until a time, by a signature of ours."""

from datetime import datetime
from typing import Final

from liveroom.ports import Stamps

_UNTIL_MAX: Final = 12
"""Digits of a time."""


def is_good(stamps: Stamps, signature: str, signed: str, *, until: str, now: datetime) -> bool:
    """Say whether a signature is of this text, and its time not over. ``until``: as the address has it."""
    if not (until.isascii() and until.isdigit() and len(until) <= _UNTIL_MAX):
        return False
    return stamps.is_stamp(signature, signed) and now.timestamp() < int(until)
