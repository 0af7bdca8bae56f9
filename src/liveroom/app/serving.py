"""Serves a running core: HTTP, with health, figures and the reference beside it, and the socket."""

import gc
import os
import signal
import socket
from collections.abc import AsyncIterator, Callable, Collection, Mapping
from contextlib import asynccontextmanager

from starlette.routing import Route

from liveroom import deadlines
from liveroom.app.assembly import Core
from liveroom.app.callbacks import make_callbacks
from liveroom.app.jobs import CERTIFICATE, PROXIES
from liveroom.app.metrics import make_figures
from liveroom.app.music import make_song_routes
from liveroom.app.outages import DATABASE, LIVE, Outages
from liveroom.app.overview import kept_overview
from liveroom.app.receipts import make_store_routes
from liveroom.app.recorders import ANY_HTTPS, recording_origins
from liveroom.app.recordings import make_recording_routes
from liveroom.app.request_driven import RequestDrivenCalls
from liveroom.app.running import running
from liveroom.app.scheduler import scheduled
from liveroom.app.settlement import make_statement_routes
from liveroom.app.sockets import NO_SOCKETS, SocketServer, open_sockets
from liveroom.app.statistics import make_export_routes
from liveroom.app.stream_servers import stream_origins
from liveroom.app.uploads import make_upload_routes, seen_origins, upload_origins
from liveroom.app.vendor_calls import make_vendor_calls
from liveroom.app.watching import DoorWatch
from liveroom.clock import SystemClock
from liveroom.domain.ids import RoomId
from liveroom.http.archives import archive_routes
from liveroom.http.asgi import Front, LiveroomAsgi
from liveroom.http.certificates import Tls, open_tls
from liveroom.http.company import company_routes
from liveroom.http.health import Health, health_routes
from liveroom.http.metrics import Meter, MetricsPage
from liveroom.http.pages import Pages, open_pages
from liveroom.http.server import serve
from liveroom.http.site import Preview, make_site
from liveroom.settings import Settings
from liveroom.usecases.rooms.public import RoomPreview


async def serve_until_stopped(
    settings: Settings,
    listener: socket.socket,
    *,
    console: socket.socket | None = None,
    on_ready: Callable[[str], None],
    offers_first: bool = False,
) -> None:
    """Serve until a signal comes; ``console`` is the listener of the operator's console, if it has its own.

    ``on_ready`` is given the token of a link for the first operator, if ``offers_first`` and there is none; else "".
    """
    clock = SystemClock()
    tls = open_tls(settings, clock.now())
    async with running(settings, clock, on_lost=_stop) as core:
        meter = core.instruments.meter(Meter)(core.modules.registry.methods)
        token = await core.services.console.operators.first.offer() if offers_first else ""
        async with open_sockets(core, meter.observe) as sockets, kept_overview(core, meter):
            apart = console is not None
            app, health = make_app(core, meter, sockets, console=not apart)
            own, own_health = make_app(core, meter, sockets) if apart else (app, health)

            def stop() -> None:
                health.draining = own_health.draining = True

            _spare_the_collector()
            async with _watched(tls, core, {app, own}):
                await serve(
                    app,
                    listener,
                    beside=None if console is None else (own, console),
                    shutdown_grace=settings.shutdown_grace,
                    on_ready=lambda: on_ready(token),
                    on_stop=stop,
                    on_drain=sockets.drain,
                    ws=sockets.protocol,
                    tls=None if tls is None else tls.context,
                    only_tls=tls is not None and tls.is_vouched_for,
                )


@asynccontextmanager
async def _watched(tls: Tls | None, core: Core, apps: Collection[LiveroomAsgi]) -> AsyncIterator[None]:
    """Follow the certificate, and note a proxy that is not trusted, until the block ends."""
    watch = DoorWatch(tls, apps, core.db, core.clock)
    async with scheduled((CERTIFICATE.bind(watch), PROXIES.bind(watch)), Outages({})):
        yield


