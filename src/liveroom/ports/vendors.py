"""The seams to vendors: groups and accounts where messages go, and the say over media rooms.

Every call may be made again: what is so already is no failure. All raise ``VendorFailure`` (``domain.vendors``) and
nothing else, within their own time limit. No request of anybody's waits for them.
"""

from collections.abc import Callable
from typing import Protocol

from liveroom.domain.ids import RoomId, UserId
from liveroom.domain.tenants import Tenant
from liveroom.domain.users import Profile
from liveroom.domain.vendors import Vendor

VendorsOf = Callable[[Tenant], frozenset[Vendor]]
"""At whose place something has to be done for a tenant, as settings and tenant say."""


class Messages(Protocol):
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


class RtcControl(Protocol):
    """The say over media rooms."""

    async def remove(self, tenant: Tenant, room: RoomId, user: UserId) -> None: ...
    async def close(self, tenant: Tenant, room: RoomId) -> None: ...
