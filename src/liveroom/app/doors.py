"""Opens the doors of a running core: HTTP, with health, figures and the reference beside it."""

import gc
import os
import signal
import socket
from collections.abc import Callable

from liveroom.api.methods import METHODS
from liveroom.app.assembly import Core
from liveroom.app.running import running
from liveroom.clock import SystemClock
from liveroom.http.asgi import App, Front, LiveroomAsgi
from liveroom.http.health import Health, health_routes
from liveroom.http.metrics import Figures, Meter
from liveroom.http.server import serve
from liveroom.http.site import make_site
from liveroom.settings import Settings


async def serve_doors(settings: Settings, listener: socket.socket, *, on_ready: Callable[[], None]) -> None:
    """Serve until a signal comes."""
    async with running(settings, SystemClock(), on_lost=_stop) as core:
        app, health = make_app(core)

        def drain() -> None:
            health.draining = True

        _spare_the_collector()
        await serve(app, listener, shutdown_grace=settings.shutdown_grace, on_ready=on_ready, on_stop=drain)


def make_app(core: Core) -> tuple[App, Health]:
    """Return the ASGI application of a core, and its health."""
    settings = core.settings
    health = Health({"database": core.db.ping, "live": core.live.ping})
    meter = Meter(METHODS.methods)
    gauges = {"online_users": core.live.online, "live_rooms": core.upkeep.live_rooms}
    figures = Figures(meter, gauges) if settings.metrics else None
    key = settings.internal_key.reveal() if settings.internal_key is not None else ""
    site = make_site(
        METHODS,
        health_routes(health, figures, tick=core.upkeep.tick, internal_key=key),
        offers=core.dispatcher.offers,
        language=core.services.tenants.default.language,
        base_path=settings.base_path,
    )
    front = Front(
        base_path=settings.base_path,
        stages=settings.stages,
        origins=settings.origins,
        trusted_proxies=settings.trusted_proxies,
        logs_calls=settings.log_level == "debug",
    )
    return LiveroomAsgi(core.dispatcher, METHODS, front=front, meter=meter, site=site), health


def _spare_the_collector() -> None:
    """Leave what is there at the start alone, and look for cycles more seldom: calls make hardly any.

    The collector took 6 to 28 % of the time of a call (docs/performance.md).
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 50, 100)


def _stop() -> None:
    os.kill(os.getpid(), signal.SIGTERM)
