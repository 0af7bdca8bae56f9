"""The room list for somebody who follows hosts: rooms of theirs alone, or before all others."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

import msgspec

from liveroom.domain.accounts.sessions import Actor
from liveroom.domain.errors import BadRequest
from liveroom.domain.ids import RoomId
from liveroom.domain.rooms.paging import RoomPage, RoomQuery, cursor_number
from liveroom.ports import Database, Live
from liveroom.usecases.rates import check_rate
from liveroom.usecases.rooms.listings import Listings

LOOKED_AT: Final = 200
"""Live rooms of followed hosts that are listed at most, of those followed last."""
PAGES: Final = 60
"""Pages that one user may ask for within ``WINDOW``."""
WINDOW: Final = timedelta(seconds=10)
_ALL: Final = "all:"
"""What cursors begin with behind the rooms of followed hosts."""
_DIGITS: Final = 3


class _NamedCard(msgspec.Struct, rename="camel"):
    """What has to be known of a card."""

    room_id: str


_cards: Final = msgspec.json.Decoder(list[msgspec.Raw])
_card: Final = msgspec.json.Decoder(_NamedCard)


@dataclass(frozen=True, slots=True)
class FollowedRooms:
    """Lists rooms by whom the actor follows. Both raise ``BadRequest`` for an invalid cursor, ``RateLimited``."""

    db: Database
    live: Live
    listings: Listings

    async def only(self, actor: Actor, query: RoomQuery) -> RoomPage:
        """Return listed rooms of hosts whom the actor follows."""
        rooms = await self._rooms(actor)
        return await self._of_hosts(query, rooms, _offset(query.cursor))

    async def first(self, actor: Actor, query: RoomQuery) -> RoomPage:
        """Return these rooms, and behind them all others of the list; each in the order asked for."""
        rooms = await self._rooms(actor)
        if query.cursor.startswith(_ALL):
            return await self._others(query._replace(cursor=query.cursor.removeprefix(_ALL)), rooms)
        page = await self._of_hosts(query, rooms, _offset(query.cursor))
        room_left = query.limit - len(_read(page.cards))
        if page.cursor or not room_left:
            return page._replace(cursor=page.cursor or _ALL)
        others = await self._others(query._replace(cursor="", limit=room_left), rooms)
        return others._replace(cards=b",".join(filter(None, (page.cards, others.cards))))

    async def _rooms(self, actor: Actor) -> tuple[RoomId, ...]:
        await check_rate(self.live, f"followed rooms:{actor.user}", limit=PAGES, window=WINDOW)
        return tuple(await self.db.follows.live_rooms(actor.user, LOOKED_AT))

    async def _of_hosts(self, query: RoomQuery, rooms: tuple[RoomId, ...], offset: int) -> RoomPage:
        if offset >= len(rooms):
            return RoomPage(b"", "")
        page = await self.listings.rooms(query._replace(rooms=rooms, offset=offset, cursor=""))
        following = offset + query.limit
        return RoomPage(page.cards, str(following) if following < len(rooms) else "")

    async def _others(self, query: RoomQuery, rooms: tuple[RoomId, ...]) -> RoomPage:
        """Return a page of the list without these rooms: it may be shorter."""
        page = await self.listings.rooms(query)
        cards = [card for card in _read(page.cards) if _card.decode(card).room_id not in rooms]
        return RoomPage(b",".join(map(bytes, cards)), page.cursor and _ALL + page.cursor)


def _read(cards: bytes) -> list[msgspec.Raw]:
    return _cards.decode(b"[" + cards + b"]")


def _offset(cursor: str) -> int:
    if not cursor:
        return 0
    offset = cursor_number(cursor, _DIGITS)
    if offset > LOOKED_AT:
        raise BadRequest("cursor: invalid")
    return offset
