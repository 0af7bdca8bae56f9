"""Outside sources on Redis: part of their users' records. What reports make of them says ``domain.presence.sightings``;
``lua/put_outside.lua`` writes it unless something else is known by then. What time makes of them is in
``lua/expire_users.lua``.
"""

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

import structlog

from liveroom.domain.errors import LiveUnavailable
from liveroom.domain.ids import UserId, user_bucket
from liveroom.domain.parts import parts
from liveroom.domain.presence.members import PresenceEntry
from liveroom.domain.presence.outside import Sighting
from liveroom.domain.presence.sightings import received
from liveroom.store.batching import BATCH
from liveroom.store.live.redis.core import RedisCore
from liveroom.store.live.redis.keys import RoomKeys
from liveroom.store.live.redis.records import DecidedRow, OutsideRow, UserRow, pack
from liveroom.store.live.redis.users import RedisUsers

log = structlog.get_logger("liveroom.redis")

_TRIES: Final = 8
"""How often is decided anew, because others have reported something of the same user meanwhile."""

Reports = Mapping[UserId, Sequence[Sighting]]
"""What is reported of users of a bucket, in this order."""


class RedisOutside:
    """``ports.OutsideStore``."""

    def __init__(self, core: RedisCore, users: RedisUsers) -> None:
        self._core = core
        self._users = users

    async def receive(self, sightings: Sequence[Sighting]) -> None:
        by_bucket: dict[int, dict[UserId, list[Sighting]]] = {}
        for sighting in sightings:
            by_bucket.setdefault(user_bucket(sighting.user), {}).setdefault(sighting.user, []).append(sighting)
        await asyncio.gather(
            *(
                self._receive(bucket, dict(some))
                for bucket, reports in by_bucket.items()
                for some in parts(list(reports.items()), BATCH)
            )
        )

    async def _receive(self, bucket: int, reports: Reports) -> None:
        for _ in range(_TRIES):
            now, rows = await self._users.read(bucket, list(reports))
            decided = list(_decided(reports, rows, now))
            changed = await self._core.users("put_outside", bucket, pack(decided)) if decided else ()
            reports = {user: reports[user] for user in (UserId(word.decode()) for word in changed)}
            if not reports:
                return
        raise LiveUnavailable("what outside sources say of a user changes all the time")

    async def spare(self, entries: Sequence[PresenceEntry]) -> None:
        await self._users.spare_entries(entries)

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
                await self.spare(spared)
        except LiveUnavailable as failure:
            log.warning("redis.entries_undecided", entries=len(entries), cause=failure.detail)
            return []
        return [entry for entry, is_subscribed in zip(entries, subscribed, strict=True) if not is_subscribed]

    async def _is_subscribed(self, entry: PresenceEntry) -> bool:
        keys = RoomKeys(entry.room)
        command = self._core.caller.command
        return bool(await command(keys.subscribers, "HEXISTS", keys.subscribers, entry.user))


def _decided(reports: Reports, rows: Mapping[UserId, UserRow], now: int) -> Iterator[DecidedRow]:
    """Yield what is to be known of each user whom the reports change, beside what was."""
    for user, sightings in reports.items():
        row = rows.get(user)
        known = () if row is None else row.outside
        outside = [one.value() for one in known]
        for sighting in sightings:
            outside = received(outside, sighting, now)
        if outside:
            yield DecidedRow(user, list(known), [OutsideRow.of(one) for one in outside])
