"""Clients of centrifuge-python, moved by commands and telling what they see: a program of its own.

The commands are those of js/clients.js. This SDK has no callback for data: what ``datas`` holds first is its data.
"""

import asyncio
import json
import sys
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, Final

from centrifuge import (  # type: ignore[import-untyped]
    CentrifugeError,
    Client,
    ClientEventHandler,
    StreamPosition,
    Subscription,
    SubscriptionEventHandler,
    UnauthorizedError,
)
from centrifuge.contexts import ConnectedContext  # type: ignore[import-untyped]

Tell = Callable[..., None]
_QUICK: Final = {"min_reconnect_delay": 0.05, "max_reconnect_delay": 0.5}
_QUICK_AGAIN: Final = {"min_resubscribe_delay": 0.05, "max_resubscribe_delay": 0.5}
_OPTIONS: Final = {"positioned": "positioned", "recoverable": "recoverable", "joinLeave": "join_leave"}


class Payloads:
    """What a client sends and gets: values in JSON, bytes of JSON in Protobuf."""

    def __init__(self, encoding: str) -> None:
        self.binary = encoding == "protobuf"

    def pack(self, value: Any) -> Any:
        return json.dumps(value).encode() if self.binary else value

    def unpack(self, value: Any) -> Any:
        return (json.loads(value) if value else None) if self.binary else value

    def publication(self, published: Any) -> dict[str, Any]:
        return {"offset": published.offset, "data": self.unpack(published.data)}


def _facts(ctx: Any, payloads: Payloads) -> dict[str, Any]:
    """Return what an event says, by the names that the JavaScript program uses."""
    if isinstance(ctx, ConnectedContext):
        return {"id": ctx.client, "data": payloads.unpack(ctx.data)}
    if hasattr(ctx, "pub"):
        return payloads.publication(ctx.pub)
    if hasattr(ctx, "info"):
        return {"id": ctx.info.client, "user": ctx.info.user}
    if hasattr(ctx, "was_recovering"):
        position = ctx.stream_position
        return {
            "position": {"offset": position.offset, "epoch": position.epoch} if position else None,
            "recoverable": ctx.recoverable,
            "wasRecovering": ctx.was_recovering,
            "recovered": ctx.recovered,
            "data": payloads.unpack(ctx.data),
        }
    if hasattr(ctx, "error"):
        return {"type": "", "code": ctx.code, "message": str(ctx.error)}
    return {"code": getattr(ctx, "code", None), "reason": getattr(ctx, "reason", "")}


class _ClientEvents(ClientEventHandler):  # type: ignore[misc]
    """Tells the events of a client, those of subscriptions that the server made included."""

    def __init__(self, tell: Tell, payloads: Payloads) -> None:
        for event in ("connecting", "connected", "disconnected", "error"):
            setattr(self, f"on_{event}", partial(self._received, event))
        for event in ("subscribing", "subscribed", "unsubscribed", "publication", "join", "leave"):
            setattr(self, f"on_{event}", partial(self._received_on_channel, event))
        self._tell = tell
        self._payloads = payloads

    async def _received(self, event: str, ctx: Any) -> None:
        self._tell(event, **_facts(ctx, self._payloads))

    async def _received_on_channel(self, event: str, ctx: Any) -> None:
        self._tell(event, channel=ctx.channel, server=True, **_facts(ctx, self._payloads))


class _SubscriptionEvents(SubscriptionEventHandler):  # type: ignore[misc]
    """Tells the events of a subscription that the client made."""

    def __init__(self, channel: str, tell: Tell, payloads: Payloads) -> None:
        for event in ("subscribing", "subscribed", "unsubscribed", "publication", "join", "leave", "error"):
            setattr(self, f"on_{event}", partial(self._received, event))
        self._channel = channel
        self._tell = tell
        self._payloads = payloads

    async def _received(self, event: str, ctx: Any) -> None:
        self._tell(event, channel=self._channel, server=False, **_facts(ctx, self._payloads))


