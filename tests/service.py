"""A service for tests, and the people who call it: in this process on a wound clock, or as a process of its own.

`Service` is the whole program but the sockets: real stores, real use cases, the ASGI application. `Process` is
`liveroom serve` on a free port. Both are called through `Caller`, in any of the forms that apps use.
"""

import asyncio
import hashlib
import itertools
import json
import os
import signal
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from enum import StrEnum
from importlib.metadata import EntryPoint
from pathlib import Path
from typing import Any, Final

import httpx
import jwt

from liveroom.api.declare import scopes_of
from liveroom.api.methods import METHODS
from liveroom.app.assembly import Core, assemble
from liveroom.app.backends import open_database
from liveroom.app.modules import find_modules
from liveroom.app.services import Services
from liveroom.app.serving import make_app
from liveroom.app.tracing import recording
from liveroom.app.wiring import LiveMaker
from liveroom.clock import SystemClock
from liveroom.domain.ids import TenantName, UserId
from liveroom.domain.tenants.model import Tenant
from liveroom.domain.tenants.server_keys import NAMED_ONLY
from liveroom.http.asgi import App
from liveroom.ports import Clock, TargetsOf
from liveroom.settings import load_settings
from liveroom.store.sql.database import SqlDatabase
from liveroom.usecases.events.recorder import no_targets
from tests import migrated
from tests.direct import DirectCaller, is_plain
from tests.forks.client import command
from tests.servers import LOOPBACK, free_ports
from tests.songs import sample_songs
from tests.worlds import WoundClock

BASE: Final = "/base/v1/"
HOST: Final = "live.example.com"
SECRET: Final = "test-secret-0123456789-abcdefghijklmnop"
SDK_APP_ID: Final = 1_400_000_001
SDK_SECRET: Final = "5bd2850fff3ecb11d7c805251c51ee463a25727bddc2385f3fa8bfee1bb93b5e"
PROXY: Final = "127.0.0.0/8"
CODE: Final = "123456"
"""The code of every contact in ``TEST_CODES``."""
_CONTACTS: Final = 1500
TEST_CODES: Final = ",".join(f"86139{n:08}:{CODE},tester{n}@example.com:{CODE}" for n in range(_CONTACTS))
CALLBACK_KEY: Final = "callback-key-of-the-tests"
STREAMS: Final[Mapping[str, Any]] = {
    "streams": "nginx_rtmp",
    "streams_rtmp_url": "rtmp://live.example.com",
    "streams_http_url": "https://live.example.com/hls",
    "streams_api_url": "http://127.0.0.1:9",
    "streams_callback_key": CALLBACK_KEY,
    "streams_play_key": "play-key-of-the-tests",
}
"""Settings with which there are pushed streams. Nothing listens where the server's own API should be."""
_SECONDS_TO_START: Final = 90.0
"""On a full machine the first table of an empty database has taken more than thirty."""
_SECONDS_BETWEEN_LOOKS: Final = 0.05
_numbers = itertools.count(1)
_contacts = itertools.count()


class Form(StrEnum):
    """How a request carries its parameters."""

    QUERY = "GET query"
    POST_QUERY = "POST query"
    FORM = "POST form"
    JSON = "POST json"


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    headers: httpx.Headers
    text: str

    @property
    def body(self) -> dict[str, Any]:
        found = json.loads(self.text)
        assert isinstance(found, dict), self.text
        return found

    @property
    def code(self) -> int:
        return int(self.body["errorCode"])

    @property
    def data(self) -> Any:
        """The data of an answer that has to be a success."""
        assert self.code == 0, self.text
        return self.body.get("data")


def salt_of(username: str, password: str) -> str:
    """Return what an app sends in place of the password."""
    return hashlib.md5(f"{username}-{password}".encode(), usedforsecurity=False).hexdigest()


def session_of(token: str) -> str:
    """Return the session that a login token is of."""
    return str(jwt.decode(token, options={"verify_signature": False})["sid"])


