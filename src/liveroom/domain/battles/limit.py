"""How many battles somebody may have within hours of the day."""

import re
from collections.abc import Iterable
from datetime import datetime, time, timedelta, tzinfo
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

_RULE: Final = re.compile(r"(\d{1,3}) (\d\d):(\d\d)-(\d\d):(\d\d) (\S{1,64})")
_DAY: Final = timedelta(days=1)


class BattleLimit(NamedTuple):
    """At most so many battles of one account between two times of a day."""

    most: int
    begins: time
    ends: time
    """Below ``begins``: on the next day."""
    zone: tzinfo

    def window(self, now: datetime) -> tuple[datetime, datetime] | None:
        """Return from when until when it counts, if it does now."""
        zone = self.zone
        today = now.astimezone(zone).date()
        for day in (today, today - _DAY):
            first = datetime.combine(day, self.begins, zone)
            last = datetime.combine(day if self.begins < self.ends else day + _DAY, self.ends, zone)
            if first <= now < last:
                return first.astimezone(now.tzinfo), last.astimezone(now.tzinfo)
        return None


def read_limit(text: str) -> BattleLimit | None:
    """Read ``2 20:00-22:00 Asia/Shanghai``; "" is none. Raises ``ValueError``."""
    if not text:
        return None
    found = _RULE.fullmatch(text)
    try:
        if found is None:
            raise ValueError
        most, *hours, zone = found.groups()
        first, second, third, fourth = map(int, hours)
        return BattleLimit(int(most), time(first, second), time(third, fourth), ZoneInfo(zone))
    except (ValueError, ZoneInfoNotFoundError, OSError):
        raise ValueError(
            f"must be a number, hours and a time zone, such as 2 20:00-22:00 Asia/Shanghai, not {text!r}"
        ) from None


def may_battle(limit: BattleLimit | None, began: Iterable[datetime], now: datetime) -> bool:
    """Say whether somebody whose battles began at these times may begin another one now."""
    window = None if limit is None else limit.window(now)
    if limit is None or window is None:
        return True
    return sum(window[0] <= start < window[1] for start in began) < limit.most
