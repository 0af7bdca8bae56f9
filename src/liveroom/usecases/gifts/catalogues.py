"""The gift catalogues of all tenants, whole in memory: nobody who looks at gifts, or sends one, waits for SQL."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from liveroom.domain.gifts.builtin import Defaults, builtin_catalogue
from liveroom.domain.gifts.catalogue import Catalogue, CataloguedGift, OfferedGift, empty_catalogue
from liveroom.domain.gifts.model import GiftId
from liveroom.domain.ids import TenantName
from liveroom.ports import Database, StoredCatalogue, Tx


@dataclass(slots=True)
class GiftCatalogues:
    """All of them (``operator_configuration.Configured``)."""

    db: Database
    defaults: Defaults
    tries_out: bool
    """A tenant without gifts of its own has the built-in ones."""
    _read: Mapping[TenantName, Catalogue] = field(default_factory=dict)
    _built_in: dict[TenantName, Catalogue] = field(default_factory=dict)

    async def reload(self) -> None:
        """Read the catalogues that have changed."""
        numbers = await self.db.gift_catalogues.numbers()
        found = {}
        for tenant, number in numbers.items():
            known = self._read.get(tenant)
            found[tenant] = known if known is not None and known.number == number else await self._load(tenant)
        self._read = found

    def of(self, tenant: TenantName) -> Catalogue:
        """Return a tenant's catalogue as this process knows it."""
        found = self._read.get(tenant)
        return self.beginning(tenant) if found is None else found

    def beginning(self, tenant: TenantName) -> Catalogue:
        """Return the catalogue of a tenant that has never changed it."""
        if not self.tries_out:
            return empty_catalogue(tenant)
        known = self._built_in.get(tenant)
        if known is None:
            known = self._built_in[tenant] = builtin_catalogue(tenant, self.defaults)
        return known

    def price(self, tenant: TenantName, gift: GiftId, version: int | None, now: datetime) -> OfferedGift:
        """Return a gift with the version by which it is sent; ``version``: the one that the sender was shown, if any.

        A former version is taken for 60 s after the next one counts. Raises ``GiftNotOffered``; ``PriceChanged``, with
        the version and the price that count.
        """
        found = self.of(tenant).find(gift)
        return OfferedGift(found.gift, found.take(version, now))

    async def _load(self, tenant: TenantName) -> Catalogue:
        async def work(tx: Tx) -> Catalogue:
            numbers = await tx.gift_catalogues.numbers()
            return arranged(tenant, numbers.get(tenant, 0), await tx.gift_catalogues.load(tenant))

        return await self.db.transact(work)


def arranged(tenant: TenantName, number: int, stored: StoredCatalogue) -> Catalogue:
    """Return a catalogue from what is stored of it."""
    return Catalogue(
        tenant,
        number,
        {
            gift.id: CataloguedGift(gift, stored.versions[gift.id])
            for gift in stored.gifts
            if gift.id in stored.versions
        },
        {category.id: category for category in stored.categories},
    )
