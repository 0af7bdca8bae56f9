"""The seams of hooks: the rows that configure them, and the client that calls them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple, Protocol

from liveroom.domain.hooks.model import Hook


class StoredHook(NamedTuple):
    """A hook as it is stored: its secrets are sealed."""

    hook: Hook
    """Without its secrets."""
    sealed: str


class HookRows(Protocol):
    async def list(self) -> Sequence[StoredHook]:
        """Return all hooks of all tenants, in the order of their making."""

    async def add(self, stored: StoredHook) -> None: ...
    async def remove(self, id: str) -> bool:
        """Take a hook away; say whether there was one."""

    async def replace_secrets(self, id: str, old: str, sealed: str) -> bool:
        """Write a hook's secrets, unless they have changed since they were read; say whether they were written."""


class HookClient(Protocol):
    """Asks the operator's server at a hook's address."""

    async def ask(self, hook: Hook, id: str, now: datetime, body: bytes) -> Any:
        """Return the JSON that was answered; raises ``HookFailed``. The caller's own time limit ends it."""

    async def close(self) -> None: ...