class PythonClient:
    """One client; each public method but ``open`` is a command."""

    def __init__(self, params: Mapping[str, Any], tell: Tell) -> None:
        self._payloads = Payloads(params["encoding"])
        self._tell = tell
        self._tokens: list[str] | None = params.get("tokens")
        data = next(iter(params.get("datas") or ()), params.get("data"))
        self._sdk = Client(
            params["endpoint"],
            _ClientEvents(tell, self._payloads),
            token=params.get("token", ""),
            get_token=self._next_token if self._tokens is not None else None,
            use_protobuf=self._payloads.binary,
            data=None if data is None else self._payloads.pack(data),
            proxy=None,
            **_QUICK,
        )

    async def _next_token(self) -> str:
        self._tell("tokenAsked")
        if not self._tokens:
            raise UnauthorizedError
        return self._tokens.pop(0) if len(self._tokens) > 1 else self._tokens[0]

    async def connect(self) -> None:
        await self._sdk.connect()

    async def disconnect(self) -> None:
        await self._sdk.disconnect()

    async def subscribe(
        self, channel: str, state: Mapping[str, Any] | None = None, data: Any = None, **options: bool
    ) -> None:
        subscription = self._sdk.get_subscription(channel)
        if subscription is None:
            subscription = self._sdk.new_subscription(
                channel,
                _SubscriptionEvents(channel, self._tell, self._payloads),
                get_state=partial(self._state, state) if state else None,
                data=None if data is None else self._payloads.pack(data),
                **{_OPTIONS[name]: value for name, value in options.items()},
                **_QUICK_AGAIN,
            )
        await subscription.subscribe()

    async def _state(self, asked: Mapping[str, Any], channel: str) -> StreamPosition:
        found = (await self.rpc(**asked))["data"]["data"]
        self._tell("state", channel=channel, data=found["state"])
        return StreamPosition(found["offset"], found["epoch"])

    async def unsubscribe(self, channel: str) -> None:
        await self._of(channel).unsubscribe()

    def _of(self, channel: str) -> Subscription:
        found = self._sdk.get_subscription(channel)
        assert found is not None, f"{channel} was never subscribed"
        return found

    async def rpc(self, method: str, params: Any = None) -> Mapping[str, Any]:
        answer = await self._sdk.rpc(method, self._payloads.pack(params or {}))
        return {"data": self._payloads.unpack(answer.data)}

    async def publish(self, channel: str, data: Any) -> None:
        await self._sdk.publish(channel, self._payloads.pack(data))

    async def presence(self, channel: str) -> Mapping[str, str]:
        answer = await self._sdk.presence(channel)
        return {one.client: one.user for one in answer.clients.values()}

    async def presence_stats(self, channel: str) -> Mapping[str, int]:
        answer = await self._sdk.presence_stats(channel)
        return {"clients": answer.num_clients, "users": answer.num_users}

    async def history(
        self, channel: str, limit: int = 0, since: Mapping[str, Any] | None = None, reverse: bool = False
    ) -> Mapping[str, Any]:
        position = StreamPosition(since["offset"], since["epoch"]) if since else None
        answer = await self._sdk.history(channel, limit=limit, since=position, reverse=reverse)
        received = [self._payloads.publication(published) for published in answer.publications]
        return {"offset": answer.offset, "epoch": answer.epoch, "publications": received}

    async def give(self, tokens: Sequence[str] = (), datas: Sequence[Any] = ()) -> None:
        """Take tokens, or data, for the SDK to use from now on."""
        if tokens:
            assert self._tokens is not None, "this client asks for no tokens"
            self._tokens[:] = tokens
        if datas:
            self._sdk._data = self._payloads.pack(datas[0])


class Clients:
    """Carries out commands, each in a task of its own."""

    def __init__(self) -> None:
        self._clients: dict[str, PythonClient] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    def obey(self, line: bytes) -> None:
        """Begin to carry out a command."""
        task = asyncio.create_task(self._carry_out(**json.loads(line)))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _carry_out(self, id: int, client: str, op: str, **params: Any) -> None:
        try:
            if op == "open":
                self._clients[client] = PythonClient(params, partial(_received, client))
                op, params = "connect", {}
            answer = await getattr(self._clients[client], op)(**params)
        except (CentrifugeError, AssertionError) as failure:
            code = getattr(failure, "code", -1)
            _say({"id": id, "error": {"code": code, "message": getattr(failure, "message", str(failure))}})
        else:
            _say({"id": id, "ok": answer or {}})


def _received(client: str, event: str, **facts: Any) -> None:
    _say({"client": client, "event": event, **facts})


def _say(said: Mapping[str, Any]) -> None:
    sys.stdout.write(json.dumps(said) + "\n")
    sys.stdout.flush()


async def main() -> None:
    """Read commands until the input ends."""
    loop = asyncio.get_running_loop()
    reader = asyncio.StreamReader(limit=2**20)
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    clients = Clients()
    while line := await reader.readline():
        clients.obey(line)


if __name__ == "__main__":
    asyncio.run(main())
