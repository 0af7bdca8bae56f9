"""Calls of an operator's hooks over HTTP."""

from datetime import datetime
from typing import Any, Final

from liveroom.domain.hooks.model import LONGEST, Hook, HookFailed
from liveroom.providers.signed_calls import SignedCalls

_REFUSING: Final = 'a refusal, too, is answered with 2xx and "allow": false'


class HttpHookClient:
    """``ports.HookClient``. Connections are made when the first question is asked."""

    def __init__(self) -> None:
        self._calls: Final = SignedCalls(HookFailed, LONGEST, _REFUSING)

    async def ask(self, hook: Hook, id: str, now: datetime, body: bytes) -> Any:
        """Send the question; once more where a kept connection ended before anything was answered."""
        return self._calls.read(await self._calls.post(hook.url, hook.secrets, id, now, body))

    async def close(self) -> None:
        """Hang up."""
        await self._calls.close()
