"""Forwarding between any number of processes: a sharded channel for each node, in a slot of its own.

Redis says how many received a message, so that a node which is not there needs no record of those that are.
"""

from collections.abc import Sequence

from liveroom.ports.forwarding import MessageHandler
from liveroom.store.live.redis.core import RedisCore
from liveroom.store.live.redis.keys import node_channel
from liveroom.store.live.redis.listening import Listening


class RedisForwarding:
    """See ``ports.Forwarding``. Sessions hold no line ends."""

    def __init__(self, core: RedisCore, listening: Listening) -> None:
        self._core = core
        self._listening = listening
        self._nodes: dict[bytes, MessageHandler] = {}

    async def listen(self, node: str, handler: MessageHandler) -> None:
        channel = node_channel(node)
        self._nodes[channel] = handler
        await self._listening.subscribe(channel, self)

    async def send(self, node: str, session: str, data: bytes) -> bool:
        channel = node_channel(node)
        message = session.encode() + b"\n" + data
        received: int = await self._core.caller.command(channel, "SPUBLISH", channel, message)
        return received > 0

    # --- what the line says (listening.ChannelListener) ------------------------------------------------------------

    def received(self, channel: bytes, message: bytes) -> None:
        session, _, data = message.partition(b"\n")
        self._nodes[channel](session.decode(), data)

    def doubtful(self, channels: Sequence[bytes]) -> None:
        """What was missed is asked again by whoever waits for its answer."""
