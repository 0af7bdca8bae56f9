"""The parts of the program that record themselves, in place of those that do not (``tracing``)."""

from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from contextlib import asynccontextmanager
from functools import partial
from typing import Any

from starlette.applications import Starlette
from starlette.routing import Route

from liveroom.api.declare import Registry
from liveroom.api.dispatch import Dispatcher
from liveroom.app.backends import make_live
from liveroom.app.instruments import Instruments
from liveroom.http.asgi import CallHandler, LiveroomAsgi
from liveroom.http.metrics import Meter
from liveroom.ports import Clock, Live, LiveListener, RecoveryStore
from liveroom.providers.hooks import HttpHookClient
from liveroom.providers.outgoing import opening
from liveroom.providers.webhooks import WebhookPosts
from liveroom.realtime.batch_writer import BatchWriter
from liveroom.realtime.client import CarryOut
from liveroom.realtime.hub import Hub
from liveroom.settings import Settings
from liveroom.store.live.redis import RedisLive
from liveroom.store.sql.database import SqlDatabase
from liveroom.tracing.exporting import TraceExport, open_export
from liveroom.tracing.fanout import TracedListener, TracedWriter
from liveroom.tracing.http_calls import TracedAsgi, TracedDispatcher, traced_site
from liveroom.tracing.meter import TracedMeter
from liveroom.tracing.outgoing import TracedClient, TracedHookClient, TracedPosts
from liveroom.tracing.scripts import TracedScriptCaller
from liveroom.tracing.socket_commands import traced_commands
from liveroom.tracing.spans import Tracing
from liveroom.tracing.statements import TracedDatabase


class RecordedInstruments(Instruments):
    """Makes parts that record themselves."""

    dispatcher: type[Dispatcher] = TracedDispatcher

    def __init__(self, settings: Settings, export: TraceExport) -> None:
        self._settings = settings
        self.export = export
        self.tracing = Tracing(export.tracer, ratio=settings.traces_ratio, per_second=settings.traces_per_second)
        self._writer = TracedWriter()

    @property
    def spans(self) -> Mapping[tuple[str, ...], float]:  # type: ignore[override]
        return self.export.exporter.counts

    def database(self, db: SqlDatabase) -> SqlDatabase:
        return TracedDatabase(db.engine, self.tracing, gathers=self._settings.on_mysql)

    def live(self, settings: Settings, recovery: RecoveryStore, clock: Clock) -> Live:
        return make_live(settings, recovery, clock, scripts=partial(TracedScriptCaller.recorded, self.tracing))

    def posts(self, clock: Clock) -> WebhookPosts:
        return TracedPosts(clock, self.tracing)

    def hook_client(self) -> HttpHookClient:
        return TracedHookClient(self.tracing)

    def asgi(self, make: Callable[..., LiveroomAsgi]) -> Callable[..., LiveroomAsgi]:
        return self._asgi

    def _asgi(self, calls: CallHandler, registry: Registry, *, site: Starlette, **options: Any) -> LiveroomAsgi:
        templates = {route.endpoint: route.path for route in site.routes if isinstance(route, Route)}
        app = TracedAsgi(calls, registry, site=traced_site(site, templates), **options)
        app.tracing = self.tracing
        if self._settings.serverless:
            app.flush = self.export.flush
        return app

    def meter(self, make: Callable[[Iterable[str]], Meter]) -> Callable[[Iterable[str]], Meter]:
        return TracedMeter

    def writer(self, make: Callable[[], BatchWriter]) -> Callable[[], BatchWriter]:
        return lambda: self._writer

    def commands(self, carry_out: CarryOut) -> CarryOut:
        return traced_commands(carry_out, self.tracing)

    def listener(self, live: Live, hub: Hub) -> LiveListener:
        on_redis = isinstance(live, RedisLive)
        listener = TracedListener(hub, self._writer, self.tracing, has_notes=on_redis)
        if isinstance(live, RedisLive):
            live.channels.caused = listener.caused
        return listener


@asynccontextmanager
async def recorded(settings: Settings) -> AsyncIterator[Instruments]:
    """Yield what makes the parts, with a way to the collector; send what is left when the block ends."""
    export = open_export(settings.traces_endpoint)
    instruments = RecordedInstruments(settings, export)
    with opening(partial(TracedClient, instruments.tracing)):
        try:
            yield instruments
        finally:
            await export.close()
