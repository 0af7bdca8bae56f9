"""Rankings of gifts: of which sums a gift is a part, and how a page of them is asked for.

A ranking is one of senders or of receivers, of a broadcast, a day, a week or a month, in the whole tenant, one category
or one room. Its members are accounts of the ledger, which stay the same when their owner is erased.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final, NamedTuple

from liveroom.domain.errors import BadRequest, TokenInvalid
from liveroom.domain.gifts.sending import SentGift
from liveroom.domain.ids import BroadcastId, RoomId, TenantName
from liveroom.domain.ledger.accounts import AccountId
from liveroom.domain.ledger.journals import JournalId
from liveroom.domain.packing import packed, unpacked
from liveroom.domain.rooms.paging import cursor_number

_PLACE_DIGITS: Final = 9
_COINS_DIGITS: Final = 18
_ID_MAX: Final = 64


class RankSide(StrEnum):
    """Whose coins are added up."""

    RECEIVERS = "receivers"
    SENDERS = "senders"


class RankPeriod(StrEnum):
    """For how long."""

    BROADCAST = "broadcast"
    DAY = "day"
    WEEK = "week"
    MONTH = "month"


class Ranking(NamedTuple):
    """One ranking of a tenant. At most one of ``room`` and ``category`` is given."""

    side: RankSide
    period: RankPeriod
    begins: str
    """The day on which the period begins, ``YYYY-MM-DD``; of a broadcast its id."""
    category: str = ""
    room: str = ""

    @property
    def name(self) -> str:
        """Return by what it is stored: names of one kind of period sort by time."""
        where = f"c{self.category}" if self.category else f"r{self.room}" if self.room else ""
        return f"{self.period[0]}{self.begins} {self.side[0]} {where}"


class RankSum(NamedTuple):
    """What somebody has sent or been sent."""

    coins: int
    gifts: int
    """How many, by their ``count``."""


class RankKey(NamedTuple):
    """Whose sum in which ranking."""

    tenant: TenantName
    ranking: str
    account: AccountId


class RankedAccount(NamedTuple):
    """A line of a ranking."""

    account: AccountId
    coins: int
    gifts: int


class UnrankedGifts(NamedTuple):
    """Gifts that one journal has moved, and that rankings do not have yet."""

    journal: JournalId
    """Of a refund its own: the gift was moved by another."""
    first: str
    last: str
    """The ids of the first and the last gift."""
    number: int
    is_refund: bool = False
    n: int = 0


class RankCursor(NamedTuple):
    """Where the next page begins: behind this line."""

    place: int = 0
    coins: int = 2**53
    account: str = "~"

    @classmethod
    def read(cls, text: str) -> "RankCursor":
        """Return what a cursor says. Raises ``BadRequest``."""
        if not text:
            return cls()
        try:
            place, coins, account = unpacked(text).decode("ascii").split(" ")
        except (TokenInvalid, ValueError):
            raise BadRequest("cursor: invalid") from None
        return cls(cursor_number(place, _PLACE_DIGITS), cursor_number(coins, _COINS_DIGITS), account[:_ID_MAX])

    def write(self) -> str:
        """Return it as clients give it back."""
        return packed(f"{self.place} {self.coins} {self.account}".encode())


KEPT: Final[Mapping[RankPeriod, timedelta]] = {
    RankPeriod.BROADCAST: timedelta(days=100),
    RankPeriod.DAY: timedelta(days=100),
    RankPeriod.WEEK: timedelta(days=400),
    RankPeriod.MONTH: timedelta(days=1200),
}
"""For how long rankings can be looked at."""


def begin_of(period: RankPeriod, day: date) -> str:
    """Return the day on which the period of a day begins: a week's Monday, a month's first."""
    if period is RankPeriod.WEEK:
        day -= timedelta(days=day.weekday())
    elif period is RankPeriod.MONTH:
        day = day.replace(day=1)
    return day.isoformat()


class _Place(NamedTuple):
    """What gifts have in common that count in the same rankings."""

    tenant: TenantName
    broadcast: BroadcastId
    room: RoomId
    day: date


def _rankings_of(place: _Place, side: RankSide, category: str) -> Iterator[Ranking]:
    """Yield the rankings of one side in which gifts count."""
    yield Ranking(side, RankPeriod.BROADCAST, place.broadcast)
    for period in (RankPeriod.DAY, RankPeriod.WEEK, RankPeriod.MONTH):
        begins = begin_of(period, place.day)
        yield Ranking(side, period, begins)
        yield Ranking(side, period, begins, room=place.room)
        if category:
            yield Ranking(side, period, begins, category=category)


DayOf = Callable[[TenantName, datetime], date]
"""Returns which day a time is in, in the time zone of a tenant."""


class RankTally:
    """Adds gifts up: first by account, since a crowd's gifts are from few; then in all rankings of each."""

    def __init__(self, day_of: DayOf, categories: Mapping[BroadcastId, str]) -> None:
        self._day_of: Final = day_of
        self._categories: Final = categories
        self._given: Final = defaultdict[tuple[_Place, RankSide, AccountId], list[int]](lambda: [0, 0])

    def add(self, gifts: Iterable[SentGift], sign: int = 1) -> None:
        """Add gifts; ``sign`` -1: take them away again."""
        for gift in gifts:
            place = _Place(gift.tenant, gift.broadcast, gift.room, self._day_of(gift.tenant, gift.created))
            for side, account in ((RankSide.SENDERS, gift.sender), (RankSide.RECEIVERS, gift.receiver)):
                given = self._given[place, side, account]
                given[0] += sign * gift.coins
                given[1] += sign * gift.count

    def sums(self) -> Sequence[tuple[RankKey, RankSum]]:
        """Return what changes, in the order of the keys."""
        names: dict[tuple[_Place, RankSide], Sequence[str]] = {}
        sums = defaultdict[RankKey, list[int]](lambda: [0, 0])
        for (place, side, account), (coins, number) in self._given.items():
            known = names.get((place, side))
            if known is None:
                known = names[place, side] = [
                    one.name for one in _rankings_of(place, side, self._categories.get(place.broadcast, ""))
                ]
            for name in known:
                total = sums[RankKey(place.tenant, name, account)]
                total[0] += coins
                total[1] += number
        return [(key, RankSum(*sums[key])) for key in sorted(sums) if any(sums[key])]
