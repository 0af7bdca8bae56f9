"""The Python SDK on our wire, in both forms of the protocol: what it sends is understood, and so is what it is sent."""

import asyncio
from typing import Any

import pytest
from centrifuge import (  # type: ignore[import-untyped]
    Client,
    ClientEventHandler,
    ConnectedContext,
    DisconnectedContext,
    PublicationContext,
    SubscriptionEventHandler,
)
from msgspec import Raw

from liveroom.realtime.framing import Framing, Opening, Transport
from liveroom.realtime.messages import (
    PING,
    Command,
    ConnectRequest,
    ConnectResult,
    Error,
    PublicationPush,
    Push,
    Reply,
    RPCRequest,
    RPCResult,
    SubscribeRequest,
    SubscribeResult,
)
from tests.realtime.test_socket import FakeAcceptor, Visitor, housing

DATA = b'{"text":"\xe4\xbd\xa0\xe5\xa5\xbd"}'
STATE = Raw(b'{"members":[]}')


class Toy(Visitor):
    """Answers as a hub would, and pings once."""

    def __init__(self, transport: Transport, framing: Framing, opening: Opening) -> None:
        super().__init__(transport, framing, opening)
        self.pongs = asyncio.Event()
        self.answer = self._answer

    def _answer(self, message: bytes) -> None:
        replies = [reply for command in self.framing.decode(message) for reply in self._replies(command)]
        if replies:
            self.transport.write(self.framing.frame([self.framing.encode(reply) for reply in replies]))

    def _replies(self, command: Command) -> list[Reply]:
        match command.request:
            case ConnectRequest(data=data):
                return [Reply(command.id, connect=ConnectResult("c1", "toy", data=data, ping=25, pong=True)), PING]
            case SubscribeRequest(channel=channel):
                result = SubscribeResult(recoverable=True, positioned=True, epoch="e", offset=6, data=STATE)
                publication = PublicationPush(Raw(DATA), offset=7)
                return [Reply(command.id, subscribe=result), Reply(push=Push(channel, pub=publication))]
            case RPCRequest(method="fails"):
                return [Reply(command.id, error=Error(103, "permission denied"))]
            case RPCRequest(data=data):
                return [Reply(command.id, rpc=RPCResult(data))]
            case None:
                self.pongs.set()
        return []


class ToyAcceptor(FakeAcceptor):
    """Makes such visitors."""

    def accept(self, transport: Transport, framing: Framing, opening: Opening) -> Visitor | None:
        self.visitors.append(Toy(transport, framing, opening))
        return self.visitors[-1]


class Received(ClientEventHandler, SubscriptionEventHandler):  # type: ignore[misc]
    """What the SDK tells its user."""

    def __init__(self) -> None:
        self.connected: asyncio.Future[ConnectedContext] = asyncio.get_running_loop().create_future()
        self.ended: asyncio.Future[DisconnectedContext] = asyncio.get_running_loop().create_future()
        self.published: asyncio.Future[PublicationContext] = asyncio.get_running_loop().create_future()

    async def on_connected(self, ctx: ConnectedContext) -> None:
        self.connected.set_result(ctx)

    async def on_disconnected(self, ctx: DisconnectedContext) -> None:
        self.ended.set_result(ctx)

    async def on_publication(self, ctx: PublicationContext) -> None:
        self.published.set_result(ctx)


@pytest.mark.parametrize("use_protobuf", [False, True], ids=["json", "protobuf"])
async def test_the_python_sdk_speaks_with_us(use_protobuf: bool) -> None:
    data: Any = DATA if use_protobuf else {"text": "你好"}
    async with housing(acceptor=ToyAcceptor()) as house, asyncio.timeout(10):
        received = Received()
        client = Client(
            f"ws://127.0.0.1:{house.port}/connection/websocket", events=received, data=data, use_protobuf=use_protobuf
        )
        await client.connect()
        assert (await received.connected).data == data
        subscription = client.new_subscription("room:1", events=received)
        await subscription.subscribe()
        publication = (await received.published).pub
        assert (publication.data, publication.offset) == (data, 7)
        assert (await client.rpc("echo", data)).data == data
        with pytest.raises(Exception, match="permission denied"):
            await client.rpc("fails", data)
        visitor = house.visitor
        assert isinstance(visitor, Toy)
        await visitor.pongs.wait()
        visitor.transport.close(4500, "session ended")
        ended = await received.ended
        assert (ended.code, ended.reason) == (4500, "session ended")
        await visitor.is_lost.wait()
