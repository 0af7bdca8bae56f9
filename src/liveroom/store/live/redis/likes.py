"""Likes on Redis: `ports.Likes`, and how they reach the recovery store. The rules are in ``lua/like.lua``."""

import asyncio
import secrets
from base64 import urlsafe_b64encode
from collections.abc import Sequence
from hashlib import blake2b
from typing import Any, Final

from liveroom.domain.errors import LiveUnavailable, RateLimited, RoomNotFound
from liveroom.domain.ids import BroadcastId, RoomId
from liveroom.domain.rooms.likes import LONGEST, LikeCall
from liveroom.ports import RecoveryStore
from liveroom.store.live.gathering import Gathering, NotYet, Written
from liveroom.store.live.redis.calls import ScriptCaller
from liveroom.store.live.redis.core import RedisCore
from liveroom.store.live.redis.keys import ROOMS, KeySet, RoomKeys
from liveroom.store.live.redis.pacing import Pacing
from liveroom.store.live.redis.records import pack
from liveroom.store.live.redis.schema.arguments.talk import LikeArguments, StrikeLikesArguments
from liveroom.store.live.redis.schema.given import LikeRow
from liveroom.store.live.redis.watch import DirtyBuckets

REST: Final = 400
"""How long nobody takes the likes of a bucket after somebody did, in ms: less than the flush interval."""
_NAME_BYTES: Final = 6

Behind = tuple[RoomId, BroadcastId, bytes]
"""A room and broadcast whose likes the recovery store may not know, and what the store keeps of that."""


class RedisLikes:
    """All likes; ``watch.liked``: buckets whose likes the recovery store may not know."""

    def __init__(self, core: RedisCore, watch: DirtyBuckets, pacing: Pacing, recovery: RecoveryStore) -> None:
        self._core = core
        self._watch = watch
        self._pacing = pacing
        self._recovery = recovery
        self._gathering = Gathering(self._write)
        self.add = self._gathering.add

    async def _write(self, likes: Sequence[LikeCall], turn: int) -> Written | NotYet:
        tenant, room = likes[0].tenant, likes[0].room
        keys = RoomKeys(room)
        rows = pack([LikeRow(like.user, _name_of(like.batch), like.likes) for like in likes])
        args = LikeArguments(
            tenant=tenant,
            token=secrets.token_hex(8),
            turn=turn,
            likes=rows,
            warms=self._core.heat.like,
            half_life=self._core.heat.half_life,
        )
        answer = await self._core.in_room("like", keys, KeySet.LIKING, self._core.offset(), room, *args)
        if answer is None:
            raise RoomNotFound
        verdict, *rest = answer
        if verdict < 0:
            raise RateLimited("too many likes for the room", retry_after=LONGEST)
        following, wait, *counted = rest
        if verdict == 0:
            return NotYet(int(following), wait / 1000)
        due, total, letters = counted
        self._watch.liked.add(keys.number)
        self._pacing.gathered(room, due)
        return Written(int(total), letters.decode(), int(following), wait / 1000)

    async def flush(self) -> int:
        """Bring the recovery store up to date; its failures are the caller's. Return of how many broadcasts."""
        found = await asyncio.gather(*(self._take(bucket) for bucket in list(self._watch.liked)))
        behind = [one for some in found for one in some]
        await _save(self._recovery, behind)
        await asyncio.gather(*(self._strike(*one) for one in behind))
        return len(behind)

    async def close(self) -> None:
        """Give up what waits for its turn."""
        await self._gathering.close()

    async def _take(self, bucket: int) -> Sequence[Behind]:
        try:
            found = await self._core.caller.run("take_likes", (ROOMS[bucket].liked,), self._core.offset(), REST)
        except LiveUnavailable:
            return ()
        if found is not None:
            self._watch.liked.discard(bucket)
        return _read_behind(found or ())

    async def _strike(self, room: RoomId, broadcast: BroadcastId, kept: bytes) -> None:
        keys = RoomKeys(room)
        args = StrikeLikesArguments(broadcast=broadcast, kept=kept)
        try:
            await self._core.in_room("strike_likes", keys, KeySet.LIKING, self._core.offset(), room, *args)
        finally:
            self._watch.changed(keys.number)


async def drain_likes(caller: ScriptCaller, recovery: RecoveryStore, bucket: int) -> None:
    """Write all likes of a bucket that is to be rebuilt, whoever else may be at it."""
    liked = ROOMS[bucket].liked
    await _save(recovery, _read_behind(await caller.command(liked, "HGETALL", liked)))


async def _save(recovery: RecoveryStore, behind: Sequence[Behind]) -> None:
    if behind:
        await recovery.save_likes({broadcast: _likes_of(kept) for _, broadcast, kept in behind})


def _read_behind(found: Sequence[Any]) -> Sequence[Behind]:
    return [
        (RoomId(kept.partition(b" ")[2].decode()), BroadcastId(broadcast.decode()), kept)
        for broadcast, kept in zip(found[::2], found[1::2], strict=True)
        if broadcast
    ]


def _likes_of(kept: bytes) -> int:
    return int(kept.partition(b" ")[0])


def _name_of(batch: str) -> str:
    """Return a batch's id as the script remembers it, in eight letters."""
    return urlsafe_b64encode(blake2b(batch.encode(), digest_size=_NAME_BYTES).digest()).decode() if batch else ""
