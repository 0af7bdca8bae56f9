"""The live store's backend inside the process: an engine of its own, which ends with it.

Scripts run at once, and what they publish is received before their caller goes on. Nothing can be missed, so an ended
session is known everywhere as soon as it has ended.
"""

from collections.abc import Coroutine, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final, TypeVar

import structlog

from liveroom.domain.accounts.sessions import EndedSessions
from liveroom.domain.errors import LiveUnavailable
from liveroom.ports import Clock
from liveroom.store.live.engine.engine import EmbeddedEngine
from liveroom.store.live.engine.errors import ReplyError
from liveroom.store.live.engine.hoisting import hoisted
from liveroom.store.live.engine.journal import EmbeddedJournal
from liveroom.store.live.engine.scripting import Chunk, Declared
from liveroom.store.live.listener_registry import ListenerRegistry
from liveroom.store.live.redis.calls import ROUNDS, BucketLost, Restore, ScriptFailed, filled_in
from liveroom.store.live.redis.joining import ScriptCall
from liveroom.store.live.redis.journal import JournalKind
from liveroom.store.live.redis.keys import KeySet, RoomKeys
from liveroom.store.live.redis.listening import ChannelListener
from liveroom.store.live.redis.scripts import script
from liveroom.store.live.redis.servers import RUN_ID
from liveroom.store.live.redis.session_cache import SessionCache
from liveroom.store.live.redis.wire import Word

log = structlog.get_logger("liveroom.engine")

_VERSION: Final = "7.0"
"""The Redis whose scripts the engine runs."""
_IN_TIME: Final = b"9999999999999"
"""Until when a script is waited for: none waits for its turn."""
_MOST: Final = 4096
"""Keys of calls that are kept for others with the same keys, 2 KB each."""
_EPOCH: Final = datetime.fromtimestamp(0, UTC)
_LOST: Final = object()
_MICROSECOND: Final = timedelta(microseconds=1)

T = TypeVar("T")


