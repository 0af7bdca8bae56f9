"""The SQL seam of gift catalogues."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple, Protocol

from liveroom.domain.gifts.model import Gift, GiftCategory, GiftId, GiftVersion
from liveroom.domain.ids import TenantName


class StoredCatalogue(NamedTuple):
    """What is stored of a tenant's catalogue."""

    gifts: Sequence[Gift]
    versions: Mapping[GiftId, Sequence[GiftVersion]]
    """In the order in which they were made."""
    categories: Sequence[GiftCategory]


class GiftCatalogueRows(Protocol):
    """Catalogues. What changes one begins with ``bump`` (and with ``configuration_version``, for all processes)."""

    async def numbers(self) -> Mapping[TenantName, int]:
        """Return how often each tenant's catalogue was changed; tenants whose never was are not in it."""

    async def bump(self, tenant: TenantName) -> None:
        """Count a change, and keep others from changing the catalogue until the transaction ends."""

    async def load(self, tenant: TenantName) -> StoredCatalogue: ...
    async def put(self, gift: Gift) -> None:
        """Add a gift, or replace the one of that id."""

    async def add_version(self, tenant: TenantName, gift: GiftId, version: GiftVersion) -> None: ...
    async def put_category(self, category: GiftCategory) -> None:
        """Add a category, or replace the one of that id."""

    async def remove_category(self, tenant: TenantName, id: str) -> None:
        """Take a category away; its gifts are in none then."""
