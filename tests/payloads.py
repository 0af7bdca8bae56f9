"""What events of tests say, where it does not matter what."""

from typing import Any

import msgspec


def saying(**fields: Any) -> msgspec.Struct:
    """Return a payload with these fields."""
    said: msgspec.Struct = msgspec.defstruct("Said", [(name, Any) for name in fields])(**fields)
    return said
