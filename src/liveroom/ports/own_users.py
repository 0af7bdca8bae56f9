"""The seam to which account each of an operator's own users has."""

from datetime import datetime
from typing import Protocol

from liveroom.domain.ids import TenantName, UserId


class OwnUserRows(Protocol):
    async def get(self, tenant: TenantName, tag: str, username: str) -> UserId | None: ...
    async def claim(self, tenant: TenantName, tag: str, username: str, user: UserId, at: datetime) -> UserId:
        """Give the name to the user unless it is somebody's; return whose it is now."""

    async def move(self, tenant: TenantName, tag: str, username: str, user: UserId) -> None:
        """Give a name that is somebody's to another user."""

    async def remove(self, user: UserId) -> None: ...
