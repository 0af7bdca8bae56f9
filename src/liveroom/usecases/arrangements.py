"""What operators arrange for their tenants: secrets, keys, webhooks, hooks. Kept here whole, and read by hot paths.

A change is noticed within two seconds: it raises one number, which every process looks at.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from liveroom.ports import Database


class Arranged(Protocol):
    """One kind of arrangement, kept in this process."""

    async def reload(self) -> None:
        """Read all of it anew."""


@dataclass(slots=True)
class Arrangements:
    """Keeps every kind up to date."""

    db: Database
    kinds: Sequence[Arranged]
    _seen: int = -1

    async def refresh(self) -> None:
        """Take up what changed.

        A kind that cannot be read, because a key is missing say, keeps no other back: a server key that was revoked
        must not count on. It is raised when all have been read, and all are read again the next time.
        """
        newest = await self.db.arrangements.newest()
        if newest == self._seen:
            return
        failures: list[Exception] = []
        for kind in self.kinds:
            try:
                await kind.reload()
            except Exception as failure:
                failures.append(failure)
        if failures:
            raise failures[0]
        self._seen = newest
