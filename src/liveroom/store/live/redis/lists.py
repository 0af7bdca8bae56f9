"""The tenants' room lists: pages of ready cards, cached per process and used only while the list stands still.

A lost list is built from the rooms by one caller (``ListLost``), the others wait.
"""

import asyncio
import secrets
from collections.abc import Awaitable, Sequence
from datetime import datetime
from typing import Any, Final

from liveroom import deadlines
from liveroom.caches import ByteCache
from liveroom.domain.errors import LiveUnavailable
from liveroom.domain.ids import TenantName
from liveroom.domain.moments import milliseconds, moment
from liveroom.domain.parts import parts
from liveroom.domain.rooms.paging import RANKED_MAX, UNLISTED_REMEMBERED, ListedRoom, RoomPage, RoomQuery
from liveroom.ports import ListLost
from liveroom.store.batching import Batches
from liveroom.store.live.redis.calls import BucketLost
from liveroom.store.live.redis.core import RedisCore
from liveroom.store.live.redis.cursors import (
    FROZEN,
    RedisRanking,
    created_cursor,
    created_range,
    expired,
    is_ranked,
    ranked_cursor,
    ranked_range,
    read_ranking,
)
from liveroom.store.live.redis.keys import list_keys
from liveroom.store.live.redis.records import pack
from liveroom.store.live.redis.schema.arguments.buckets import WalkArguments
from liveroom.store.live.redis.schema.arguments.lists import (
    ClaimListArguments,
    FinishListArguments,
    ListCreatedArguments,
    ListRankedArguments,
    ListSomeArguments,
    PutListedArguments,
)
from liveroom.store.live.redis.schema.given import ListedRow
from liveroom.store.live.redis.servers import RUN_ID

CLAIM: Final = 30_000
WAIT: Final = 2.0
"""Seconds for which a query waits while another builds the list."""
_POLL: Final = 0.05
_PART: Final = 100
_PAGES: Final = 16 * 1024 * 1024
"""Bytes of the pages that a process remembers."""
_TOMBS: Final = milliseconds(UNLISTED_REMEMBERED)

Asked = tuple[RoomQuery, str]
"""What was asked, and the ranking that it is about."""
Page = tuple[bytes, RoomPage]
"""The state of the list that a page shows, and the page."""


