"""Whether somebody reaches another user, or has been blocked by them.

Who has blocked a user is in the user's record of the live store: entering a room compares it with the room's owner, and
asks nobody. What names somebody, such as an invitation, asks the database.
"""

from collections.abc import Collection

from liveroom.domain.errors import UserRefuses
from liveroom.domain.follows.blocks import KEPT_BLOCKERS, kept_blockers
from liveroom.domain.ids import UserId
from liveroom.ports import Database


async def check_reaches(db: Database, user: UserId, others: Collection[UserId]) -> None:
    """Raise ``UserRefuses`` if any of the others has blocked the user."""
    if others and await db.blocks.blockers_among(user, others):
        raise UserRefuses


async def blockers_of(db: Database, user: UserId) -> tuple[UserId, ...]:
    """Return who has blocked a user, as their record keeps it."""
    return kept_blockers(await db.blocks.blockers(user, KEPT_BLOCKERS + 1))
