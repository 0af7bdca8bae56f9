"""How choices are written: a JSON array, which is the same text wherever the same was chosen."""

from collections.abc import Sequence
from typing import Final

import msgspec

_decode: Final = msgspec.json.Decoder(tuple[str, ...]).decode


def write_choices(choices: Sequence[str]) -> str:
    """Return choices as a row has them."""
    return msgspec.json.encode(choices).decode()


def read_choices(stored: str) -> tuple[str, ...]:
    """Return the choices that ``write_choices`` wrote."""
    return _decode(stored)
