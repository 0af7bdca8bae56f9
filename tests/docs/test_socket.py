"""The examples of docs/socket.md are programs: each is run on its SDK against a service, and sees what it should."""

import asyncio
import json
import os
import re
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from tests.docs.pages import ROOT, blocks
from tests.servers import find
from tests.service import Device, Process, process

PAGES = {name: (ROOT / name).read_text("utf-8") for name in ("README.md", "README.zh-CN.md", "docs/socket.md")}
SDKS = ROOT / "tests/sdk/js/node_modules"
_EXAMPLE = re.compile(r"<!-- example: (\S+) -->\n```\w+\n(.*?)^```$", re.MULTILINE | re.DOTALL)
EXAMPLES = {name: text for page in PAGES.values() for name, text in _EXAMPLE.findall(page)}

pytestmark = pytest.mark.asyncio(loop_scope="module")
Json = dict[str, Any]
_SECONDS = 15.0
_TITLE = "Songs for a rainy evening"
_JS = """
const [token, roomId, address] = process.argv.slice(2);
const tell = (said) => console.log(JSON.stringify(said));
"""
_SOCKET = "import WebSocket from 'ws'; globalThis.WebSocket = WebSocket;"
_CONNECTED = """
import { Centrifuge } from 'centrifuge';
const socket = new Centrifuge(address, { data: { token } });
socket.connect();
"""
_ENTERED = _CONNECTED + "await socket.rpc('rooms/enter_room', { roomId, role: 'audience' });\n"
_JS_PROGRAM = """
const seen = () => tell({ room, members: [...members.values()] });
channel.on('subscribed', seen).on('publication', seen);
"""
_LISTENING = """
let rooms;
const list = socket.newSubscription('rooms:_all');
const update = ({ data }) => { if (data) rooms = told(rooms, data); tell([...rooms.values()]); };
list.on('subscribed', update).on('publication', update).subscribe();
"""
_LOG = "console.log = (...words) => process.stdout.write(`${JSON.stringify(words)}\\n`);"
_PY = """
import asyncio, json, sys

token, room_id, address = sys.argv[1:]

def tell(said):
    print(json.dumps(said), flush=True)
"""
_PY_PROGRAM = """
class Printing(Room):
    async def on_subscribed(self, ctx):
        await super().on_subscribed(ctx)
        tell({"room": room, "members": list(members.values())})

    async def on_publication(self, ctx):
        await super().on_publication(ctx)
        tell({"room": room, "members": list(members.values())})

Room = Printing
loop = asyncio.new_event_loop()
loop.run_until_complete(watch(token, room_id))
loop.run_forever()
"""
_PY_LISTENING = """
from centrifuge import Client, SubscriptionEventHandler

class List(SubscriptionEventHandler):
    rooms = {}

    async def on_subscribed(self, ctx):
        self.update(ctx.data)

    async def on_publication(self, ctx):
        self.update(ctx.pub.data)

    def update(self, data):
        if data:
            self.rooms = told(self.rooms, data)
        tell(list(self.rooms.values()))

async def main():
    socket = Client(address, data={"token": token})
    await socket.connect()
    await socket.new_subscription("rooms:_all", List()).subscribe()

loop = asyncio.new_event_loop()
loop.run_until_complete(main())
loop.run_forever()
"""


@dataclass
class Program:
    """A running example; what it tells comes as lines of JSON."""

    lines: asyncio.StreamReader

    async def until(self, holds: Callable[[Any], bool]) -> Any:
        """Read what the example tells until this holds; return what was told."""
        received: Any = "nothing"
        try:
            async with asyncio.timeout(_SECONDS):
                while line := await self.lines.readline():
                    received = json.loads(line)
                    if holds(received):
                        return received
        except TimeoutError:
            pass
        raise AssertionError(f"told last: {received}")


