"""Pages of the room list: what is asked, what comes back."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Final, NamedTuple, TypeVar

from liveroom.domain.errors import BadRequest
from liveroom.domain.ids import RoomId, TenantName, UserId
from liveroom.domain.rooms.placement import NORMAL

RANKED_MAX: Final = 20_000
"""The most rooms that a ranking holds."""
RANKING_LASTS: Final = timedelta(seconds=30)
"""How long a ranking can be paged over."""
UNLISTED_REMEMBERED: Final = timedelta(minutes=10)
"""How long a removed room's version is remembered, so that an older card cannot bring it back."""

T = TypeVar("T")


class UserMark(NamedTuple):
    """A place in a list of users: they are ordered by a time, and those of one time by their id."""

    at: datetime
    user: UserId


NOBODY: Final = UserMark(datetime.fromtimestamp(0, UTC), UserId(""))
"""Before everybody."""


def cut(found: Sequence[T], limit: int, cursor: Callable[[T], str]) -> tuple[Sequence[T], str]:
    """Return a page, and the cursor of the next one ("" at the end), of which one more than it holds was asked for."""
    page = found[:limit]
    return page, cursor(page[-1]) if len(found) > limit else ""


def cursor_number(text: str, digits: int) -> int:
    """Return a number of which a cursor is made, of at most so many digits. Raises ``BadRequest``."""
    if not (text.isascii() and text.isdigit() and len(text) <= digits):
        raise BadRequest("cursor: invalid")
    return int(text)


class RoomOrder(StrEnum):
    """How a page of rooms is ordered."""

    CREATED = "created"
    """Newest first."""
    JOINED = "joined"
    """Most distinct users first."""
    NEWEST = "newest"
    """Newest first; as in those below, pinned rooms stand before all others and demoted ones behind them."""
    PEOPLE = "people"
    """Most members now first."""
    LIKES = "likes"
    """Most likes of the broadcast first."""
    HEAT = "heat"
    """Hottest first."""

    @property
    def is_placed(self) -> bool:
        """Say whether pinned rooms are first and demoted ones last."""
        return self not in (RoomOrder.CREATED, RoomOrder.JOINED)


class RoomQuery(NamedTuple):
    """One page of a tenant's visible rooms. ``cursor`` is a former page's, or empty."""

    tenant: TenantName
    category: str = ""
    rooms: tuple[RoomId, ...] = ()
    since: datetime | None = None
    until: datetime | None = None
    order: RoomOrder = RoomOrder.CREATED
    offset: int = 0
    limit: int = 100
    cursor: str = ""


class RoomPage(NamedTuple):
    """Ready cards joined by commas, and the cursor of the next page ("" at the end)."""

    cards: bytes
    cursor: str


class ListedRoom(NamedTuple):
    """What the list keeps of a room. ``card`` None takes it off the list; an older version changes nothing."""

    room: RoomId
    version: int
    category: str
    opened: datetime
    joined: int
    card: bytes | None
    members: int = 0
    likes: int = 0
    heat: int = 0
    """When its heat is down to one, in ms."""
    zone: int = NORMAL
    """Where it stands before anything else is compared (``placement``)."""
