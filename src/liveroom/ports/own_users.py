"""The seam to what an operator configured for its own users and programs: secrets, keys, rules, and who was seen."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from liveroom.domain.accounts.own_users import FixedSecret
from liveroom.domain.ids import TenantName, UserId
from liveroom.domain.tenants.app_signatures import AppKey, Rule


class OwnUserRows(Protocol):
    """Which account each of an operator's own users has."""

    async def get(self, tenant: TenantName, tag: str, username: str) -> UserId | None: ...
    async def claim(self, tenant: TenantName, tag: str, username: str, user: UserId, at: datetime) -> UserId:
        """Give the name to the user unless it is somebody's; return whose it is now."""

    async def move(self, tenant: TenantName, tag: str, username: str, user: UserId) -> None:
        """Give a name that is somebody's to another user."""

    async def remove(self, user: UserId) -> None: ...


class FixedSecretRows(Protocol):
    """Secrets with which operators sign their users in; as they are given (sealed)."""

    async def list(self) -> Sequence[FixedSecret]: ...
    async def add(self, secret: FixedSecret) -> None: ...
    async def remove(self, id: str) -> None: ...
    async def replace_secret(self, id: str, old: str, sealed: str) -> bool:
        """Write it sealed anew, unless it is another by now; say whether it was written."""


class AppKeys(Protocol):
    """Keys with which programs sign their calls (sealed), and for which modules a tenant requires that."""

    async def list(self) -> Sequence[AppKey]: ...
    async def add(self, key: AppKey) -> None: ...
    async def remove(self, id: str) -> None: ...
    async def replace_secret(self, id: str, old: str, sealed: str) -> bool:
        """Write a key's secret sealed anew, unless it is another by now; say whether it was written."""

    async def rules(self) -> Mapping[TenantName, Rule]: ...
    async def put_rule(self, tenant: TenantName, rule: Rule) -> None:
        """Write which modules' calls have to be signed; none drops the rule."""
