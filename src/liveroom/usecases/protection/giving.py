"""Who may give to whom: adults to adults, and nobody to somebody who has blocked them."""

from collections.abc import Sequence
from dataclasses import dataclass

from liveroom.domain.ids import UserId
from liveroom.domain.protection.failures import AdultsOnly, CannotReceive
from liveroom.domain.protection.rules import ProtectionRules
from liveroom.usecases.follows.reaching import RememberedBlocks
from liveroom.usecases.protection.adults import Adults


@dataclass(frozen=True, slots=True)
class GiftProtection:
    """Looks at a gift before it is paid for."""

    rules: ProtectionRules
    adults: Adults
    blocks: RememberedBlocks

    async def check(self, sender: UserId, receivers: Sequence[UserId], *, owner: UserId) -> None:
        """Raise ``AdultsOnly`` or ``CannotReceive``, which is the same whatever the reason is: it says no age.

        The room's owner is not asked for blocks: whoever they have blocked is not in the room.
        """
        adults = await self.adults.known({sender, *receivers})
        if sender not in adults:
            raise AdultsOnly
        if any(receiver not in adults for receiver in receivers):
            raise CannotReceive
        if await self.blocks.refuses(sender, [receiver for receiver in receivers if receiver != owner]):
            raise CannotReceive
