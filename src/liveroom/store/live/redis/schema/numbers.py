"""The domain's numbers that scripts call by name: paces, windows and limits; spans in milliseconds."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Final

from liveroom.domain.events import model as events
from liveroom.domain.presence import outside, signs
from liveroom.store.live.redis.records import milliseconds


def _plain(**given: timedelta | int) -> Mapping[str, int]:
    return {name: milliseconds(one) if isinstance(one, timedelta) else one for name, one in given.items()}


NUMBERS: Final = {
    "EVENTS": _plain(crowd=events.CROWD),
    "PRESENCE": _plain(
        named_again=signs.NAMED_AGAIN, sockets_max=signs.SOCKETS_MAX, end_remembered=outside.REMEMBERED
    ),
}
