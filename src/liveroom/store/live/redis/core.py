"""What every part of the store stands on: scripts in buckets, which are rebuilt when they turn out to be lost."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any, Final, Protocol

from liveroom.domain.errors import LiveUnavailable
from liveroom.domain.ids import RoomId
from liveroom.domain.presence import Patience
from liveroom.ports import Clock
from liveroom.store.live.redis.calls import BucketLost, Caller
from liveroom.store.live.redis.keys import USERS, room_keys
from liveroom.store.live.redis.records import milliseconds
from liveroom.store.live.redis.wire import Word

REMEMBERED: Final = milliseconds(timedelta(days=31))
"""How long an ended session is known: longer than any token lives."""
_ROUNDS: Final = 3


class Waits:
    """The service's patience, in milliseconds."""

    def __init__(self, patience: Patience) -> None:
        self.keepalive = milliseconds(patience.keepalive)
        self.grace = milliseconds(patience.grace)
        self.of_users = (
            self.keepalive,
            milliseconds(patience.silent),
            milliseconds(patience.silent_host),
            milliseconds(patience.audience),
        )


class Restorer(Protocol):
    """Fills lost buckets from the ledger."""

    def user(self, bucket: int) -> Awaitable[None]: ...
    def room(self, bucket: int) -> Awaitable[None]: ...


class Core:
    """Runs scripts in buckets."""

    restorer: Restorer

    def __init__(self, caller: Caller, clock: Clock, patience: Patience) -> None:
        self.caller = caller
        self.clock = clock
        self.waits = Waits(patience)

    def offset(self) -> int:
        """Return how far our clock is ahead, in milliseconds."""
        offset = self.clock.offset
        return milliseconds(offset) if offset else 0

    def users(self, name: str, bucket: int, *args: Word) -> Awaitable[Any]:
        """Run a script on the records of a user bucket."""
        words = (self.offset(), *self.waits.of_users, *args)
        return self._run(name, USERS[bucket].all, words, self.restorer.user, bucket)

    def in_user_bucket(self, name: str, bucket: int, keys: tuple[bytes, ...], *args: Word) -> Awaitable[Any]:
        """Run a script that needs other keys of a user bucket."""
        return self._run(name, keys, args, self.restorer.user, bucket)

    def members(self, name: str, room: RoomId, *args: Word) -> Awaitable[Any]:
        """Run a script on the members of a room."""
        keys = room_keys(room)
        return self._run(name, keys.all, (self.offset(), room, *args), self.restorer.room, keys.number)

    def room(self, name: str, room: RoomId, *args: Word) -> Awaitable[Any]:
        """Run a script that opens or closes a room."""
        keys = room_keys(room)
        return self._run(name, keys.whole, (self.offset(), room, *args), self.restorer.room, keys.number)

    def in_room_bucket(
        self, name: str, bucket: int, keys: tuple[bytes, ...], *args: Word, more: int = 0
    ) -> Awaitable[Any]:
        """Run a script that needs other keys of a room bucket; so many of the first words are keys too."""
        return self._run(name, keys, args, self.restorer.room, bucket, more)

    async def _run(
        self,
        name: str,
        keys: tuple[bytes, ...],
        args: tuple[Word, ...],
        restore: Callable[[int], Awaitable[None]],
        bucket: int,
        more: int = 0,
    ) -> Any:
        for _ in range(_ROUNDS):
            try:
                return await self.caller.call(name, keys, args, more)
            except BucketLost:
                await restore(bucket)
        raise LiveUnavailable("the live store is being rebuilt")
