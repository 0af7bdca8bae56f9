"""Puts the service behind a Centrifugo: answers what it asks, and forwards to it what rooms publish (LIVE.md 8)."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import NamedTuple

from starlette.routing import Route

from liveroom import deadlines
from liveroom.api.rooms.feeds import LIST_WIRE
from liveroom.app.assembly import Core
from liveroom.app.jobs import FEEDS, LISTENED_LISTS
from liveroom.app.media import reveal
from liveroom.app.scheduler import scheduled
from liveroom.http.addresses import Addresses
from liveroom.http.centrifugo import Answer, centrifugo_routes
from liveroom.ports import Broker
from liveroom.providers.centrifugo.api import Centrifugo
from liveroom.providers.centrifugo.configuration import KEY_HEADER
from liveroom.realtime.framing import Opening
from liveroom.realtime.list_relay import ListRelay
from liveroom.realtime.proxied import Proxied
from liveroom.realtime.relays import BrokerRelay
from liveroom.realtime.rpc import Observe, RpcCalls
from liveroom.settings import Settings
from liveroom.usecases.rooms.feeds import ListFeeds


class Fronting(NamedTuple):
    """What stands behind a Centrifugo."""

    proxied: Proxied
    relay: BrokerRelay
    lists: ListRelay
    feeds: ListFeeds


def make_rpc_calls(core: Core, observe: Observe | None) -> RpcCalls:
    """Return what calls declared methods for connected clients."""
    return RpcCalls(core.dispatcher, core.modules.registry, core.services.tenants.default.language, observe)


def make_fronting(core: Core, broker: Broker, observe: Observe | None = None) -> Fronting:
    """Return what answers and relays; nothing is relayed yet."""
    sync = core.services.sync
    relay = BrokerRelay(core.live, sync, broker, core.clock)
    feeds = ListFeeds(core.live, core.clock, core.services.listings, LIST_WIRE)
    lists = ListRelay(feeds, broker, relay)
    feeds.attach(lists)
    calls = make_rpc_calls(core, observe)
    return Fronting(Proxied(core.live, sync, calls, broker, core.clock, relay, lists), relay, lists, feeds)


@asynccontextmanager
async def fronted(core: Core, broker: Centrifugo, observe: Observe | None = None) -> AsyncIterator[Sequence[Route]]:
    """Relay until the block ends, and hang up; yield the routes on which Centrifugo asks."""
    proxied, relay, lists, feeds = make_fronting(core, broker, observe)
    relay.start()
    try:
        async with scheduled((FEEDS.bind(feeds), LISTENED_LISTS.bind(lists)), core.outages):
            yield _routes(core.settings, proxied)
    finally:
        await relay.stop()
        await proxied.stop()
        await broker.close()


def _routes(settings: Settings, proxied: Proxied) -> Sequence[Route]:
    answers = {
        "connect": _answer(proxied.connect),
        "refresh": _answer(proxied.refresh),
        "subscribe": _answer(proxied.subscribe),
        "rpc": _answer(proxied.rpc),
    }
    key = reveal(settings.centrifugo_proxy_key)
    return centrifugo_routes(answers, header=KEY_HEADER, key=key, address_of=Addresses(settings.trusted_proxies).of)


def _answer(ask: Callable[[bytes, Opening], Awaitable[bytes]]) -> Answer:
    async def answer(body: bytes, facts: Mapping[str, str]) -> bytes:
        began = deadlines.begin()
        try:
            return await ask(body, Opening(**facts))
        finally:
            deadlines.over(began)

    return answer
