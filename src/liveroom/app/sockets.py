"""Serves sockets: the hub of a core, and the WebSocket protocol that brings connections to it."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Final, NamedTuple

from starlette.routing import Route

from liveroom.api.operators.overview import write_overview
from liveroom.api.rooms.feeds import LIST_WIRE
from liveroom.app.assembly import Core
from liveroom.app.fronting import fronted, make_rpc_calls
from liveroom.app.jobs import CONSOLES, FEEDS, WHISPERS
from liveroom.app.scheduler import scheduled
from liveroom.http.addresses import Addresses, host_name
from liveroom.http.emulation import emulation_routes
from liveroom.http.metrics import Counted, Measured
from liveroom.http.paths import Paths
from liveroom.realtime.batch_writer import BatchWriter
from liveroom.realtime.client import ConnectionLimits
from liveroom.realtime.console_channel import ConsoleChannels
from liveroom.realtime.emulation import Emulation
from liveroom.realtime.hub import Hub
from liveroom.realtime.list_channel import ListChannels
from liveroom.realtime.rpc import Observe
from liveroom.realtime.socket import make_socket
from liveroom.settings import Settings
from liveroom.usecases.operators.announcing import APPEALS, OVERVIEW, REPORTS, WATCH
from liveroom.usecases.rooms.feeds import ListFeeds

PATH: Final = "connection/websocket"


class SocketServer(NamedTuple):
    """What holds the sockets: our own protocol and routes, or those on which a Centrifugo asks."""

    routes: Sequence[Route] = ()
    protocol: type[asyncio.Protocol] | None = None
    drain: Callable[[], Awaitable[None]] | None = None
    gauges: Mapping[str, Callable[[], Awaitable[float]]] | None = None
    """What ``/metrics`` shows of them."""
    counted: Sequence[Counted | Measured] = ()


NO_SOCKETS: Final = SocketServer()


@asynccontextmanager
async def open_sockets(core: Core, observe: Observe | None = None) -> AsyncIterator[SocketServer]:
    """Hold sockets, or let a Centrifugo hold them, until the block ends; a web function has none."""
    if core.settings.serverless:
        yield NO_SOCKETS
        return
    if core.broker is not None:
        async with fronted(core, core.broker, observe) as routes:
            yield SocketServer(routes=routes)
        return
    hub = make_hub(core, observe)
    jobs = (FEEDS.bind(make_lists(core, hub)), WHISPERS.bind(hub), CONSOLES.bind(make_consoles(core, hub)))
    hub.start()
    try:
        async with scheduled(jobs, core.outages):
            yield SocketServer(
                make_routes(core, hub),
                make_sockets(core.settings, hub),
                hub.drain,
                {"open_sockets": hub.count},
                socket_figures(hub),
            )
    finally:
        await hub.stop()


def make_hub(core: Core, observe: Observe | None = None, *, seconds: Callable[[], float] = time.monotonic) -> Hub:
    """Return the hub of a core, which listens to the live store from now on; it keeps no time yet."""
    settings = core.settings
    limits = ConnectionLimits(
        channels=settings.socket_channels_max,
        rate=settings.socket_rate,
        burst=settings.socket_rate * 10,
        held=4 * settings.socket_message_max,
        user=settings.socket_user_max,
    )
    hub = Hub(
        core.live,
        core.services.sync,
        core.clock,
        make_rpc_calls(core, observe),
        limits=limits,
        seconds=seconds,
        writer=core.instruments.writer(BatchWriter)(),
        around=core.instruments.commands,
    )
    core.live.channels.attach(core.instruments.listener(core.live, hub))
    return hub


def socket_figures(hub: Hub) -> Sequence[Counted | Measured]:
    """Return what ``/metrics`` shows of a hub."""
    figures = hub.figures
    return (
        Counted("sockets_opened", "Connections that came.", (), figures.opened),
        Counted("sockets_closed", "Connections that ended, by the reason.", ("reason",), figures.closed),
        Measured("event_delay_seconds", "From publication to this process's sockets.", figures.delays),
    )


def make_lists(core: Core, hub: Hub) -> ListFeeds:
    """Return what tells the hub's clients of room lists; it polls when it is asked to."""
    lists = ListFeeds(core.live, core.clock, core.services.listings, LIST_WIRE)
    channels = ListChannels(lists, hub.writer, hub.spawn)
    lists.attach(channels)
    hub.kinds["rooms"] = channels
    return lists


def make_consoles(core: Core, hub: Hub, *, seconds: Callable[[], float] = time.monotonic) -> ConsoleChannels:
    """Return what tells the hub's operators; it receives nothing until it is asked to listen."""
    figures = core.services.console.overview.figures

    async def overview(scope: str) -> bytes:
        return write_overview(await figures.now(scope))

    async def nothing(_: str) -> bytes:
        return b"{}"

    reports, appeals = core.services.reports.news.state, core.services.moderators.appeals.news.state
    states = {OVERVIEW: overview, REPORTS: reports, APPEALS: appeals, WATCH: nothing}
    consoles = ConsoleChannels(core.live.forwarding, hub.writer, states, figures.exchange.watch, seconds=seconds)
    hub.kinds["console"] = consoles
    return consoles


def make_sockets(settings: Settings, hub: Hub) -> type[asyncio.Protocol]:
    """Return the protocol class that serves WebSockets for the hub."""
    paths = Paths(settings.base_path, settings.stages)
    return make_socket(
        hub,
        is_ours=lambda path: paths.relative(path) == PATH,
        origins=settings.origins,
        address_of=Addresses(settings.trusted_proxies).of,
        host_of=host_name,
        message_max=settings.socket_message_max,
    )


def make_routes(core: Core, hub: Hub) -> Sequence[Route]:
    """Return the routes that take the place of WebSockets for the hub, where these are blocked."""
    settings = core.settings
    emulation = Emulation(
        hub,
        core.live.forwarding,
        node=hub.node,
        origins=settings.origins,
        message_max=settings.socket_message_max,
    )
    return emulation_routes(emulation, Addresses(settings.trusted_proxies))
