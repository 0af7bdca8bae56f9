"""The channels of room lists: what each has told, and who produces (see ``ports.Feeds``).

Everything of a channel lies in its list's slot. Processes poll for publications, four times a second and with
whatever else the tick asks: at one publication a second that costs less than a subscription, and there are no gaps.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

import msgspec

from liveroom.caches import ByteCache
from liveroom.domain.events.model import Position
from liveroom.domain.ids import RoomId
from liveroom.domain.moments import at, milliseconds
from liveroom.domain.rooms.feeds import (
    KEPT,
    LEASE,
    NEWEST,
    PACE,
    UNPOLLED,
    Feed,
    FeedState,
    KnownRoom,
    ListPublication,
    ListRecent,
    Newest,
    PollResult,
)
from liveroom.domain.rooms.paging import RoomQuery
from liveroom.ports import ListLost
from liveroom.store.live.redis.calls import BucketLost
from liveroom.store.live.redis.core import RedisCore
from liveroom.store.live.redis.cursors import created_range
from liveroom.store.live.redis.keys import list_keys
from liveroom.store.live.redis.records import pack
from liveroom.store.live.redis.schema.arguments.lists import (
    BeginFeedArguments,
    FeedsArguments,
    ListNewestArguments,
    PollFeedArguments,
    PublishFeedArguments,
    RecentFeedArguments,
)
from liveroom.store.live.redis.servers import RUN_ID
from liveroom.store.live.redis.wire import Word

_LEASE: Final = milliseconds(LEASE)
_UNPOLLED: Final = milliseconds(UNPOLLED)
_PACE: Final = milliseconds(PACE)
_MOST: Final = 100
_ROOM: Final = 200
"""Bytes of a room in a page beside its card."""
_PAGES: Final = 16 * 1024 * 1024
"""Bytes of the newest rooms of categories that a process remembers."""
_OPENED: Final = 13
_read_publication: Final = msgspec.msgpack.Decoder(ListPublication).decode
_read_known_room: Final = msgspec.msgpack.Decoder(KnownRoom).decode


class RedisFeeds:
    """All channels."""

    def __init__(self, core: RedisCore) -> None:
        self._core = core
        self._newest: ByteCache[Feed, tuple[bytes, Newest]] = ByteCache(_PAGES)

    async def newest(self, feed: Feed) -> Newest:
        names = created_range(RoomQuery(feed.tenant, feed.category))
        known = self._newest.get(feed)
        token, page = known or (b"", None)
        keys = list_keys(feed.tenant).all[:4]
        args = ListNewestArguments(token=token, first=names.first, last_name=names.last, skip=names.skip, most=NEWEST)
        answer = await self._run("list_newest", feed, keys, *args)
        if page is not None and len(answer) == 1:
            return page
        token, *_ = answer
        newest = _read_newest(answer)
        self._newest.put(feed, (token, newest), sum(_ROOM + len(card) for _, _, card in newest.rooms))
        return newest

    async def begin(
        self, feed: Feed, who: str, *, instead: str, epoch: str, newest: Newest, state: Mapping[RoomId, KnownRoom]
    ) -> bool:
        args = BeginFeedArguments(known=instead, epoch=epoch, list_epoch=newest.epoch, rev=newest.rev)
        done: int = await self._ask("begin_feed", feed, who, *args, *_records(state))
        return done == 1

    async def state(self, feed: Feed) -> FeedState | None:
        epoch, *answer = await self._ask("read_feed", feed, "")
        if not epoch:
            return None
        offset, rev, records = answer
        state = {
            RoomId(room.decode()): _read_known_room(record) for room, record in zip(*[iter(records)] * 2, strict=True)
        }
        return FeedState(Position(epoch.decode(), offset), rev, state)

    async def poll(self, feed: Feed, who: str, known: Position) -> PollResult | None:
        args = PollFeedArguments(least=_PACE, epoch=known.epoch, after=known.offset, most=_MOST)
        epoch, *answer = await self._ask("poll_feed", feed, who, *args)
        if not epoch:
            return None
        offset, rev, turn, publications = answer
        return PollResult(Position(epoch.decode(), offset), rev, tuple(map(_read_publication, publications)), turn == 1)

    async def publish(
        self, feed: Feed, who: str, after: Position, publication: ListPublication, state: Mapping[RoomId, KnownRoom]
    ) -> bool:
        change = publication.change
        args = PublishFeedArguments(
            epoch=after.epoch,
            after=after.offset,
            rev=change.rev,
            publication=pack(publication),
            most=KEPT,
            gone=len(change.gone),
        )
        done: int = await self._ask("publish_feed", feed, who, *args, *change.gone, *_records(state))
        return done == 1

    async def recent(self, feed: Feed, *, after: int, limit: int, reverse: bool = False) -> ListRecent | None:
        args = RecentFeedArguments(after=after, reverse=int(reverse), most=limit)
        epoch, *answer = await self._ask("recent_feed", feed, "", *args)
        if not epoch:
            return None
        offset, publications = answer
        return ListRecent(Position(epoch.decode(), offset), tuple(map(_read_publication, publications)))

    async def _ask(self, name: str, feed: Feed, who: str, *args: Word) -> Any:
        keys = list_keys(feed.tenant).feed(feed.category)
        first = FeedsArguments(who=who, lease=_LEASE, unheard=_UNPOLLED)
        return await self._run(name, feed, keys, self._core.offset(), *first, *args)

    async def _run(self, name: str, feed: Feed, keys: tuple[bytes, ...], *args: Word) -> Any:
        try:
            return await self._core.caller.run(name, keys, *args, RUN_ID)
        except BucketLost:
            raise ListLost(feed.tenant) from None


def _read_newest(answer: Sequence[Any]) -> Newest:
    token, names, cards = answer
    epoch, _, rev = token.rpartition(b":")
    rooms = [
        (RoomId(name[_OPENED:].decode()), at(int(name[:_OPENED])), card)
        for name, card in zip(names, cards, strict=True)
        if card is not None
    ]
    return Newest(epoch.decode(), int(rev), tuple(rooms))


def _records(state: Mapping[RoomId, KnownRoom]) -> Iterator[Word]:
    for room, known in state.items():
        yield room
        yield pack(known)
