"""The SQL seam to what operators configure: rows of each kind, and one version for all of it."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Generic, NamedTuple, Protocol, TypeVar

from liveroom.domain.ids import TenantName
from liveroom.domain.tenants.app_signatures import Rule
from liveroom.domain.tenants.server_keys import ServerKey


class KeptItem(Protocol):
    """Something of which there are few, so that all are read at once."""

    @property
    def id(self) -> str: ...
    @property
    def created(self) -> datetime: ...


class ConfiguredItem(KeptItem, Protocol):
    """Something that an operator has configured for a tenant: a webhook, a hook, a key, a login secret."""

    @property
    def tenant(self) -> TenantName: ...


T = TypeVar("T", bound=KeptItem)


class Stored(NamedTuple, Generic[T]):
    """An item as it is stored."""

    item: T
    """Without its secret."""
    sealed: str = ""
    """The secret; "" where the item has none."""


class ConfiguredRows(Protocol[T]):
    """The items of one kind: few, read whole, written by the operator."""

    async def get(self, id: str) -> Stored[T] | None: ...
    async def list(self) -> Sequence[Stored[T]]:
        """Return all items of all tenants, the oldest first."""

    async def lock(self, id: str) -> Stored[T] | None:
        """Return the item and keep others from changing it until the transaction ends."""

    async def put(self, stored: Stored[T]) -> None:
        """Add the item, or replace the one of that id."""

    async def remove(self, id: str) -> None: ...
    async def reseal(self, id: str, old: str, sealed: str) -> bool:
        """Write the secret sealed anew, unless it is another by now; say whether it was written."""


class ServerKeyRows(ConfiguredRows[ServerKey], Protocol):
    async def used(self, uses: Mapping[str, datetime]) -> None:
        """Note when keys were last used; an earlier time changes nothing."""


class AppRules(Protocol):
    """For which modules a tenant wants calls signed by an app key."""

    async def list(self) -> Mapping[TenantName, Rule]: ...
    async def put(self, tenant: TenantName, rule: Rule) -> None:
        """Write which modules' calls have to be signed; none drops the rule."""


class ConfigurationVersion(Protocol):
    """Counts changes of the operator configuration."""

    async def current(self) -> int: ...
    async def bump(self) -> None:
        """Make every process read the configuration again; within the transaction of the change."""