@dataclass(frozen=True)
class Evening:
    """A service, somebody who is live there, and somebody who watches."""

    service: Process
    host: Device
    guest: Device
    room: str
    folder: Path

    @property
    def where(self) -> str:
        return f"127.0.0.1:{self.service.http.base_url.port}"

    @asynccontextmanager
    async def running(self, suffix: str, text: str) -> AsyncIterator[Program]:
        """Run a program as the guest."""
        path = self.folder / f"example.{suffix}"
        path.write_text(text.replace("127.0.0.1:9000", self.where), "utf-8")
        interpreter = sys.executable if suffix == "py" else find("node")
        address = f"ws://{self.where}/connection/websocket"
        child = await asyncio.create_subprocess_exec(
            *(interpreter, str(path), self.guest.token, self.room, address),
            env={"PATH": os.environ["PATH"]},
            stdout=asyncio.subprocess.PIPE,
            limit=2**20,
        )
        assert child.stdout is not None
        try:
            yield Program(child.stdout)
        finally:
            if child.returncode is None:
                child.kill()
            await child.wait()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def service(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Process]:
    """Yield a service of this module's."""
    async with process(tmp_path_factory.mktemp("service")) as running:
        yield running


@pytest_asyncio.fixture(loop_scope="module")
async def evening(service: Process, tmp_path: Path) -> Evening:
    """Return a room of its own in the service."""
    (tmp_path / "node_modules").symlink_to(SDKS)
    host, guest = await service.sign_up(), await service.sign_up()
    return Evening(service, host, guest, await host.go_live(title=_TITLE), tmp_path)


def js(*parts: str) -> str:
    return "\n".join((_SOCKET, _JS, *parts))


def ids(users: list[Json]) -> set[str]:
    return {user["userId"] for user in users}


@pytest.mark.parametrize(
    ("suffix", "text"),
    [
        ("mjs", js(EXAMPLES["room.js"], _JS_PROGRAM)),
        ("py", _PY + EXAMPLES["room.py"] + _PY_PROGRAM),
    ],
    ids=["JavaScript", "Python"],
)
async def test_a_room_and_its_members_are_what_they_are_on_the_server(evening: Evening, suffix: str, text: str) -> None:
    host, guest, room = evening.host, evening.guest, evening.room
    other = await evening.service.sign_up()
    async with evening.running(suffix, text) as program:
        await program.until(
            lambda received: received["room"]["title"] == _TITLE and ids(received["members"]) == {host.user, guest.user}
        )
        assert (await host.call("rooms/update_room", {"roomId": room, "title": "New"})).code == 0
        await program.until(
            lambda received: received["room"]["title"] == "New" and received["room"]["ownBy"] == host.user
        )
        await other.enter(room)
        received = await program.until(
            lambda received: other.user in ids(received["members"]) and received["room"]["nnUsers"] == 3
        )
        assert ids(received["members"]) == {host.user, guest.user, other.user}
        await other.leave(room)
        await program.until(
            lambda received: other.user not in ids(received["members"]) and received["room"]["nnUsers"] == 2
        )
        await host.call("rooms/destroy_room", {"roomId": room})
        await program.until(lambda received: received["room"].get("reason") == "destroyed")


async def test_a_token_that_is_asked_for_connects(evening: Evening) -> None:
    before = "import { Centrifuge } from 'centrifuge'; const newestToken = async () => token;"
    after = "socket.on('connected', ({ transport }) => tell({ transport })); socket.connect();"
    async with evening.running("mjs", js(before, EXAMPLES["data.js"], after)) as program:
        await program.until(lambda received: received == {"transport": "websocket"})


