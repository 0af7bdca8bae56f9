"""The seams to vendors: groups and accounts where messages go, and the say over media rooms.

Every call may be made again: what is so already is no failure. All calls of vendors raise ``VendorFailure``
alone (``domain.vendors.model``), within their own time limit. No request of anybody's waits for them.
"""

from collections.abc import Callable, Collection, Sequence
from datetime import datetime, timedelta
from typing import Protocol

from liveroom.domain.accounts.users import Profile
from liveroom.domain.drift.media import MediaPerson
from liveroom.domain.ids import RoomId, UserId
from liveroom.domain.media.model import Publishes, RemovedParticipant
from liveroom.domain.messages.model import Message
from liveroom.domain.tenants.model import Tenant
from liveroom.domain.vendors.model import Vendor

VendorsOf = Callable[[Tenant], frozenset[Vendor]]
"""At whose place something has to be done for a tenant, as settings and tenant say."""


class GroupMessaging(Protocol):
    """Accounts and groups at the provider of messages."""

    async def add_account(self, tenant: Tenant, user: UserId, profile: Profile) -> None: ...
    async def change_account(self, tenant: Tenant, user: UserId, profile: Profile) -> bool:
        """Change an account's profile; say False when there is no such account."""

    async def remove_account(self, tenant: Tenant, user: UserId) -> None: ...
    async def make_group(self, tenant: Tenant, room: RoomId, owner: UserId, name: str) -> bool:
        """Make the room's group, whose owner has an account; say False when its id is in use already."""

    async def rename_group(self, tenant: Tenant, room: RoomId, name: str) -> bool:
        """Name the room's group; say False when there is none."""

    async def dissolve_group(self, tenant: Tenant, room: RoomId) -> None: ...
    async def say(self, tenant: Tenant, message: Message) -> bool:
        """Send a message to its room's group, as who said it; say False when there is no group."""

    async def mute_member(self, tenant: Tenant, room: RoomId, user: UserId, lasts: timedelta) -> bool:
        """Let a user write nothing in the group for so long, and again with 0; say False when there is no group."""

    async def ban_member(self, tenant: Tenant, room: RoomId, user: UserId, lasts: timedelta) -> bool:
        """Keep a user out of the group for so long, or let them in again with 0; say False when there is no group."""


class RtcControl(Protocol):
    """The say over media rooms."""

    async def remove(self, tenant: Tenant, room: RoomId, user: UserId) -> None: ...
    async def set_permissions(self, tenant: Tenant, room: RoomId, user: UserId, publishes: Publishes) -> None:
        """Let a user who is there send what they may now; where that cannot be said, nothing happens."""

    async def silence(self, tenant: Tenant, room: RoomId, user: UserId) -> None:
        """Let a user who is there send nothing. Where that cannot be said, they are removed: they come back as
        audience.
        """

    async def close(self, tenant: Tenant, room: RoomId) -> None: ...


class ParticipantLists(Protocol):
    """Says who is in media rooms, where a provider can be asked at any time."""

    async def people(self, room: RoomId, users: Collection[UserId]) -> Sequence[MediaPerson]:
        """Return those of the users who are in the room now; nobody, where there is no such room. Raises
        ``VendorFailure``.
        """


class RemovedParticipants(Protocol):
    """Rows of users who were removed from media rooms, while they may come back. Raises ``DatabaseUnavailable``."""

    async def put(self, removed: Sequence[RemovedParticipant]) -> None: ...
    async def of_user(self, user: UserId, now: datetime) -> Sequence[RemovedParticipant]:
        """Return from which rooms a user was removed."""

    async def in_live_rooms(
        self, now: datetime, after: tuple[RoomId, UserId], limit: int
    ) -> Sequence[RemovedParticipant]:
        """Return those of rooms that are live now, in the order of rooms and users, behind that room and user."""

    async def purge(self, before: datetime, limit: int) -> int:
        """Drop rows whose time was over by then; return how many."""
