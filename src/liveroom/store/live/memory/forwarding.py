"""Forwarding within a single process."""

from liveroom.ports.forwarding import MessageHandler


class MemoryForwarding:
    """See ``ports.Forwarding``."""

    def __init__(self) -> None:
        self._nodes: dict[str, MessageHandler] = {}

    async def listen(self, node: str, handler: MessageHandler) -> None:
        self._nodes[node] = handler

    async def send(self, node: str, session: str, data: bytes) -> bool:
        handler = self._nodes.get(node)
        if handler is None:
            return False
        handler(session, data)
        return True
