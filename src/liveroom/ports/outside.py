"""The seam to what outside services say of users (LIVE.md 5). A part of the live store; one suite proves both."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Protocol

from liveroom.domain.ids import RoomId
from liveroom.domain.presence.members import PresenceEntry
from liveroom.domain.presence.outside import Sighting
from liveroom.domain.tenants.model import Tenant

HasGroup = Callable[[Tenant, RoomId], Awaitable[bool]]
"""Says whether the room's message group is there; raises ``VendorFailure``."""


class OutsideStore(Protocol):
    """Outside sources as signs of life. Raises ``LiveUnavailable``.

    Each vouches for its user and their presence entries; one that sees a room, for the entries in that room. The end of
    media in a room ends the entries there that were taken before it, after a grace period, unless a subscription to the
    room still vouches. No sighting makes anybody a member.
    """

    async def receive(self, sightings: Sequence[Sighting]) -> None:
        """Take in sightings; in another order, or twice, they lead to the same state."""

    async def spare(self, entries: Sequence[PresenceEntry]) -> None:
        """Let presence entries stay that were told to go."""

    async def seen(self, entries: Sequence[PresenceEntry]) -> Sequence[PresenceEntry]:
        """Return those of the presence entries in whose room an outside source sees the user."""
