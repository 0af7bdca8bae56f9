"""The socket of a service as operators run it: through a real WebSocket, until it is told to stop."""

import asyncio
import json
import signal
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from tests.service import Process, process


async def ask(socket: ClientConnection, id: int, **request: Any) -> dict[str, Any]:
    """Send a command and return its reply, the first message that comes."""
    await socket.send(json.dumps({"id": id, **request}))
    reply = json.loads(await socket.recv())
    assert reply["id"] == id
    assert isinstance(reply, dict)
    return reply


async def endless(socket: ClientConnection) -> AsyncIterator[bytes | str]:
    """Yield messages until the connection is closed, and raise that."""
    while True:
        yield await asyncio.wait_for(socket.recv(), 2)


def address(running: Process) -> str:
    return f"ws://127.0.0.1:{running.http.base_url.port}/connection/websocket"


async def test_a_stop_tells_every_socket_to_come_back_and_takes_no_new_ones(tmp_path: Path) -> None:
    async with process(tmp_path, socket_user_max=20) as running:
        ann = await running.sign_up()
        room = await ann.go_live()
        sockets = [await connect(address(running)) for _ in range(20)]
        for socket in sockets:
            await ask(socket, 1, connect={"data": {"token": ann.token}})
            assert (await ask(socket, 2, subscribe={"channel": f"room:{room}"}))["subscribe"]["positioned"]
        assert "liveroom_open_sockets 20.0" in (await running.send("GET", "/metrics")).text
        running.process.send_signal(signal.SIGTERM)
        for socket in sockets:
            with pytest.raises(ConnectionClosed) as closed:
                await asyncio.wait_for(socket.recv(), 5)
            assert closed.value.rcvd is not None
            assert closed.value.rcvd.code == 3001
        assert await asyncio.wait_for(running.process.wait(), 10) == 0


async def test_events_reach_a_real_socket_within_a_moment(tmp_path: Path) -> None:
    async with process(tmp_path) as running:
        ann, bob = await running.sign_up(), await running.sign_up()
        room = await ann.go_live()
        async with connect(address(running)) as socket:
            await ask(socket, 1, connect={"data": {"token": ann.token}})
            await ask(socket, 2, subscribe={"channel": f"room:{room}"})
            await bob.enter(room)
            push = json.loads(await asyncio.wait_for(socket.recv(), 2))["push"]
            assert push["pub"]["data"]["events"][0]["userId"] == bob.user
            await ann.call("auth_users/user_logout")
            with pytest.raises(ConnectionClosed) as closed:
                [message async for message in endless(socket)]
            assert closed.value.rcvd is not None
            assert closed.value.rcvd.code == 4500
