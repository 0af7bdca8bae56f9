"""The examples of docs/socket.md are programs: each is run on its SDK against a service, and sees what it should."""

from pathlib import Path

import pytest

from tests.docs.pages import blocks
from tests.docs.socket_programs import EXAMPLE, EXAMPLES, PAGES, TITLE, Evening, Json, follow_the_room, ids

_LANGUAGES = ("js", "python", "kotlin", "go")
_COMPILED = Path(__file__).with_name("test_socket_compiled.py")
pytestmark = pytest.mark.asyncio(loop_scope="module")
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


def js(*parts: str) -> str:
    return "\n".join((_SOCKET, _JS, *parts))


@pytest.mark.parametrize(
    ("suffix", "text"),
    [
        ("mjs", js(EXAMPLES["room.js"], _JS_PROGRAM)),
        ("py", _PY + EXAMPLES["room.py"] + _PY_PROGRAM),
    ],
    ids=["JavaScript", "Python"],
)
async def test_a_room_and_its_members_are_what_they_are_on_the_server(evening: Evening, suffix: str, text: str) -> None:
    async with evening.running(suffix, text) as program:
        await follow_the_room(evening, program)


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
        await program.until(lambda received: received == [TITLE])
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
        await program.until(lambda received: here(received) == {TITLE: 1})
        other = await evening.service.sign_up()
        rooms.append(await other.go_live(title="Second"))
        await program.until(lambda received: here(received) == {TITLE: 1, "Second": 1})
        await (await evening.service.sign_up()).enter(rooms[1])
        await program.until(lambda received: here(received) == {TITLE: 1, "Second": 2})
        await other.call("rooms/destroy_room", {"roomId": rooms[1]})
        await program.until(lambda received: here(received) == {TITLE: 1})


async def test_where_there_is_no_websocket_the_next_way_is_taken(evening: Evening) -> None:
    before = "import { Centrifuge } from 'centrifuge';" + _JS
    after = "socket.on('connected', ({ transport }) => tell({ transport })); socket.connect();"
    async with evening.running("mjs", before + EXAMPLES["fallback.js"] + after) as program:
        await program.until(lambda received: received == {"transport": "http_stream"})


@pytest.mark.parametrize("name", [name for name in PAGES if name.startswith("README")])
async def test_a_readme_shows_the_state_and_then_what_happens(evening: Evening, name: str) -> None:
    ((_, text),) = EXAMPLE.findall(PAGES[name])
    await evening.guest.enter(evening.room)
    async with evening.running("mjs", js(_LOG, text)) as program:
        room, members = await program.until(lambda received: True)
        assert (room["title"], len(members)) == (TITLE, 2)
        await evening.host.call("rooms/destroy_room", {"roomId": evening.room})
        await program.until(lambda received: received[0][-1]["type"] == "room.closed")


async def test_every_example_in_these_languages_is_run() -> None:
    run = Path(__file__).read_text("utf-8") + _COMPILED.read_text("utf-8")
    for name, page in PAGES.items():
        examples = dict(EXAMPLE.findall(page))
        assert [block.text for block in blocks(page) if block.kind in _LANGUAGES] == list(examples.values())
        assert name.startswith("README") or [one for one in examples if f'EXAMPLES["{one}"]' not in run] == []


async def test_a_room_takes_fifteen_lines_and_a_list_eight() -> None:
    length = {name: len([line for line in text.splitlines() if line.strip()]) for name, text in EXAMPLES.items()}
    assert length["room.js"] == 15
    assert max(length["list.js"], length["list.py"]) <= 8
