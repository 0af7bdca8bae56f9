"""The seam to addresses that bans cover, as keyed digests."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from liveroom.domain.ids import UserId
from liveroom.domain.moderation.address_bans import AddressBan


class AddressBanRows(Protocol):
    """At most one for an address of a tenant."""

    async def list(self, now: datetime) -> Sequence[AddressBan]:
        """Return those that are not over."""

    async def put(self, ban: AddressBan) -> None:
        """Cover an address, or extend the end of its ban; drop bans that are over."""

    async def remove(self, user: UserId) -> int:
        """Uncover the addresses of a user; return how many."""
