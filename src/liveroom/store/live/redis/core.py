"""What every part of the store stands on: scripts in buckets, which are rebuilt when they turn out to be lost."""

from collections.abc import Awaitable, Sequence
from typing import Any, Final, NamedTuple, Protocol

from liveroom.domain.accounts.sessions import ENDED_REMEMBERED
from liveroom.domain.ids import RoomId, UserId
from liveroom.domain.moments import milliseconds
from liveroom.domain.presence.signs import PresenceTimeouts
from liveroom.domain.rooms.heat import HeatRule
from liveroom.ports import Clock
from liveroom.store.live.redis.calls import ScriptCaller
from liveroom.store.live.redis.joining import ScriptCall
from liveroom.store.live.redis.keys import USERS, KeySet, RoomKeys
from liveroom.store.live.redis.records import MemberRow, read_member
from liveroom.store.live.redis.schema.arguments.users import UserWaits
from liveroom.store.live.redis.servers import RUN_ID
from liveroom.store.live.redis.wire import Word

REMEMBERED: Final = milliseconds(ENDED_REMEMBERED)


class RedisWaits:
    """The service's timeouts, in milliseconds."""

    def __init__(self, timeouts: PresenceTimeouts) -> None:
        self.keepalive = milliseconds(timeouts.keepalive)
        self.grace = milliseconds(timeouts.grace)
        self.of_users = UserWaits(
            wait_keepalive=self.keepalive,
            wait_silent=milliseconds(timeouts.silent),
            wait_host=milliseconds(timeouts.silent_host),
            wait_audience=milliseconds(timeouts.audience),
        )


class HeatWords(NamedTuple):
    """What warms a room how much, as words of a script; the half-life in milliseconds."""

    half_life: int
    enter: str
    message: str
    like: str

    @classmethod
    def of(cls, rule: HeatRule) -> "HeatWords":
        """Return the words of a rule."""
        return cls(rule.span, *map(repr, rule[1:]))


class Restorer(Protocol):
    """Fills lost buckets from the recovery store."""

    def user(self, bucket: int) -> Awaitable[None]: ...
    def room(self, bucket: int) -> Awaitable[None]: ...


class RedisCore:
    """Runs scripts in buckets."""

    restorer: Restorer

    def __init__(self, caller: ScriptCaller, clock: Clock, timeouts: PresenceTimeouts, heat: HeatRule) -> None:
        self.caller = caller
        self.clock = clock
        self.waits = RedisWaits(timeouts)
        self.heat = HeatWords.of(heat)
        self.has_restored = False
        """A bucket was filled again since somebody last asked."""

    def offset(self) -> int:
        """Return how far our clock is ahead, in milliseconds."""
        offset = self.clock.offset
        return milliseconds(offset) if offset else 0

    def users(self, name: str, bucket: int, *args: Word) -> Awaitable[Any]:
        """Run a script on the records of a user bucket."""
        words = (self.offset(), *self.waits.of_users, *args)
        return self.caller.call(name, USERS[bucket].all, words, 0, self.restorer.user, bucket)

    def in_user_bucket(self, name: str, bucket: int, keys: tuple[bytes, ...], *args: Word) -> Awaitable[Any]:
        """Run a script that needs other keys of a user bucket."""
        return self.caller.call(name, keys, args, 0, self.restorer.user, bucket)

    def members(self, name: str, room: RoomId, *args: Word) -> Awaitable[Any]:
        """Run a script on the members of a room."""
        words = (self.offset(), room, *args)
        return self.caller.call_in_room(name, RoomKeys(room), KeySet.CHANGED, words, 0, self.restorer.room)

    def room(self, name: str, room: RoomId, *args: Word) -> Awaitable[Any]:
        """Run a script that opens or closes a room."""
        words = (self.offset(), room, *args)
        return self.caller.call_in_room(name, RoomKeys(room), KeySet.WHOLE, words, 0, self.restorer.room)

    def in_room(self, name: str, keys: RoomKeys, which: KeySet, *args: Word, more: int = 0) -> Awaitable[Any]:
        """Run a script on other keys of a room; so many of the first words are keys too."""
        return self.caller.call_in_room(name, keys, which, args, more, self.restorer.room)

    def in_room_bucket(
        self, name: str, bucket: int, keys: tuple[bytes, ...], *args: Word, more: int = 0
    ) -> Awaitable[Any]:
        """Run a script that needs other keys of a room bucket; so many of the first words are keys too."""
        return self.caller.call(name, keys, args, more, self.restorer.room, bucket)

    async def member(self, room: RoomId, user: UserId) -> MemberRow | None:
        """Return a member of a room as the scripts keep them.

        Stays and presence entries are ended by what this says: a replica that lagged is compared with SQL first.
        """
        keys = RoomKeys(room)
        packed = await self.in_room_bucket("read_member", keys.number, (keys.facts, keys.members), user, RUN_ID)
        return None if packed is None else read_member(packed)

    def in_room_buckets(self, name: str, asked: Sequence[ScriptCall]) -> Awaitable[list[Any]]:
        """Run a script in many room buckets; return their answers, a ``LiveUnavailable`` of those out of reach."""
        return self.caller.call_all(name, asked, self.restorer.room)

    def in_user_buckets(self, name: str, asked: Sequence[ScriptCall]) -> Awaitable[list[Any]]:
        """Run a script in many user buckets; answers as of ``in_room_buckets``."""
        return self.caller.call_all(name, asked, self.restorer.user)
