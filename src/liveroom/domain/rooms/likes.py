"""Likes of a broadcast: how many one call and one user may bring, and how often a room's are written.

A client gathers taps and names the batch; a batch that comes again counts nothing. The service gathers calls.
"""

from datetime import timedelta
from typing import Final, NamedTuple

import msgspec

from liveroom.domain.errors import LikesInvalid
from liveroom.domain.ids import RoomId, TenantName, UserId
from liveroom.domain.payloads import Payload

COUNT_MAX: Final = 100
"""Likes that one call brings."""
BATCH_MAX: Final = 64
"""Characters of a batch's id."""
MOST: Final = 600
"""Likes of one user in a room within ``WINDOW``, which begins with the first of them."""
WINDOW: Final = timedelta(seconds=10)
REMEMBERED: Final = 8
"""How many batches of a user are remembered, so that a repeated one is recognised."""
STEP: Final = timedelta(milliseconds=210)
"""Between two turns to write a room's likes: at most five a second over all processes, with some room for delays."""
LEAST: Final = timedelta(milliseconds=202)
"""Between two writes, also when one came late to its turn: never six in a second, however clocks are read."""
LONGEST: Final = timedelta(milliseconds=1800)
"""How far ahead turns are given: about eight processes bring the likes of one room without refusing any."""
WRITE_TIMEOUT: Final = timedelta(milliseconds=2500)
"""After which a call that was not written is refused."""
SHOWN_MAX: Final = 2_147_483_647
"""More than this is counted, and not shown: clients keep 32 bits."""
_encode: Final = msgspec.json.Encoder().encode


class LikeCall(NamedTuple):
    """One call: some likes of a member for the room's broadcast."""

    tenant: TenantName
    """A room of another tenant is not found."""
    room: RoomId
    user: UserId
    likes: int
    batch: str = ""
    """Named by the client; "": it will not come again."""


class NewLikes(Payload):
    """The likes of a broadcast."""

    likes: int
    """All likes of the broadcast."""
    added: int
    """How many of them are new, not counted in an earlier event."""


def write_likes(likes: int, added: int) -> bytes:
    """Return ``NewLikes`` as JSON."""
    return _encode(NewLikes(likes=min(likes, SHOWN_MAX), added=added))


def check_count(count: int) -> None:
    """Raise ``LikesInvalid`` for a number of likes that no call may bring."""
    if not 1 <= count <= COUNT_MAX:
        raise LikesInvalid(f"count: 1 to {COUNT_MAX}")
