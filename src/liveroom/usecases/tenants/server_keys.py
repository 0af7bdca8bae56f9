"""Server keys: made, shown once, revoked.

A key that was revoked or has expired stops working within two seconds in every process (``OperatorConfiguration``).
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from liveroom.domain.errors import BadRequest, ServerKeyUnknown
from liveroom.domain.ids import TenantName
from liveroom.domain.tenants.server_keys import (
    ServerKey,
    digest_of,
    join_key,
    new_key,
    read_key_name,
    read_scopes,
    split_key,
)
from liveroom.ports import Clock, Database, Vault
from liveroom.usecases.tenants.configuration_registry import ConfigurationKind, ConfigurationRegistry

SERVER_KEYS: Final[ConfigurationKind[ServerKey]] = ConfigurationKind(
    "there is no server key {id}", lambda tx: tx.server_keys
)
_BETWEEN_NOTES: Final = timedelta(minutes=1)
"""Between two writes of a key's last use by one process."""


class ServerKeys(ConfigurationRegistry[ServerKey]):
    """The server keys of all tenants."""

    def __init__(self, db: Database, vault: Vault, clock: Clock) -> None:
        super().__init__(SERVER_KEYS, db, vault, clock)
        self._used: dict[str, datetime] = {}
        self._noted: dict[str, datetime] = {}

    def authenticate(self, text: str) -> ServerKey:
        """Return the key that was sent.

        Raises ``ServerKeyUnknown``; and for whoever knows its secret ``ServerKeyRevoked``, ``ServerKeyExpired``.
        """
        parts = split_key(text)
        key = self.get(parts[0]) if parts else None
        if parts is None or key is None or not key.has(parts[1]):
            raise ServerKeyUnknown
        now = self.clock.now()
        key.check(now)
        self._used[key.id] = now
        return key

    async def add(
        self, tenant: TenantName, name: str, scopes: Iterable[str], known: Iterable[str], *, lasts: timedelta | None
    ) -> tuple[ServerKey, str]:
        """Make a key with scopes of those that there are; return it, and what its holder sends: shown only now.

        Raises ``BadRequest``.
        """
        now = self.clock.now()
        if lasts is not None and lasts <= timedelta(0):
            raise BadRequest("a key has to last for a while")
        id, secret = new_key()
        expires = None if lasts is None else now + lasts
        key = ServerKey(id, tenant, read_key_name(name), digest_of(secret), read_scopes(scopes, known), now, expires)
        return await self._add(key), join_key(id, secret)

    async def revoke(self, id: str) -> ServerKey:
        """Let a key count no more; again: nothing changes. Raises ``BadRequest`` when there is none."""
        now = self.clock.now()
        return await self.change(id, lambda key: replace(key, revoked=key.revoked or now))

    async def flush(self) -> int:
        """Write when keys were last used, each at most once a minute; return how many."""
        if not self._used:
            return 0
        now = self.clock.now()
        due = {id: at for id, at in self._used.items() if id not in self._noted or self._is_old(self._noted[id], now)}
        await self.db.server_keys.used(due)
        for id, at in due.items():
            self._noted[id] = now
            if self._used.get(id) == at:
                del self._used[id]
        return len(due)

    @staticmethod
    def _is_old(noted: datetime, now: datetime) -> bool:
        return not timedelta(0) <= now - noted < _BETWEEN_NOTES
