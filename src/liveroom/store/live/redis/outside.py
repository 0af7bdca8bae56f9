"""Outside sources on Redis: part of their users' records. The rules are in ``lua/note_sightings.lua`` and
``lua/expire_users.lua``.
"""

import asyncio
from collections.abc import Awaitable, Sequence
from typing import Final

import structlog

from liveroom.domain.errors import LiveUnavailable
from liveroom.domain.ids import user_bucket
from liveroom.domain.presence.members import PresenceEntry
from liveroom.domain.presence.outside import ENDED, NUMBERS, VOUCHES, Sighting
from liveroom.store.batching import BATCH
from liveroom.store.live.redis.core import RedisCore
from liveroom.store.live.redis.keys import RoomKeys
from liveroom.store.live.redis.records import milliseconds, moment, pack
from liveroom.store.live.redis.schema.arguments.users import NoteSightingsArguments
from liveroom.store.live.redis.schema.given import SightingRow
from liveroom.store.live.redis.users import RedisUsers

log = structlog.get_logger("liveroom.redis")

_LEASE: Final = milliseconds(VOUCHES)
_GRACE: Final = milliseconds(ENDED)


class RedisOutside:
    """``ports.OutsideStore``."""

    def __init__(self, core: RedisCore, users: RedisUsers) -> None:
        self._core = core
        self._users = users

    async def receive(self, sightings: Sequence[Sighting]) -> None:
        by_bucket: dict[int, list[SightingRow]] = {}
        for word in sightings:
            there, at = int(word.present), moment(word.at)
            row = SightingRow(word.user, NUMBERS[word.source], word.room or "", word.who, there, at)
            by_bucket.setdefault(user_bucket(word.user), []).append(row)
        await asyncio.gather(
            *(
                self._note(bucket, words[first : first + BATCH])
                for bucket, words in by_bucket.items()
                for first in range(0, len(words), BATCH)
            )
        )

    def _note(self, bucket: int, sightings: Sequence[SightingRow]) -> Awaitable[None]:
        args = NoteSightingsArguments(sightings=pack(sightings), lease=_LEASE, grace=_GRACE)
        return self._core.users("note_sightings", bucket, *args)

    async def seen(self, entries: Sequence[PresenceEntry]) -> Sequence[PresenceEntry]:
        found = await self._users.records([entry.user for entry in entries])
        return [
            entry for entry in entries if (known := found.get(entry.user)) and known[0].is_seen(entry.room, known[1])
        ]

    async def unspared(self, entries: Sequence[PresenceEntry]) -> Sequence[PresenceEntry]:
        """Let those of the presence entries stay whose user is subscribed to the room; return the others.

        What cannot be asked now is told to go again later.
        """
        try:
            subscribed = await asyncio.gather(*(self._is_subscribed(entry) for entry in entries))
            spared = [entry for entry, is_subscribed in zip(entries, subscribed, strict=True) if is_subscribed]
            if spared:
                await self._users.spare_entries(spared)
        except LiveUnavailable as failure:
            log.warning("redis.entries_undecided", entries=len(entries), cause=failure.detail)
            return []
        return [entry for entry, is_subscribed in zip(entries, subscribed, strict=True) if not is_subscribed]

    async def _is_subscribed(self, entry: PresenceEntry) -> bool:
        keys = RoomKeys(entry.room)
        command = self._core.caller.command
        return bool(await command(keys.subscribers, "HEXISTS", keys.subscribers, entry.user))