class Embedded:
    """The backend."""

    ends_with_process = True

    def __init__(self, clock: Clock) -> None:
        self._engine = EmbeddedEngine(lambda: (clock.now() - clock.offset - _EPOCH) // _MICROSECOND)
        self.calls = EmbeddedCalls(self._engine)

    def journal(self, kind: JournalKind[T]) -> EmbeddedJournal[T]:
        return EmbeddedJournal(self._engine, kind)

    def subscriptions(self) -> "EmbeddedSubscriptions":
        return EmbeddedSubscriptions(self._engine)

    def session_ends(
        self, clock: Clock, session_cache: SessionCache, listeners: ListenerRegistry
    ) -> "EmbeddedSessionEnds":
        return EmbeddedSessionEnds(session_cache, listeners)


class EmbeddedCalls:
    """Runs scripts in the engine; those that find their bucket lost once more, when it has been rebuilt."""

    reconnections = 0

    def __init__(self, engine: EmbeddedEngine) -> None:
        self._engine = engine
        self._chunks: dict[str, tuple[Chunk, bool]] = {}
        self._declared: dict[Any, Declared] = {}

    async def run(self, name: str, keys: tuple[bytes, ...], *args: Word) -> Any:
        return self._run(name, self._keys(keys), args)

    def call(
        self,
        name: str,
        keys: tuple[bytes, ...],
        args: tuple[Word, ...],
        more: int = 0,
        restore: Restore | None = None,
        bucket: int = 0,
    ) -> Coroutine[Any, Any, Any]:
        if more:
            declared = self._engine.declare(*keys, *map(_word, args[:more]))
            args = args[more:]
        else:
            declared = self._keys(keys)
        return self._insist(name, declared, args, restore, bucket)

    def call_in_room(
        self,
        name: str,
        keys: RoomKeys,
        which: KeySet,
        args: tuple[Word, ...],
        more: int = 0,
        restore: Restore | None = None,
    ) -> Coroutine[Any, Any, Any]:
        if more:
            declared = self._engine.declare(*keys.of(which), *map(_word, args[:more]))
            args = args[more:]
        else:
            declared = self._declared.get((which, keys.id)) or self._keep((which, keys.id), keys.of(which))
        return self._insist(name, declared, args, restore, keys.number)

    async def call_all(self, name: str, asked: Sequence[ScriptCall], restore: Restore | None = None) -> list[Any]:
        answers: list[Any] = [self._tried(name, self._keys(keys), args) for _, keys, args in asked]
        lost = [number for number, answer in enumerate(answers) if answer is _LOST]
        open_ones = (asked[number] for number in lost)
        again = [self._insist(name, self._keys(keys), args, restore, bucket) for bucket, keys, args in open_ones]
        return await filled_in(answers, lost, again)

    async def command(self, key: bytes, *words: Word) -> Any:
        name, *args = words
        try:
            return self._engine.command(str(name), [_word(word) for word in args])
        except ReplyError as error:
            raise ScriptFailed(str(error)) from error

    async def versions(self) -> Sequence[str]:
        return (_VERSION,)

    def hang_up(self) -> None:
        """Return: there are no connections."""

    async def close(self) -> None:
        """Return: there is nothing to close."""

    async def _insist(
        self, name: str, keys: Declared, args: tuple[Word, ...], restore: Restore | None, bucket: int
    ) -> Any:
        for _ in range(ROUNDS):
            try:
                return self._run(name, keys, args)
            except BucketLost:
                if restore is None:
                    raise
            await restore(bucket)
        raise LiveUnavailable("the live store is being rebuilt")

    def _run(self, name: str, keys: Declared, args: tuple[Word, ...]) -> Any:
        known = self._chunks.get(name)
        chunk, awaited = known if known is not None else self._load(name)
        words = [word if type(word) is bytes else word.encode() if type(word) is str else _word(word) for word in args]
        last = len(words)
        if args and args[-1] is RUN_ID:
            last -= 1
            words[last] = self._engine.run_id
        if awaited:
            words.insert(last, _IN_TIME)
        try:
            return self._engine.run(chunk, keys, words)
        except ReplyError as error:
            if str(error).startswith("LOST "):
                raise BucketLost from None
            log.error("engine.script_failed", script=name, error=str(error))
            raise ScriptFailed(str(error)) from error

    def _tried(self, name: str, keys: Declared, args: tuple[Word, ...]) -> Any:
        """Return an answer, or why there is none: ``LiveUnavailable``, or that the bucket is lost."""
        try:
            return self._run(name, keys, args)
        except BucketLost:
            return _LOST
        except LiveUnavailable as failure:
            return failure

    def _load(self, name: str) -> tuple[Chunk, bool]:
        what = script(name)
        loaded = self._chunks[name] = self._engine.compile_hoisted(hoisted(what.text.decode()), name), what.awaited
        return loaded

    def _keys(self, keys: tuple[bytes, ...]) -> Declared:
        return self._declared.get(keys) or self._keep(keys, keys)

    def _keep(self, which: object, keys: tuple[bytes, ...]) -> Declared:
        if len(self._declared) >= _MOST:
            self._declared.clear()
        declared = self._declared[which] = self._engine.declare(*keys)
        return declared


class EmbeddedSubscriptions:
    """Channels of the engine."""

    def __init__(self, engine: EmbeddedEngine) -> None:
        self._channels = engine.channels
        self._listeners: dict[bytes, ChannelListener] = {}

    async def subscribe(self, channel: bytes, listener: ChannelListener) -> None:
        if channel not in self._listeners:
            self._listeners[channel] = listener
            self._channels.subscribe(channel, listener.received)

    def unsubscribe(self, channel: bytes) -> None:
        listener = self._listeners.pop(channel, None)
        if listener is not None:
            self._channels.unsubscribe(channel, listener.received)

    async def close(self) -> None:
        """Receive nothing any more."""
        for channel in list(self._listeners):
            self.unsubscribe(channel)


class EmbeddedSessionEnds:
    """Nobody else ends sessions, or has to hear of it."""

    def __init__(self, session_cache: SessionCache, listeners: ListenerRegistry) -> None:
        self._session_cache = session_cache
        self._listeners = listeners

    def is_fresh(self) -> bool:
        return True

    def start(self) -> None:
        """Return: there is nothing to follow."""

    async def stop(self) -> None:
        """Return: nothing was followed."""

    async def publish(self, ended: EndedSessions) -> None:
        self._session_cache.end(ended)
        self._listeners.notify(lambda listener: listener.sessions_over(ended))


def _word(word: Word) -> bytes:
    if isinstance(word, int):
        return b"%d" % word
    return word.encode() if isinstance(word, str) else word
