"""What operators configure for their tenants: secrets, keys, webhooks, hooks. Kept whole in memory for hot paths.

Every process notices a change within two seconds: each change raises one number, which every process polls.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from liveroom.ports import Database


class Configured(Protocol):
    """One kind of configuration, kept in this process."""

    async def reload(self) -> None:
        """Read all of it anew."""


@dataclass(slots=True)
class OperatorConfiguration:
    """Keeps every kind up to date."""

    db: Database
    kinds: Sequence[Configured]
    _seen: int = -1

    async def refresh(self) -> None:
        """Read what changed.

        A kind that cannot be read, say because a key is missing, does not stop the others: a revoked server key must
        stop working. The first failure is raised after all kinds were tried, and all are read again next time.
        """
        version = await self.db.configuration_version.current()
        if version == self._seen:
            return
        failures: list[Exception] = []
        for kind in self.kinds:
            try:
                await kind.reload()
            except Exception as failure:
                failures.append(failure)
        if failures:
            raise failures[0]
        self._seen = version
