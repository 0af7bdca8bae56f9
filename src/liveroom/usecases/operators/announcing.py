"""Tells every process's operators what the console shows live.

A piece of news is for one channel of the console, and for one scope: a tenant, the whole installation, or one operator.
It is sent once and reaches each process that holds sockets; what is lost on the way is made up for by the next one, or
by the state with which a subscription begins.
"""

from dataclasses import dataclass
from typing import Final

import structlog

from liveroom.domain.errors import Unavailable
from liveroom.ports import Live

log = structlog.get_logger("liveroom.console")

TOPIC: Final = "consoles:all"
"""Under which processes receive it. No client can name it in a POST of the emulation: it has a colon."""
OVERVIEW: Final = "overview"
REPORTS: Final = "reports"
APPEALS: Final = "appeals"
WATCH: Final = "watch"
"""Signals to one operator who looks into a mesh room."""
INSTALLATION: Final = "*"
"""The scope of the whole installation; any other is the name of a tenant, with ``WATCH`` the operator."""


@dataclass(frozen=True, slots=True)
class ConsoleNews:
    """Sends news to operators who listen."""

    live: Live

    async def tell(self, channel: str, scope: str, data: bytes) -> None:
        """Send JSON to the channel's listeners. It never fails: whoever calls has done what it is about already."""
        try:
            await self.live.forwarding.send(TOPIC, f"{channel}/{scope}", data)
        except Unavailable as failure:
            log.debug("console.untold", channel=channel, cause=repr(failure.__cause__ or failure))


def read_scope(name: str) -> tuple[str, str]:
    """Return channel and scope of what was sent."""
    channel, _, scope = name.partition("/")
    return channel, scope
