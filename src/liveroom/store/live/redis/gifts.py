"""Gifts on Redis: `ports.LiveGifts`, and how a lost bucket gets them back. The rules are in ``lua/tell_gifts.lua``."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Final

from liveroom.domain.errors import RoomNotFound
from liveroom.domain.gifts.events import GiftBatch, GiftEvent, GiftRank, GiftTotals
from liveroom.domain.ids import RoomId, TenantName, UserId
from liveroom.domain.parts import zip_parts
from liveroom.ports import GiftsSoFar
from liveroom.store.live.redis.core import RedisCore
from liveroom.store.live.redis.keys import KeySet, RoomKeys
from liveroom.store.live.redis.pacing import Pacing
from liveroom.store.live.redis.publications import read_gift_totals
from liveroom.store.live.redis.records import pack
from liveroom.store.live.redis.schema.arguments.gifts import (
    LoadGiftsArguments,
    ReadGiftsArguments,
    TellGiftsArguments,
)
from liveroom.store.live.redis.schema.given import GiftRow, RankRow

_PART: Final = 500
"""Users, and batches, with which one script fills a room."""


class RedisGifts:
    """Tells of gifts; ``pacing`` is told what waits to be published."""

    def __init__(self, core: RedisCore, pacing: Pacing) -> None:
        self._core = core
        self._pacing = pacing

    async def tell(self, batch: GiftBatch) -> GiftTotals | None:
        args = TellGiftsArguments(
            tenant=batch.tenant,
            broadcast=batch.broadcast,
            batch=batch.id,
            gifts=pack([_row(gift) for gift in batch.gifts]),
            forget=pack(batch.forget),
            late=int(batch.late),
        )
        keys = RoomKeys(batch.room)
        answer = await self._core.in_room("tell_gifts", keys, KeySet.GIVING, self._core.offset(), batch.room, *args)
        if answer is None:
            return None
        due, coins, gifts, senders = answer
        self._pacing.gathered(batch.room, due)
        return GiftTotals(coins, gifts, senders)

    async def totals(self, room: RoomId, tenant: TenantName) -> GiftTotals:
        packed, _, _ = await self._read(room, tenant)
        return GiftTotals() if packed is None else read_gift_totals(packed).value()

    async def senders(self, room: RoomId, tenant: TenantName, limit: int) -> Sequence[GiftRank]:
        _, found, _ = await self._read(room, tenant, senders=limit)
        return _ranks(found)

    async def receivers(self, room: RoomId, tenant: TenantName, limit: int) -> Sequence[GiftRank]:
        _, _, found = await self._read(room, tenant, receivers=limit)
        return _ranks(found)

    async def _read(self, room: RoomId, tenant: TenantName, *, senders: int = 0, receivers: int = 0) -> Sequence[Any]:
        keys = RoomKeys(room)
        read = (keys.facts, keys.room, keys.senders, keys.receivers)
        args = ReadGiftsArguments(tenant=tenant, senders=senders, receivers=receivers)
        answer: Sequence[Any] | None = await self._core.in_room_bucket("read_gifts", keys.number, read, *args)
        if answer is None:
            raise RoomNotFound
        return answer


async def load_gifts(load: Callable[..., Awaitable[None]], gifts: GiftsSoFar) -> None:
    """Fill a room that is rebuilt with its gifts; ``load`` runs a script of the rebuild in it."""
    coins, number, senders = gifts.totals
    rows = _rows(gifts.senders), _rows(gifts.receivers), gifts.pending, gifts.told
    for sent, received, pending, told in zip_parts(*rows, size=_PART):
        args = LoadGiftsArguments(
            coins=coins,
            gifts=number,
            total_senders=senders,
            senders=pack(sent),
            receivers=pack(received),
            pending=pack(pending),
            told=pack(told),
        )
        await load("load_gifts", *args)


def _rows(ranks: Sequence[GiftRank]) -> Sequence[RankRow]:
    return [RankRow(rank.user, rank.coins) for rank in ranks]


def _row(gift: GiftEvent) -> GiftRow:
    return GiftRow(gift.sender, gift.receiver, gift.coins, gift.count, gift.data.decode(), int(gift.urgent))


def _ranks(found: Sequence[bytes]) -> Sequence[GiftRank]:
    """Return users and their coins, which Redis answers by turns."""
    return [
        GiftRank(UserId(user.decode()), int(float(coins))) for user, coins in zip(found[::2], found[1::2], strict=True)
    ]
