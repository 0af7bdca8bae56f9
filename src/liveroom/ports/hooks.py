"""The seam of asking hooks."""

from datetime import datetime
from typing import Any, Protocol

from liveroom.domain.hooks.model import Hook


class HookClient(Protocol):
    """Asks the operator's server at a hook's address."""

    async def ask(self, hook: Hook, id: str, now: datetime, body: bytes) -> Any:
        """Return the JSON that was answered; raises ``HookFailed``. The caller's own time limit ends it."""

    async def close(self) -> None: ...
