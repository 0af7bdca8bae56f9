"""Adults: whom the operator's server has called one. Nobody else gives, earns or is paid out.

Asked on every gift: what was read in the last second is not read again, and what a tick asks for is one statement.
"""

from collections.abc import Collection
from dataclasses import dataclass, field

from liveroom.domain.ids import UserId
from liveroom.domain.protection.failures import AdultsOnly, NoPayouts
from liveroom.ports import Clock, Database, Tx
from liveroom.usecases.short_memory import ShortMemory


@dataclass(frozen=True, slots=True)
class Adults:
    """Says who is known as an adult. What the operator says counts within a second, in every process."""

    db: Database
    clock: Clock
    everyone: bool
    """Nobody has to be known as one."""
    _memory: ShortMemory[UserId] = field(default_factory=ShortMemory)

    async def known(self, users: Collection[UserId]) -> Collection[UserId]:
        """Return those of the users who are known as adults. Raises ``DatabaseUnavailable``."""
        if self.everyone:
            return users
        now = self.clock.now()
        found = dict(self._memory.known(users, now))
        if missing := [user for user in users if user not in found]:
            adults = await self.db.users.adults(missing)
            read = {user: user in adults for user in missing}
            self._memory.keep(read, now)
            found |= read
        return {user for user, is_one in found.items() if is_one}

    async def check(self, user: UserId) -> None:
        """Raise ``AdultsOnly`` unless the caller is known as one."""
        if user not in await self.known([user]):
            raise AdultsOnly

    async def check_payout(self, tx: Tx, user: UserId) -> None:
        """Raise ``NoPayouts`` unless a user may be paid out. Who is deleted may: they have earned as an adult."""
        if self.everyone:
            return
        found = await tx.users.get(user)
        if found is not None and found.deleted is None and not found.adult:
            raise NoPayouts
