"""The seam between processes: what comes to one and is meant for a connection that another holds (LIVE.md 7).

Part of the live store, in memory and on Redis; one suite proves both.
"""

from collections.abc import Callable
from typing import Protocol

MessageHandler = Callable[[str, bytes], None]
"""Gets the session and what was sent to it. Called in the loop; nothing may be raised."""


class Forwarding(Protocol):
    """Sends to processes by the names of their nodes. Raises ``LiveUnavailable``."""

    async def listen(self, node: str, handler: MessageHandler) -> None:
        """Receive what is sent to this node from now on; listening twice is listening once."""

    async def send(self, node: str, session: str, data: bytes) -> bool:
        """Send at most once, in the order of the calls; say whether a process of that name listens."""
