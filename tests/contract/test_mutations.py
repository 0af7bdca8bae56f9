"""Twenty thousand mutated requests and two thousand socket messages: no 5xx, no traceback, no bug, no memory kept."""

import asyncio
import random
import re
import socket
import struct
import sys
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Final

import pytest
import pytest_asyncio

from tests.contract.mutations import commands, connect, frame, handshake, mutated, mutated_frame, requests
from tests.forks.client import LIVEROOM
from tests.servers import LOOPBACK
from tests.service import Process, process

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")

REQUESTS: Final = 20_000
FRAMES: Final = 2_000
WARM_UP: Final = 5_000
"""Good requests that come before: with them the process takes what it needs to work, such as 25 MB of pools."""
GROWTH: Final = 20 * 1024 * 1024
AT_ONCE: Final = 150
_SILENT_SECONDS: Final = 0.5
_QUIET_SECONDS: Final = 0.1
"""A server that has said nothing, or nothing more, for so long waits for more."""
_RESET: Final = struct.pack("ii", 1, 0)
"""Closing says so at once, and leaves no address in use."""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def served(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Process]:
    settings = {"origins": "https://app.example.com", "internal_key": "0123456789-internal-key-abcdef"}
    async with process(tmp_path_factory.mktemp("mutations"), LIVEROOM, **settings) as running:
        yield running


async def test_mutated_requests_and_messages_break_nothing(served: Process) -> None:
    device, draw = await served.sign_up(), random.Random(17)
    good, asked = requests(device.user, device.token), commands(device.user, device.token)
    await _talk(served, [[draw.choice(good)] for _ in range(WARM_UP)])
    before = _memory(served)
    bad = [mutated(draw, draw.choice(good)) for _ in range(REQUESTS)]
    frames = [mutated_frame(draw, draw.choice(asked)) for _ in range(FRAMES)]
    begin = [handshake(), frame(connect(device.token))]
    talks = [[b"".join(bad[at : at + 2])] for at in range(0, REQUESTS, 2)]
    talks += [[*begin, b"".join(frames[at : at + 4])] for at in range(0, FRAMES, 4)]
    answers = await _talk(served, talks)
    failed = [(talk, answer) for talk, answer in zip(talks, answers, strict=True) if _has_failed(answer)]
    assert failed == []
    written = served.log.read_text(errors="replace")
    assert "Traceback" not in written, written[-5000:]
    metrics = (await served.send("GET", "/metrics")).text
    assert re.findall(r"^liveroom_unexpected_errors_total.*$", metrics, re.MULTILINE) == [], written[-5000:]
    assert sum(b" 101 " in answer for answer in answers) >= FRAMES / 4
    assert sum(b'"errorCode":0' in answer for answer in answers) > REQUESTS / 200, "some get in"
    assert _memory(served) - before < GROWTH


async def _talk(served: Process, talks: Sequence[Sequence[bytes]]) -> list[bytes]:
    """Say each on a connection of its own, one thing after the other; return what was answered."""
    port = served.http.base_url.port
    turns = asyncio.Semaphore(AT_ONCE)

    async def talk(parts: Sequence[bytes]) -> bytes:
        async with turns:
            return await _say(port or 0, parts)

    return await asyncio.gather(*map(talk, talks))


async def _say(port: int, parts: Sequence[bytes]) -> bytes:
    loop, answered = asyncio.get_running_loop(), b""
    with socket.socket() as client:
        client.setblocking(False)
        client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
        await loop.sock_connect(client, (LOOPBACK, port))
        try:
            for part in parts:
                await loop.sock_sendall(client, part)
                answered += await _heard(client, one=part is not parts[-1])
        except (ConnectionError, TimeoutError):
            return answered
    return answered


async def _heard(client: socket.socket, *, one: bool) -> bytes:
    """Return what the server says until it is quiet, or only the first of it."""
    loop, heard = asyncio.get_running_loop(), b""
    while True:
        try:
            async with asyncio.timeout(10 if one else _QUIET_SECONDS if heard else _SILENT_SECONDS):
                said = await loop.sock_recv(client, 65_536)
        except TimeoutError:
            return heard
        if not said:
            return heard
        heard += said
        if one:
            return heard


def _has_failed(answer: bytes) -> bool:
    return re.search(rb"HTTP/1\.[01] 5\d\d", answer) is not None


def _memory(served: Process) -> int:
    """Return the process's own memory, in bytes."""
    found = re.search(r"VmRSS:\s+(\d+) kB", Path(f"/proc/{served.process.pid}/status").read_text())
    assert found
    return int(found[1]) * 1024
