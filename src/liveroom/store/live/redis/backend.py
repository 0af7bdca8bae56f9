"""What the store stands on: where its scripts run, its channels, and how it hears of ended sessions."""

from collections.abc import Awaitable, Sequence
from typing import Any, Protocol, TypeVar

from liveroom.domain.accounts.sessions import EndedSessions
from liveroom.ports import Clock
from liveroom.store.live.listener_registry import ListenerRegistry
from liveroom.store.live.redis.calls import Restore, ScriptCaller
from liveroom.store.live.redis.feed import SessionFeed
from liveroom.store.live.redis.joining import ScriptCall
from liveroom.store.live.redis.journal import Journal, JournalKind, RedisJournal
from liveroom.store.live.redis.keys import KeySet, RoomKeys
from liveroom.store.live.redis.listening import ChannelListener, Listening
from liveroom.store.live.redis.session_cache import SessionCache
from liveroom.store.live.redis.wire import Word

T = TypeVar("T")


class Calls(Protocol):
    """Runs scripts and commands where their keys are. ``calls.ScriptCaller`` says what each method promises."""

    def run(self, name: str, keys: tuple[bytes, ...], *args: Word) -> Awaitable[Any]: ...
    def call(
        self,
        name: str,
        keys: tuple[bytes, ...],
        args: tuple[Word, ...],
        more: int = 0,
        restore: Restore | None = None,
        bucket: int = 0,
    ) -> Awaitable[Any]: ...
    def call_in_room(
        self,
        name: str,
        keys: RoomKeys,
        which: KeySet,
        args: tuple[Word, ...],
        more: int = 0,
        restore: Restore | None = None,
    ) -> Awaitable[Any]: ...
    async def call_all(self, name: str, asked: Sequence[ScriptCall], restore: Restore | None = None) -> list[Any]: ...
    def command(self, key: bytes, *words: Word) -> Awaitable[Any]: ...
    async def versions(self) -> Sequence[str]: ...
    @property
    def reconnections(self) -> int: ...
    def hang_up(self) -> None: ...
    async def close(self) -> None: ...


class Subscriptions(Protocol):
    """Receives channels; see ``listening.Listening``."""

    async def subscribe(self, channel: bytes, listener: ChannelListener) -> None: ...
    def unsubscribe(self, channel: bytes) -> None: ...
    async def close(self) -> None: ...


class SessionEnds(Protocol):
    """Tells every process of ended sessions, and says whether this one knows of all: see ``feed.SessionFeed``."""

    def is_fresh(self) -> bool: ...
    def start(self) -> None: ...
    async def stop(self) -> None: ...
    async def publish(self, ended: EndedSessions) -> None: ...


class LiveBackend(Protocol):
    """All of that."""

    @property
    def calls(self) -> Calls: ...
    @property
    def ends_with_process(self) -> bool:
        """Say whether what a script has written is lost with this process, unless it has reached the recovery store."""

    def journal(self, kind: JournalKind[T]) -> Journal[T]: ...
    def subscriptions(self) -> Subscriptions: ...
    def session_ends(self, clock: Clock, session_cache: SessionCache, listeners: ListenerRegistry) -> SessionEnds: ...


class RedisServers:
    """Servers, shared with other processes."""

    ends_with_process = False

    def __init__(self, caller: ScriptCaller) -> None:
        self.calls = self._caller = caller

    def journal(self, kind: JournalKind[T]) -> RedisJournal[T]:
        return RedisJournal(self._caller, kind)

    def subscriptions(self) -> Listening:
        return Listening(self._caller)

    def session_ends(self, clock: Clock, session_cache: SessionCache, listeners: ListenerRegistry) -> SessionFeed:
        return SessionFeed(self._caller, clock, session_cache, listeners)