def fresh_contact() -> tuple[str, str]:
    """Return a number and a mailbox of ``TEST_CODES`` that no test of this process has had."""
    number = next(_contacts)
    assert number < _CONTACTS, "there are too few test numbers"
    return f"86139{number:08}", f"tester{number}@example.com"


@dataclass
class Caller:
    """Calls a service over HTTP."""

    http: httpx.AsyncClient
    clock: Clock

    async def send(
        self,
        method: str,
        path: str,
        *,
        query: Any = None,
        form: Any = None,
        body: Any = None,
        content: bytes | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """Send a request as it is told; ``form`` and ``body`` (JSON) also carry their content type."""
        answer = await self.http.request(
            method, path, params=query, data=form, json=body, content=content, headers=headers
        )
        return Answer(answer.status_code, answer.headers, answer.text)

    async def call(
        self,
        method: str,
        params: Mapping[str, Any] | None = None,
        *,
        form: Form = Form.JSON,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """Call a declared method: ``rooms/enter_room``, or ``/getUserInfo`` below the root."""
        path = method if method.startswith("/") else BASE + method
        params = dict(params or {})
        match form:
            case Form.QUERY:
                return await self.send("GET", path, query=params, headers=headers)
            case Form.POST_QUERY:
                return await self.send("POST", path, query=params, headers=headers)
            case Form.FORM:
                return await self.send("POST", path, form=params, headers=headers)
            case Form.JSON:
                return await self.send("POST", path, body=params, headers=headers)

    def sign(self, username: str, salt: str, *, tag: str = "xiaozhibo", **changes: str) -> dict[str, str]:
        """Return the parameters of a login; ``ts=""`` leaves the time out, as the document's own example does."""
        signed = {"tag": tag, "ts": str(int(self.clock.now().timestamp() * 1000)), "nonce": f"n{next(_numbers)}"}
        signed |= changes
        make = getattr(hashlib, signed.get("hash", "md5"), hashlib.md5)
        text = "-".join((username, signed["tag"], signed["ts"], signed["nonce"], salt))
        return {"username": username, "signature": make(text.encode()).hexdigest(), **signed}

    async def ask_code(self, **contact: str) -> dict[str, str]:
        """Have a code sent to a ``phone`` or ``email`` (a fresh test number, unless one is given); return the proof."""
        contact = contact or {"phone": fresh_contact()[0]}
        asked = await self.call("auth_users/user_verify_by_picture", contact)
        return {**contact, "sessionId": asked.data["sessionId"], "code": CODE}

    async def register(self, username: str = "", **by: Any) -> "Account":
        """Make an account; ``app`` is its apaasAppId, ``headers`` may name a host."""
        username = username or f"user-{next(_numbers)}"
        account = Account(self, username, salt_of(username, "secret"), **by)
        registered = await account.call("oauth/register", {"username": username, "salt": account.salt})
        assert registered.code == 0, registered.text
        return account

    async def sign_up(self, username: str = "", **by: Any) -> "Device":
        """Make an account and sign in on a first device."""
        account = await self.register(username, **by)
        return await account.sign_in()


@dataclass(frozen=True)
class Account:
    """A registered username; ``app`` and ``headers`` say which tenant it is of."""

    caller: Caller
    username: str
    salt: str
    app: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)

    async def call(self, method: str, params: Mapping[str, Any], form: Form = Form.JSON) -> Answer:
        """Call without a login, for this account's tenant."""
        named = {"apaasAppId": self.app} if self.app else {}
        return await self.caller.call(method, {**named, **params}, form=form, headers=self.headers)

    async def sign_in(self, **changes: str) -> "Device":
        """Sign in on one more device."""
        answer = await self.call("oauth/signature", self.caller.sign(self.username, self.salt, **changes))
        return Device(self, answer.data["userId"], answer.data["token"])


@dataclass(frozen=True)
class Device:
    """A user signed in on one device: one session."""

    account: Account
    user: str
    token: str

    @property
    def identity(self) -> dict[str, str]:
        return {"userId": self.user, "token": self.token}

    async def call(self, method: str, params: Mapping[str, Any] | None = None, form: Form = Form.JSON) -> Answer:
        """Call as this user; ``params`` may replace the identity."""
        return await self.account.call(method, {**self.identity, **(params or {})}, form)

    async def enter(self, room: str = "", role: str = "", **params: Any) -> Answer:
        """Enter a room: one's own, unless another is named."""
        return await self.call("rooms/enter_room", {"roomId": room or self.user, "role": role, **params})

    async def go_live(self, room: str = "", **params: Any) -> str:
        """Open a room (one's own, unless another is named) and return its id."""
        answer = await self.enter(room, "anchor", **{"category": "mlvb-show-live", **params})
        assert answer.data["role"] == "anchor", answer.text
        return str(answer.data["roomId"])

    async def leave(self, room: str) -> Answer:
        return await self.call("rooms/leave_room", {"roomId": room})

    async def detail(self, room: str) -> Answer:
        return await self.call("rooms/room_detail", {"roomId": room})

    async def query(self, **params: Any) -> list[dict[str, Any]]:
        """Return a page of the room list."""
        return list((await self.call("rooms/query_room", params)).data)

    async def members(self, room: str) -> list[str]:
        """Return the ids of a room's members, at most a hundred."""
        answer = await self.call("rooms/list_users", {"roomId": room, "limit": 100})
        return [member["userId"] for member in answer.data]


@dataclass(frozen=True)
class Keyholder:
    """An operator's own server: it calls with a server key."""

    caller: Caller
    key: str

    async def call(self, method: str, params: Mapping[str, Any] | None = None, form: Form = Form.JSON) -> Answer:
        """Call with the key; ``actAs`` among the parameters says for whom."""
        return await self.caller.call(method, params, form=form, headers={"authorization": f"Bearer {self.key}"})


@dataclass
class Service(Caller):
    """The program in this process, on real stores and a clock wound by hand; nothing happens by itself."""

    core: Core
    clock: WoundClock
    app: App
    direct: DirectCaller

    async def send(self, method: str, path: str, *, headers: Mapping[str, str] | None = None, **given: Any) -> Answer:
        """See ``Caller``."""
        if not is_plain(method, path, headers or {}):
            return await super().send(method, path, headers=headers, **given)
        return Answer(*await self.direct.call(method, path, headers=headers or {}, **given))

    @property
    def services(self) -> Services:
        return self.core.services

    async def make_tenant(self, name: str, **values: Any) -> Tenant:
        """Make a tenant with its own SDKAppID and secret, or change it."""
        tenant = self.services.tenants.get(TenantName(name)) or Tenant(
            TenantName(name), sdk_app_id=SDK_APP_ID + next(_numbers), sdk_secret=f"{name}-sdk-secret-{SDK_SECRET[:40]}"
        )
        tenant = replace(tenant, **values)
        await self.services.tenants.put(tenant)
        return tenant

    async def make_key(self, tenant: str = "", *scopes: str, name: str = "") -> Keyholder:
        """Return whoever holds a fresh server key of the tenant: for everything, unless scopes are named."""
        known = scopes_of(METHODS.methods.values())
        named = scopes or ("*", *(() if tenant else NAMED_ONLY & {*known}))
        key = name or f"key {next(_numbers)}"
        _, shown = await self.services.server_keys.add(TenantName(tenant), key, named, known, lasts=None)
        return Keyholder(self, shown)

    async def name_admin(self, device: Device) -> None:
        await self.core.moderation.name_admin(UserId(device.user), admin=True)

    async def moderator(self, host: Device, room: str) -> Device:
        """Return somebody new who is in the host's room, and whom they have made a moderator there."""
        person = await self.sign_up()
        await person.enter(room, "audience")
        appointed = {"roomId": room, "targetId": person.user, "role": "moderator"}
        assert (await host.call("rooms/set_role", appointed)).code == 0
        return person

    async def tick(self) -> dict[str, int]:
        """Do what is due, once."""
        return await self.core.tick()


@asynccontextmanager
async def serving(
    data_dir: Path,
    *,
    make: LiveMaker | None = None,
    through: Callable[[SqlDatabase], SqlDatabase] = lambda db: db,
    entries: Sequence[EntryPoint] = (),
    others: TargetsOf = no_targets,
    anew: bool = False,
    clock: WoundClock | None = None,
    **settings: Any,
) -> AsyncIterator[Service]:
    """Yield a service on the settings' back ends; ``make`` and ``through`` let a test get between it and its stores.

    ``entries``: modules of other packages, whatever is installed. ``others``: who is told of what happens. ``anew``:
    the service makes its database itself, which takes longer than to find one.
    """
    flags: dict[str, Any] = {
        "data_dir": data_dir,
        "secret": SECRET,
        "trtc_sdk_app_id": SDK_APP_ID,
        "trtc_secret": SDK_SECRET,
        "language": "en",
        "gifts": "test",
        "envelopes": "everyone",
        "recordings": "server",
        "uploads": "folder",
        "music": "folder",
        "music_folder": sample_songs(),
        "trusted_proxies": PROXY,
        **STREAMS,
        **settings,
    }
    read = load_settings(flags, environ={}, dotenv=None)
    if not anew:
        await migrated.begin(read)
    clock = clock or WoundClock()
    async with recording(read) as instruments:
        db = through(instruments.database(await open_database(read)))
        core = await assemble(
            read, clock, db, make=make, others=others, modules=find_modules(read, entries), instruments=instruments
        )
        await core.live.start()
        app, _ = make_app(core)
        transport = httpx.ASGITransport(app, raise_app_exceptions=True, client=(LOOPBACK, 40_000))
        try:
            async with (
                core.modules.alive(),
                httpx.AsyncClient(transport=transport, base_url=f"http://{HOST}", trust_env=False) as http,
            ):
                yield Service(http, core=core, clock=clock, app=app, direct=DirectCaller(app, HOST))
        finally:
            await core.leave_vendors()
            await core.live.close()
            await db.close()


@dataclass
class Process(Caller):
    """`liveroom serve` as an operator runs it."""

    process: asyncio.subprocess.Process
    log: Path

    def kill(self) -> None:
        """End the process as a crash would."""
        self.process.kill()


@asynccontextmanager
async def process(data_dir: Path, begin: Sequence[str] | None = None, /, **settings: Any) -> AsyncIterator[Process]:
    """Yield a service that runs as a process of its own, on a free port unless one is given; it stops at the end."""
    port = settings.pop("port", None) or free_ports(1)[0]
    given = {"data_dir": data_dir, "secret": SECRET, "port": port, "gifts": "test", "uploads": "folder"}
    given |= {"envelopes": "everyone", "recordings": "server", "music": "folder"}
    given |= {"music_folder": sample_songs(), **settings}
    environ = {f"LIVEROOM_{name.upper()}": str(value) for name, value in given.items()}
    data_dir.mkdir(parents=True, exist_ok=True)
    log = data_dir / "log"
    with log.open("ab") as out:
        child = await asyncio.create_subprocess_exec(
            *(begin or (str(command()),)),
            "serve",
            cwd=data_dir,
            env={"PATH": os.environ.get("PATH", ""), **environ},
            stdout=out,
            stderr=out,
        )
    try:
        async with httpx.AsyncClient(base_url=f"http://{LOOPBACK}:{port}", timeout=30) as http:
            running = Process(http, SystemClock(), process=child, log=log)
            await _until_it_answers(running)
            yield running
    finally:
        if child.returncode is None:
            child.send_signal(signal.SIGTERM)
            await asyncio.wait_for(child.wait(), 15)


async def _until_it_answers(running: Process) -> None:
    ended = asyncio.create_task(running.process.wait())
    async with asyncio.timeout(_SECONDS_TO_START):
        while not await _answers(running):
            await asyncio.wait({ended}, timeout=_SECONDS_BETWEEN_LOOKS)
            assert not ended.done(), running.log.read_text(errors="replace")[-2000:]
    ended.cancel()


async def _answers(running: Process) -> bool:
    try:
        await running.call("gslb")
    except httpx.TransportError:
        return False
    return True
