"""Client programs on the official SDKs, and the clients in them: what they are told to do, and what they saw.

A program is a process that speaks lines of JSON (js/clients.js says which). One program holds many clients.
"""

import asyncio
import itertools
import json
import sys
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Protocol, TypeVar

from tests.servers import find

JS: Final = Path(__file__).parent / "js"
Event = Mapping[str, Any]
Endpoint = str | Sequence[Mapping[str, str]]
"""Where a client connects: a WebSocket, or other transports of the JavaScript SDK."""
Looked = TypeVar("Looked")
_SECONDS: Final = 15.0
_LINE_MAX: Final = 2**22


class Refused(Exception):
    """The server answered a command with an error, or the SDK did."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code


class Line(Protocol):
    """What carries commands to a program."""

    async def send(self, text: str, /) -> None: ...


@dataclass
class Program:
    """A running client program."""

    line: Line
    clients: dict[str, "Client"] = field(default_factory=dict)
    _asked: dict[int, asyncio.Future[Any]] = field(default_factory=dict)
    _ids: Callable[[], int] = itertools.count(1).__next__
    _ended: str = ""

    async def open(self, endpoint: Endpoint, encoding: str, **params: Any) -> "Client":
        """Make a client that connects: with ``token`` or ``tokens``, or with ``data`` or ``datas``."""
        client = Client(self, f"client-{self._ids()}")
        self.clients[client.name] = client
        await client.ask("open", endpoint=endpoint, encoding=encoding, **params)
        return client

    async def ask(self, client: str, op: str, params: Mapping[str, Any]) -> Any:
        """Have a command carried out, and return its answer. Raises ``Refused``."""
        assert not self._ended, self._ended
        number = self._ids()
        answer = self._asked[number] = asyncio.get_running_loop().create_future()
        await self.line.send(json.dumps({"id": number, "client": client, "op": op, **params}))
        async with asyncio.timeout(_SECONDS):
            return await answer

    def heard(self, text: str | bytes) -> None:
        """Take in what the program said."""
        said = json.loads(text)
        if "event" in said:
            self.clients[said["client"]].heard(said)
            return
        answer = self._asked.pop(said["id"])
        if answer.done():
            return
        if "error" in said:
            answer.set_exception(Refused(said["error"]["code"], said["error"]["message"]))
        else:
            answer.set_result(said["ok"])

    def ended(self, why: str) -> None:
        """Know that the program will not answer any more."""
        self._ended = why
        for answer in self._asked.values():
            if not answer.done():
                answer.set_exception(AssertionError(why))


@dataclass
class Client:
    """A client in a program."""

    program: Program
    name: str
    events: list[Event] = field(default_factory=list)
    _changed: asyncio.Event = field(default_factory=asyncio.Event)

    async def ask(self, op: str, **params: Any) -> Any:
        """Have the client do something, and return the answer. Raises ``Refused``."""
        return await self.program.ask(self.name, op, params)

    async def call(self, method: str, **params: Any) -> Mapping[str, Any]:
        """Call one of the service's methods by RPC; return the envelope."""
        answer = await self.ask("rpc", method=method, params=params)
        found = answer["data"]
        assert isinstance(found, dict), answer
        return found

    def heard(self, event: Event) -> None:
        self.events.append(event)
        self._changed.set()

    def seen(self, kind: str, *, after: int = 0, **fields: Any) -> Sequence[Event]:
        """Return the events of a kind with these fields, after so many others."""
        return [event for event in self.events[after:] if _fits(event, {"event": kind, **fields})]

    async def until(self, kind: str, *, after: int = 0, within: float = _SECONDS, **fields: Any) -> Event:
        """Wait for such an event, and return the first."""
        found = await self.until_that(lambda: self.seen(kind, after=after, **fields), within=within)
        return found[0]

    async def until_that(self, look: Callable[[], Looked], *, within: float = _SECONDS) -> Looked:
        """Wait until what is looked for among the events is there."""
        try:
            async with asyncio.timeout(within):
                while not (found := look()):
                    self._changed.clear()
                    await self._changed.wait()
        except TimeoutError:
            received = "\n".join(json.dumps(event)[:300] for event in self.events[-40:])
            raise AssertionError(f"not within {within} s; {self.name} saw:\n{received}") from None
        return found


def _fits(event: Event, fields: Mapping[str, Any]) -> bool:
    return all(event.get(name) == value for name, value in fields.items())


@asynccontextmanager
async def node(script: Path = JS / "node.js") -> AsyncIterator[Program]:
    """Yield a program of Node: the JavaScript SDK, or another that speaks as it does."""
    async with _spoken_to(find("node"), str(script)) as program:
        yield program


@asynccontextmanager
async def python() -> AsyncIterator[Program]:
    """Yield centrifuge-python."""
    async with _spoken_to(sys.executable, str(JS.parent / "python_clients.py")) as program:
        yield program


class _Pipe:
    def __init__(self, writer: asyncio.StreamWriter) -> None:
        self._writer = writer

    async def send(self, text: str) -> None:
        self._writer.write(text.encode() + b"\n")
        await self._writer.drain()


@asynccontextmanager
async def _spoken_to(*argv: str) -> AsyncIterator[Program]:
    pipe = asyncio.subprocess.PIPE
    child = await asyncio.create_subprocess_exec(*argv, stdin=pipe, stdout=pipe, limit=_LINE_MAX)
    assert child.stdin is not None
    assert child.stdout is not None
    program = Program(_Pipe(child.stdin))
    hearing = asyncio.create_task(_hear(child.stdout, program))
    try:
        yield program
    finally:
        child.stdin.close()
        await asyncio.wait_for(child.wait(), _SECONDS)
        await hearing


async def _hear(lines: asyncio.StreamReader, program: Program) -> None:
    while line := await lines.readline():
        program.heard(line)
    program.ended("The client program has ended.")
