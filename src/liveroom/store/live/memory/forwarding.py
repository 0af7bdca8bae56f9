"""Forwarding within a single process."""

from liveroom.ports.forwarding import Hear


class MemoryForwarding:
    """See ``ports.MemoryForwarding``."""

    def __init__(self) -> None:
        self._nodes: dict[str, Hear] = {}

    async def listen(self, node: str, hear: Hear) -> None:
        self._nodes[node] = hear

    async def send(self, node: str, session: str, data: bytes) -> bool:
        hear = self._nodes.get(node)
        if hear is None:
            return False
        hear(session, data)
        return True
