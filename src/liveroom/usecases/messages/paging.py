"""Pages of messages: the newest are in the live store, and what is older in SQL."""

from collections.abc import Sequence

from liveroom.domain.messages.model import Message
from liveroom.ports import Database
from liveroom.ports.messages import TalkPage


async def filled(db: Database, page: TalkPage, before: int | None, limit: int) -> Sequence[Message]:
    """Return the newest messages below a number: those of the live store's page, and older ones up to the limit."""
    found = list(page.messages)
    if page.older is not None and len(found) < limit:
        below = found[-1].number if found else before
        found += await db.messages.page(page.older, below, limit - len(found))
    return found
