"""JSON for readers outside of the service. One struct declares each object: it is what is encoded and documented."""

from datetime import datetime
from typing import Annotated, Final

import msgspec

from liveroom.domain.moments import at

Instant = Annotated[str, msgspec.Meta(extra_json_schema={"format": "date-time"})]
"""A time as ``instant_text`` writes it."""
Counter = Annotated[int, msgspec.Meta(extra_json_schema={"format": "int64"})]
"""A number that may grow above 32 bits."""
_WIRE_TIME: Final = "%04d-%02d-%02d %02d:%02d:%02d"
_INSTANT: Final = "%04d-%02d-%02dT%02d:%02d:%02d.%03dZ"
"""What ``isoformat`` writes takes twice as long."""


class Payload(msgspec.Struct, kw_only=True, rename="camel"):
    """A JSON object: fields in the order of their declaration, with names in camel case."""


def instant_text(moment: datetime) -> str:
    """Return the time as events write it: UTC, ``2026-11-25T10:00:00.123Z``."""
    return _INSTANT % (
        moment.year, moment.month, moment.day, moment.hour, moment.minute, moment.second, moment.microsecond // 1000
    )  # fmt: skip


def wire_time(moment: datetime) -> str:
    """Return the time as answers write it: UTC, ``YYYY-MM-DD HH:mm:ss``."""
    return _WIRE_TIME % (moment.year, moment.month, moment.day, moment.hour, moment.minute, moment.second)


def time_or_empty(moment: datetime | None) -> str:
    """Return the same; "" for no time."""
    return "" if moment is None else wire_time(moment)


def wire_moment(when: int | None) -> str:
    """Return the same of a time in milliseconds."""
    return "" if when is None else wire_time(at(when))
