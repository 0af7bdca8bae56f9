"""Spans of what is asked of Redis: one for each script or command, from asking to its answer, retries included.

A script that publishes to a room is preceded by a note on the room's channel, with the trace that causes it: every
process that tells its sockets of the publication can say then what it belongs to. Only recorded calls send notes.
"""

import asyncio
from collections.abc import Awaitable, Coroutine, Sequence
from typing import Any, Final

from opentelemetry.trace import SpanKind

from liveroom.store.live.redis.calls import Prepared, Restore, ScriptCaller
from liveroom.store.live.redis.joining import ScriptCall
from liveroom.store.live.redis.keys import KeySet, RoomKeys
from liveroom.store.live.redis.publications import CausedBy, write_news
from liveroom.store.live.redis.wire import Disconnected, Word
from liveroom.tracing.spans import Attributes, Tracing, context_headers, current, paused

PUBLISHING: Final = frozenset(
    {
        *("admit", "announce", "close_room", "leave", "like", "put_access", "put_metadata", "put_room"),
        *("put_seat_map", "recall", "rename", "say", "tell_battle", "tell_gifts", "tell_tally"),
    }
)
"""Scripts that may publish to the room that they are about, for whoever has asked for them."""


class TracedScriptCaller(ScriptCaller):
    """Records what a recorded call asks of Redis."""

    tracing: Tracing

    @classmethod
    def recorded(cls, tracing: Tracing, url: str, silence: float) -> ScriptCaller:
        """Return a caller for the URL, as ``open`` does."""
        caller = cls.open(url, silence)
        assert isinstance(caller, cls)  # noqa: S101 - it is made by this class
        caller.tracing = tracing
        return caller

    def call_in_room(
        self,
        name: str,
        keys: RoomKeys,
        which: KeySet,
        args: tuple[Word, ...],
        more: int = 0,
        restore: Restore | None = None,
    ) -> Awaitable[Any]:
        if name in PUBLISHING and current() is not None:
            self._note(keys)
        return super().call_in_room(name, keys, which, args, more, restore)

    async def call_all(self, name: str, asked: Sequence[ScriptCall], restore: Restore | None = None) -> list[Any]:
        if current() is None:
            return await super().call_all(name, asked, restore)
        about: Attributes = {**_about("EVALSHA", name), "db.operation.batch.size": len(asked)}
        with self.tracing.span(f"EVALSHA {name}", SpanKind.CLIENT, about):
            return await super().call_all(name, asked, self._restoring(restore))

    def _call(self, call: Prepared, restore: Restore | None = None, bucket: int = 0) -> Coroutine[Any, Any, Any]:
        if current() is None:
            return super()._call(call, restore, bucket)
        return self._recorded(call, restore, bucket)

    async def _recorded(self, call: Prepared, restore: Restore | None, bucket: int) -> Any:
        _, command, what, _ = call
        operation = "EVALSHA" if what is not None else _text(command[0])
        about = _about(operation, "" if what is None else what.name)
        with self.tracing.span(about["db.query.summary"], SpanKind.CLIENT, about):
            return await super()._call(call, self._restoring(restore), bucket)

    def _restoring(self, restore: Restore | None) -> Restore | None:
        """Return what rebuilds a bucket as one span: it asks a thousand things, for all who wait for it."""
        if restore is None:
            return None

        async def restored(bucket: int) -> None:
            with self.tracing.span("restore bucket", SpanKind.INTERNAL, {"liveroom.bucket": bucket}), paused():
                await restore(bucket)

        return restored

    def _note(self, keys: RoomKeys) -> None:
        note = write_news(CausedBy(context_headers().get("traceparent", "")))
        try:
            sent = self.server(keys.news).submit(("SPUBLISH", keys.news, note))
        except Disconnected:
            return
        sent.add_done_callback(_forget)


def _about(operation: str, script: str) -> dict[str, str]:
    about = {"db.system.name": "redis", "db.operation.name": operation}
    if script:
        about["db.stored_procedure.name"] = script
    about["db.query.summary"] = f"{operation} {script}".rstrip()
    return about


def _text(word: Word) -> str:
    return word.decode() if isinstance(word, bytes) else str(word)


def _forget(sent: "asyncio.Future[Any]") -> None:
    """Take note of a failure: without the note only its trace is a little poorer."""
    if not sent.cancelled():
        sent.exception()