async def test_a_state_that_is_asked_for_is_followed_by_events(evening: Evening) -> None:
    before = _ENTERED + "const show = (state) => tell({ state });"
    after = "channel.on('publication', ({ data }) => tell(data)).subscribe();"
    async with evening.running("mjs", js(before, EXAMPLES["state.js"], after)) as program:
        shown = await program.until(lambda received: "state" in received)
        assert ids(shown["state"]["members"]) == {evening.host.user, evening.guest.user}
        await evening.host.call("rooms/update_room", {"roomId": evening.room, "title": "New"})
        news = await program.until(lambda received: "room.updated" in [event["type"] for event in received["events"]])
        assert news["seq"] > shown["state"]["seq"]


async def test_a_call_over_the_socket_answers_what_http_answers(evening: Evening) -> None:
    async with evening.running("mjs", js(_CONNECTED, _LOG, EXAMPLES["rpc.js"])) as program:
        await program.until(lambda received: received == [_TITLE])
    gone = EXAMPLES["rpc.js"].replace("{ roomId }", "{ roomId: '7' }")
    async with evening.running("mjs", js(_CONNECTED, _LOG, gone)) as program:
        assert (await program.until(lambda received: True))[0] == "RoomNotExists"


@pytest.mark.parametrize(
    ("suffix", "text"),
    [
        ("mjs", js(_CONNECTED, EXAMPLES["list.js"], _LISTENING)),
        ("py", _PY + EXAMPLES["list.py"] + _PY_LISTENING),
    ],
    ids=["JavaScript", "Python"],
)
async def test_a_list_is_what_it_is_on_the_server(evening: Evening, suffix: str, text: str) -> None:
    def here(received: list[Json]) -> dict[str, int]:
        return {room["title"]: room["nnUsers"] for room in received if room["roomId"] in rooms}

    rooms = [evening.room]
    async with evening.running(suffix, text) as program:
        await program.until(lambda received: here(received) == {_TITLE: 1})
        other = await evening.service.sign_up()
        rooms.append(await other.go_live(title="Second"))
        await program.until(lambda received: here(received) == {_TITLE: 1, "Second": 1})
        await (await evening.service.sign_up()).enter(rooms[1])
        await program.until(lambda received: here(received) == {_TITLE: 1, "Second": 2})
        await other.call("rooms/destroy_room", {"roomId": rooms[1]})
        await program.until(lambda received: here(received) == {_TITLE: 1})


async def test_where_there_is_no_websocket_the_next_way_is_taken(evening: Evening) -> None:
    before = "import { Centrifuge } from 'centrifuge';" + _JS
    after = "socket.on('connected', ({ transport }) => tell({ transport })); socket.connect();"
    async with evening.running("mjs", before + EXAMPLES["fallback.js"] + after) as program:
        await program.until(lambda received: received == {"transport": "http_stream"})


@pytest.mark.parametrize("name", [name for name in PAGES if name.startswith("README")])
async def test_a_readme_shows_the_state_and_then_what_happens(evening: Evening, name: str) -> None:
    ((_, text),) = _EXAMPLE.findall(PAGES[name])
    await evening.guest.enter(evening.room)
    async with evening.running("mjs", js(_LOG, text)) as program:
        room, members = await program.until(lambda received: True)
        assert (room["title"], len(members)) == (_TITLE, 2)
        await evening.host.call("rooms/destroy_room", {"roomId": evening.room})
        await program.until(lambda received: received[0][-1]["type"] == "room.closed")


async def test_every_example_in_javascript_and_python_is_run() -> None:
    run = Path(__file__).read_text("utf-8")
    for name, page in PAGES.items():
        examples = dict(_EXAMPLE.findall(page))
        assert [block.text for block in blocks(page) if block.kind in ("js", "python")] == list(examples.values())
        assert name.startswith("README") or [one for one in examples if f'EXAMPLES["{one}"]' not in run] == []


async def test_a_room_takes_fifteen_lines_and_a_list_eight() -> None:
    length = {name: len([line for line in text.splitlines() if line.strip()]) for name, text in EXAMPLES.items()}
    assert length["room.js"] == 15
    assert max(length["list.js"], length["list.py"]) <= 8