class Lists:
    """All lists."""

    def __init__(self, core: RedisCore) -> None:
        self._core = core
        self._loop = asyncio.get_running_loop()
        self._pages: ByteCache[Asked, Page] = ByteCache(_PAGES)
        self._flights: dict[Asked, list[asyncio.Future[RoomPage]]] = {}
        """Who waits for the answer to a question that leaves with this tick."""
        self._flying: set[asyncio.Task[None]] = set()
        self._watch = deadlines.DeadlineWatch(LiveUnavailable)
        self._entries: Batches[TenantName, ListedRoom, None] = Batches(self._put, most=_PART)
        self._building: dict[TenantName, str] = {}

    async def page(self, query: RoomQuery) -> RoomPage:
        """Return a page, waiting while another process builds the list; raises ``ListLost``."""
        end = asyncio.get_running_loop().time() + WAIT
        was_free = False
        while True:
            try:
                return await self._share(query)
            except BucketLost:
                is_free = not await self._is_claimed(query.tenant)
                if is_free and was_free:
                    raise ListLost(query.tenant) from None
            if is_free:
                # Perhaps the list was finished between the two questions.
                was_free = True
                continue
            if asyncio.get_running_loop().time() > end:
                raise LiveUnavailable("the room list is being built")
            await asyncio.sleep(_POLL)

    async def _is_claimed(self, tenant: TenantName) -> bool:
        claim = list_keys(tenant).claim
        kept: bytes | None = await self._core.caller.command(claim, "GET", claim)
        return kept is not None and int(kept.partition(b" ")[0]) > moment(self._core.clock.now())

    async def _share(self, query: RoomQuery) -> RoomPage:
        """Ask once for all who ask the same in this tick."""
        if query.rooms:
            return await self._some(query)
        ranking = read_ranking(query, self._core.clock.now()) if is_ranked(query) else None
        key = (query, ranking.name if ranking else "")
        waiting = self._flights.get(key)
        if waiting is None:
            waiting = self._flights[key] = []
            task = deadlines.spawn(self._fly(key, query, ranking))
            self._flying.add(task)
            task.add_done_callback(self._flying.discard)
        # A future for each: shielding one task for all of them costs 1.4 µs a call more.
        future: asyncio.Future[RoomPage] = self._loop.create_future()
        self._watch.add(future)
        waiting.append(future)
        return await future

    async def _fly(self, key: Asked, query: RoomQuery, ranking: RedisRanking | None) -> None:
        # Who comes from now on asks again: only what is read later than a call may answer it.
        waiting = self._flights.pop(key)
        try:
            page = await self._ask(key, query, ranking)
        except Exception as failure:
            for future in waiting:
                if not future.done():
                    future.set_exception(failure)
            return
        for future in waiting:
            if not future.done():
                future.set_result(page)

    async def _ask(self, key: Asked, query: RoomQuery, ranking: RedisRanking | None) -> RoomPage:
        known = self._pages.get(key)
        token, page = known or (b"", None)
        if ranking is None:
            answer = await self._created(query, token)
        else:
            answer = await self._ranked(query, ranking, token)
        if page is not None and len(answer) == 1:
            return page
        token, *_ = answer
        page = self._read(answer, ranking)
        self._pages.put(key, (token, page), len(page.cards))
        return page

    @staticmethod
    def _read(answer: Sequence[Any], ranking: RedisRanking | None) -> RoomPage:
        _, cards, following = answer
        if cards is None:
            raise expired()
        return RoomPage(cards, created_cursor(following) if ranking is None else ranked_cursor(ranking, following))

    async def _created(self, query: RoomQuery, token: bytes) -> Sequence[Any]:
        names = created_range(query)
        keys = list_keys(query.tenant).all[:4]
        args = ListCreatedArguments(
            token=token,
            first=names.first,
            last_name=names.last,
            skip=names.skip,
            offset=query.offset,
            limit=query.limit,
        )
        answer: Sequence[Any] = await self._core.caller.run("list_created", keys, *args, RUN_ID)
        return answer

    async def _ranked(self, query: RoomQuery, ranking: RedisRanking, token: bytes) -> Sequence[Any]:
        names, of = ranked_range(query), list_keys(query.tenant)
        index = of.places if query.order.is_placed else of.index
        keys = (*of.all[:3], index, of.ranking(ranking.name))
        args = ListRankedArguments(
            token=token,
            first=names.first,
            last_name=names.last,
            skip=names.skip,
            placed=int(query.order.is_placed),
            since=_bound(query.since),
            till=_bound(query.until),
            position=ranking.position,
            limit=query.limit,
            is_first=int(ranking.first_page),
            most=RANKED_MAX,
            lives=FROZEN * 1000,
        )
        answer: Sequence[Any] = await self._core.caller.run("list_ranked", keys, *args, RUN_ID)
        return answer

    async def _some(self, query: RoomQuery) -> RoomPage:
        keys = list_keys(query.tenant).all[:3]
        args = ListSomeArguments(
            category=query.category,
            since=_bound(query.since),
            till=_bound(query.until),
            order=query.order.value,
            placed=int(query.order.is_placed),
            offset=query.offset,
            limit=query.limit,
        )
        cards: bytes = await self._core.caller.run("list_some", keys, *args, *query.rooms, RUN_ID)
        return RoomPage(cards, "")

    # --- keeping it ------------------------------------------------------------------------------------------------

    def put(self, tenant: TenantName, rooms: Sequence[ListedRoom]) -> Awaitable[None]:
        """Bring entries up to date; a single one travels with the other single ones of this tick."""
        return self._entries.begin(tenant, rooms[0]) if len(rooms) == 1 else self._put_many(tenant, rooms)

    async def _put_many(self, tenant: TenantName, rooms: Sequence[ListedRoom]) -> None:
        for part in parts(rooms, _PART):
            await self._put(tenant, part)

    async def _put(self, tenant: TenantName, rooms: Sequence[ListedRoom]) -> Sequence[None]:
        keys = list_keys(tenant)
        names = (*keys.all, keys.claim)
        args = PutListedArguments(
            builder=self._building.get(tenant, ""), rooms=pack([_row(room) for room in rooms]), remembered=_TOMBS
        )
        cards = (room.card or b"" for room in rooms)
        await self._core.caller.run("put_listed", names, self._core.offset(), *args, *cards)
        return [None] * len(rooms)

    async def claim(self, tenant: TenantName) -> bool:
        keys = list_keys(tenant)
        me = secrets.token_hex(8)
        args = ClaimListArguments(me=me, lease=CLAIM, run_id=RUN_ID)
        if not await self._core.caller.run(
            "claim_list", (keys.facts, keys.claim, keys.places), self._core.offset(), *args
        ):
            return False
        self._building[tenant] = me
        return True

    async def abandon(self, tenant: TenantName) -> None:
        me = self._building.pop(tenant, "")
        await self._core.caller.run("abandon_list", (list_keys(tenant).claim,), me)

    async def finish(self, tenant: TenantName) -> None:
        keys = list_keys(tenant)
        names = (*keys.all, keys.claim)
        cursor = b""
        while cursor != b"0":
            walk = WalkArguments(cursor=cursor or b"0", most=_PART)
            cursor = await self._core.caller.run("purge_list", names, self._core.offset(), *walk)
        args = FinishListArguments(me=self._building.pop(tenant, ""), epoch=secrets.token_hex(8), run_id=RUN_ID)
        await self._core.caller.run("finish_list", (keys.facts, keys.claim), *args)


def _bound(when: datetime | None) -> int | str:
    """Return when rooms were opened at the earliest or latest; "" for whenever."""
    return "" if when is None else moment(when)


def _row(room: ListedRoom) -> ListedRow:
    is_listed = int(room.card is not None)
    counted = room.members, room.likes, room.heat, room.zone
    return ListedRow(room.room, room.version, room.category, moment(room.opened), room.joined, is_listed, *counted)
