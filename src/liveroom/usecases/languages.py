"""The language that a user has chosen to read texts in.

It is looked up only where a text is about to be sent and the request names no language, so a call that succeeds never
waits for it. What was found is kept for a minute, in a bounded cache; while SQL does not answer it is not asked.
"""

from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from liveroom.domain.errors import DatabaseUnavailable
from liveroom.domain.ids import UserId
from liveroom.domain.tenants import Language
from liveroom.ports import Clock, Database

KEPT: Final = timedelta(minutes=1)
KEPT_MAX: Final = 4096
PAUSE: Final = timedelta(seconds=10)
"""How long SQL is not asked again after it did not answer."""

_Known = tuple[Language | None, datetime]


@dataclass(slots=True)
class Languages:
    """Knows what users have chosen."""

    db: Database
    clock: Clock
    _known: OrderedDict[UserId, _Known] = field(default_factory=OrderedDict)
    _asks_from: datetime | None = None

    async def of(self, user: UserId) -> Language | None:
        """Return the user's choice; None where there is none, or it cannot be found out now."""
        now = self.clock.now()
        known = self._known.get(user)
        if known is not None and now < known[1]:
            return known[0]
        if self._asks_from is not None and now < self._asks_from:
            return None
        try:
            found = await self.db.users.get(user)
        except DatabaseUnavailable:
            self._asks_from = now + PAUSE
            return None
        chosen = None if found is None else found.language
        self._known[user] = (chosen, now + KEPT)
        self._known.move_to_end(user)
        while len(self._known) > KEPT_MAX:
            self._known.popitem(last=False)
        return chosen

    def forget(self, user: UserId) -> None:
        """Have the choice read anew: the user has changed it."""
        self._known.pop(user, None)
