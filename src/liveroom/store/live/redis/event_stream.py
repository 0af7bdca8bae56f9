"""The log of events as a stream of Redis: one CloudEvent an entry, the oldest forgotten."""

from collections.abc import Sequence
from typing import Final

from liveroom.domain.errors import LiveUnavailable, ProviderUnavailable
from liveroom.domain.events.cloud import write_cloud_event
from liveroom.domain.events.records import StoredEvent
from liveroom.store.live.redis.calls import ScriptCaller
from liveroom.store.live.redis.schema.arguments.buckets import LogEventsArguments
from liveroom.store.live.redis.wire import SILENCE, Word


class RedisEventStream:
    """``ports.Sink``, on connections of its own."""

    def __init__(self, url: str, stream: str, *, keep: int) -> None:
        self._caller: Final = ScriptCaller.open(url, SILENCE)
        self._stream: Final = stream.encode()
        self._keep: Final = keep

    async def send(self, events: Sequence[StoredEvent]) -> None:
        """Append the events in one step."""
        words: list[Word] = [*LogEventsArguments(most=self._keep)]
        for event in events:
            words += (event.id, event.kind, event.stream, write_cloud_event(event))
        try:
            await self._caller.run("log_events", (self._stream,), *words)
        except LiveUnavailable as failure:
            raise ProviderUnavailable(f"the Redis of the event log: {failure}") from failure

    async def length(self) -> int:
        """Return how many events the stream holds. Raises ``LiveUnavailable``."""
        return int(await self._caller.command(self._stream, "XLEN", self._stream))

    async def close(self) -> None:
        """Hang up."""
        await self._caller.close()