def make_app(
    core: Core,
    meter: Meter | None = None,
    sockets: SocketServer = NO_SOCKETS,
    pages: Pages | None = None,
    console: bool = True,
) -> tuple[LiveroomAsgi, Health]:
    """Return the ASGI application of a core, with the routes and figures of sockets beside its own, and its health.

    ``pages``: the live page, unless it is the one that was built. ``console``: whether the operator's is served here,
    if it is served at all.
    """
    settings, registry = core.settings, core.modules.registry
    console = console and settings.console
    meter = meter or core.instruments.meter(Meter)(registry.methods)
    health = Health({DATABASE: core.db.ping, LIVE: core.live.ping}, down=core.outages.down)
    has_figures = settings.metrics == "on" or (settings.metrics == "console" and console)
    figures = make_figures(core, meter, sockets) if has_figures else None
    exports = make_export_routes(core.services.console.statistics.exports)
    exports += make_statement_routes(core.services.money.settlement.statement_exports)
    archives = archive_routes(core.services.console.exports.exports)
    archives += make_upload_routes(core.services.uploads.uploads)
    archives += make_recording_routes(core.services.recordings)
    archives += make_song_routes(core.services.connecting.music.songs)
    rare = [
        *make_callbacks(core),
        *make_store_routes(core.services.money.receipts),
        *make_vendor_calls(core),
        *(_company(core) if console else ()),
        *exports,
        *archives,
        *sockets.routes,
    ]
    site = make_site(
        registry,
        [*_health(core, health, figures), *rare],
        offers=core.dispatcher.offers,
        language=core.services.tenants.default.language,
        base_path=settings.base_path,
        pages=pages or open_pages(),
        preview=_previews(core),
        events=core.modules.events,
        console=_reached(settings) if console else None,
        plays=_played(settings),
        has_sockets=not settings.serverless,
    )
    front = Front(
        base_path=settings.base_path,
        stages=settings.stages,
        origins=settings.origins,
        trusted_proxies=settings.trusted_proxies,
        console=console,
        logs_calls=settings.log_level == "debug",
    )
    driven = core.request_driven
    calls = core.dispatcher if driven is None else RequestDrivenCalls(core.dispatcher, driven)
    return core.instruments.asgi(LiveroomAsgi)(calls, registry, front=front, meter=meter, site=site), health


def _health(core: Core, health: Health, figures: MetricsPage | None) -> list[Route]:
    """Return the routes for whoever runs the service."""
    request_driven, key = core.request_driven, core.settings.internal_key

    async def tick() -> Mapping[str, int]:
        if request_driven is not None:
            await request_driven.begin()
        return await core.tick()

    secret = "" if key is None else key.reveal()
    return health_routes(health, figures, tick=tick, internal_key=secret, takes_events=request_driven is not None)


def _company(core: Core) -> list[Route]:
    """Return the routes of sign-in by the company, where there is one."""
    operators, url = core.services.console.operators, core.settings.oidc_url.rstrip("/")
    lasts = int(core.settings.operator_session.total_seconds())
    return company_routes(operators.company, url, lasts) if operators.company.provider is not None else []


def _played(settings: Settings) -> list[str]:
    """Return from where the live page plays pictures, streams, recordings and songs."""
    films = (*seen_origins(settings), *stream_origins(settings), *recording_origins(settings))
    return [*films, *settings.music_origins]


def _reached(settings: Settings) -> list[str]:
    """Return where the console connects to: the media server, for pictures of rooms, and stores of gifts and films.

    A film of which the domain is not known is played by the browser itself, or in a tab of its own.
    """
    films = [origin for origin in recording_origins(settings) if origin != ANY_HTTPS]
    store = list(dict.fromkeys((*upload_origins(settings), *films)))
    if not settings.livekit_url:
        return store
    scheme, _, rest = settings.livekit_url.partition("://")
    server = rest.partition("/")[0]
    return [f"{scheme}://{server}", f"{scheme.replace('ws', 'http')}://{server}", *store]


def _previews(core: Core) -> Preview:
    """Return what looks a room up for its link."""

    async def preview(host: str, room: RoomId) -> RoomPreview | None:
        began = deadlines.begin()
        try:
            return await core.services.public_rooms.preview(core.services.tenants.at_host(host).name, room)
        except deadlines.Overdue:
            return None
        finally:
            deadlines.over(began)

    return preview


def _spare_the_collector() -> None:
    """Leave what is there at the start alone, and look for cycles more seldom: calls make hardly any.

    The collector took 6 to 28 % of the time of a call (docs/performance.md). It is off while the service starts
    (``cli/serve``), and what that left is not worth looking for: some thousand objects, for a tenth of the start.
    """
    gc.freeze()
    gc.set_threshold(100_000, 50, 100)
    gc.enable()


def _stop() -> None:
    os.kill(os.getpid(), signal.SIGTERM)
