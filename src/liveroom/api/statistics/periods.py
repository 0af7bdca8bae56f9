"""Days that a call is about."""

from datetime import datetime, timedelta
from typing import Annotated, Final

from liveroom.api.parameters import Text
from liveroom.domain.errors import BadRequest
from liveroom.domain.moments import moment
from liveroom.domain.statistics.attendance import DAY
from liveroom.domain.statistics.days import day_of, read_day

DayText = Annotated[str, Text(10)]
DEFAULT: Final = 30
"""Days that are shown where none are named."""
MOST: Final = timedelta(days=800)


def read_days(first: str, last: str, now: datetime, most: timedelta = MOST) -> tuple[int, int]:
    """Return from when until when (without that moment) the named days last. Raises ``BadRequest``."""
    end = _read("toDay", last) if last else day_of(moment(now))
    begin = _read("fromDay", first) if first else end - (DEFAULT - 1) * DAY
    if begin > end:
        raise BadRequest("fromDay: must not be behind toDay")
    if end + DAY - begin > most // timedelta(milliseconds=1):
        raise BadRequest(f"fromDay: at most {most.days} days")
    return begin, end + DAY


def _read(name: str, text: str) -> int:
    try:
        day = read_day(text)
    except ValueError:
        raise BadRequest(f"{name}: must be a day, YYYY-MM-DD") from None
    if day < 0:
        raise BadRequest(f"{name}: must not be before 1970")
    return day
