"""Processes of a service on MariaDB and Redis, with all beside them that dashboards show, and people who use them."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any, Final

import httpx

from liveroom.clock import SystemClock
from liveroom.domain.hooks.model import HookType
from liveroom.domain.ids import DEFAULT_TENANT
from liveroom.settings import Settings
from liveroom.simulate.im_state import ADMINISTRATOR
from liveroom_client import Liveroom as Client
from liveroom_client import LiveroomError, Room, Session
from tests.chaos.processes import Liveroom
from tests.hook_server import hook_server
from tests.migrated import mariadb_url
from tests.operator_wallet import OperatorWalletServer, operator_wallet
from tests.servers import Mariadb
from tests.service import SDK_APP_ID, SDK_SECRET, STREAMS, Answer, Caller, Device, serving
from tests.stories.world import SECRET
from tests.vendors.simulator import simulator
from tests.webhooks.receiver import listening
from tests.worlds import a_moment

_RICH: Final = 1_000_000
_SECONDS_TO_OPEN: Final = 60.0


class Watched(Liveroom):
    """A process that a Prometheus scrapes."""

    @property
    def target(self) -> str:
        """Return where it is scraped."""
        return self.url.removeprefix("http://")


@dataclass
class Persistent(Caller):
    """Calls through whatever process answers, as a proxy in front of them would."""

    others: Sequence[httpx.AsyncClient] = ()

    async def send(self, *given: Any, **named: Any) -> Answer:
        """Send a request; again to the next process, where one hangs up or does not listen."""
        for http in self.others:
            try:
                return await Caller(http, self.clock).send(*given, **named)
            except httpx.TransportError:
                continue
        return await super().send(*given, **named)


@dataclass
class House:
    """The processes, and who calls them."""

    processes: Sequence[Watched]
    caller: Caller
    wallet: OperatorWalletServer
    numbers: "count[int]" = field(default_factory=lambda: count(1))

    @property
    def targets(self) -> list[str]:
        """Return what is to be scraped."""
        return [process.target for process in self.processes]

    async def newcomer(self) -> Device:
        """Make an account that has coins."""
        device = await self.caller.sign_up(f"visitor{next(self.numbers)}")
        self.wallet.balances[device.user] = _RICH
        return device

    async def opened(self) -> Device:
        """Return somebody whose room is live, as soon as an empty Redis is filled."""
        host, opening = await self.newcomer(), {"category": "mlvb-show-live"}
        async with asyncio.timeout(_SECONDS_TO_OPEN):
            while (await host.enter(host.user, "anchor", **opening)).code != 0:
                await a_moment(0.2)
        return host

    @asynccontextmanager
    async def listener(self, process: Watched, room: str) -> AsyncIterator[Room]:
        """Yield a room as somebody sees it who is connected to a process by a socket."""
        async with Client(process.url) as client:
            session: Session = await client.register(f"listener{next(self.numbers)}", "correct horse")
            async with session.enter(room) as entered:
                yield entered


@asynccontextmanager
async def house(folder: Path, mariadb: Mariadb, redis_url: str, count: int) -> AsyncIterator[House]:
    """Yield so many processes with a wallet, webhooks, a hook and Tencent's IM, and no traffic yet."""
    async with AsyncExitStack() as stack:
        wallet = await stack.enter_async_context(operator_wallet())
        tencent = await stack.enter_async_context(simulator(SystemClock()))
        receiver = await stack.enter_async_context(listening())
        hooks = await stack.enter_async_context(hook_server())
        environment = _environment(tencent.im.endpoint.url, wallet.settings())
        url = mariadb_url(mariadb)
        given: dict[str, Any] = {
            "database_url": url,
            "redis_url": redis_url,
            "secret": f"{SECRET[0].id}:{SECRET[0].value.reveal()}",
        }
        async with serving(folder / "before", **given) as service:
            webhook = await service.core.outward.webhooks.add(DEFAULT_TENANT, receiver.url)
            receiver.secrets.append(webhook.secrets[0].text)
            await hooks.hook(service.core.hook_calls.hooks, DEFAULT_TENANT, HookType.ENTER)
        settings = Settings(data_dir=folder / "data", database_url=url, redis_url=redis_url, secret=SECRET)
        processes = [Watched(folder / f"process{number}", settings, **environment) for number in range(count)]
        stack.callback(_stop, processes)
        await asyncio.gather(*(asyncio.to_thread(process.start) for process in processes))
        clients = [
            await stack.enter_async_context(httpx.AsyncClient(base_url=process.url, timeout=30, trust_env=False))
            for process in processes
        ]
        yield House(processes, Persistent(clients[0], SystemClock(), others=clients), wallet)


def _environment(tencent: str, wallet: Mapping[str, Any]) -> dict[str, str]:
    given = {
        **wallet,
        "gifts": "test",
        "tim_administrator": ADMINISTRATOR,
        "tencent_origin": tencent,
        "trtc_sdk_app_id": SDK_APP_ID,
        "trtc_secret": SDK_SECRET,
        "im_mirror": "on",
        "log_level": "warning",
        "recordings": "server",
        **STREAMS,
    }
    return {f"LIVEROOM_{name.upper()}": str(value) for name, value in given.items()}


def _stop(processes: Sequence[Watched]) -> None:
    for process in processes:
        process.kill()


async def visit(house: House, host: Device, guest: Device) -> None:
    """Let a guest come in, send a message and a gift, be refused elsewhere, and go."""
    room = {"roomId": host.user}
    calls: list[tuple[Device, str, dict[str, Any]]] = [
        (guest, "rooms/enter_room", room | {"role": "audience"}),
        (guest, "messages/send", room | {"text": "hello", "id": f"m{next(house.numbers)}"}),
        (guest, "gifts/send", room | {"giftId": "rose", "count": 1, "key": f"k{next(house.numbers)}"}),
        (guest, "rooms/enter_room", {"roomId": "no-such-room", "role": "audience"}),
        (guest, "auth_users/user_keepalive", {}),
        (host, "auth_users/user_keepalive", {}),
        (host, "rooms/update_room", room | {"title": f"title {next(house.numbers)}"}),
        (guest, "rooms/query_room", {}),
        (guest, "rooms/leave_room", room),
    ]
    for device, method, params in calls:
        await device.call(method, params)


async def dropped(house: House, room: str) -> None:
    """Let somebody connect, see the room and go."""
    try:
        async with house.listener(house.processes[-1], room):
            pass
    except LiveroomError:
        return
