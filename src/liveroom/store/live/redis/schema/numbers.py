"""The domain's numbers that scripts call by name: paces, windows and limits; spans in milliseconds."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Final

from liveroom.domain.events import model as events
from liveroom.domain.gifts import events as gifts
from liveroom.domain.messages import model as messages
from liveroom.domain.moments import milliseconds
from liveroom.domain.presence import outside, signs
from liveroom.domain.rooms import likes


def _plain(**given: timedelta | int) -> Mapping[str, int]:
    return {name: milliseconds(one) if isinstance(one, timedelta) else one for name, one in given.items()}


NUMBERS: Final = {
    "EVENTS": _plain(
        pace=events.PACE,
        hold=events.HOLD,
        crowd=events.CROWD,
        sample=events.SAMPLE,
        kept=events.KEPT,
        listened_for=events.LISTENED_FOR,
    ),
    "GIFTS": _plain(dearest=gifts.DEAREST, remembered=gifts.REMEMBERED),
    "LIKES": _plain(
        step=likes.STEP,
        least=likes.LEAST,
        longest=likes.LONGEST,
        window=likes.WINDOW,
        most=likes.MOST,
        remembered=likes.REMEMBERED,
    ),
    "MESSAGES": _plain(
        each_window=messages.EACH_WINDOW,
        room_window=messages.ROOM_WINDOW,
        crowd_bytes=messages.CROWD_BYTES,
        high_a_second=messages.HIGH_A_SECOND,
        high_bytes=messages.HIGH_BYTES,
        kept=messages.KEPT,
        keys_kept=messages.KEYS_KEPT,
        remembered=messages.REMEMBERED,
    ),
    "PRESENCE": _plain(named_again=signs.NAMED_AGAIN, sockets_max=signs.SOCKETS_MAX, end_remembered=outside.REMEMBERED),
}
