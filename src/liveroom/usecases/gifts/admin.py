"""What operators do with gifts: each change is a transaction, and known to every process within two seconds."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import NamedTuple, TypeVar

from liveroom.domain.errors import BadRequest, QuotaExceeded
from liveroom.domain.gifts.builtin import builtin_catalogue
from liveroom.domain.gifts.catalogue import Catalogue, CataloguedGift
from liveroom.domain.gifts.changes import GiftChange
from liveroom.domain.gifts.model import CATEGORIES_MAX, GIFTS_MAX, GiftCategory, GiftId, GiftState
from liveroom.domain.ids import TenantName
from liveroom.domain.moments import at, moment
from liveroom.ports import Clock, Tx
from liveroom.usecases.gifts.catalogues import GiftCatalogues, arranged

R = TypeVar("R")


class ChangedGift(NamedTuple):
    """A gift before and after a change."""

    before: CataloguedGift | None
    """None: it is new."""
    after: CataloguedGift
    at: datetime


@dataclass(frozen=True, slots=True)
class AdminGifts:
    """Lists and changes a tenant's gifts."""

    catalogues: GiftCatalogues
    clock: Clock

    async def catalogue(self, tenant: TenantName) -> Catalogue:
        """Return all gifts, as they are stored."""
        await self.catalogues.reload()
        return self.catalogues.of(tenant)

    async def put(self, tenant: TenantName, id: GiftId, change: GiftChange, by: str) -> ChangedGift:
        """Make a gift, or change it; another price or share makes its next version. ``by``: as the audit calls them.

        Raises ``BadRequest``, ``QuotaExceeded``; ``StaleVersion`` where another version than the named one is newest.
        """
        now, defaults = at(moment(self.clock.now())), self.catalogues.defaults

        async def work(tx: Tx, catalogue: Catalogue) -> ChangedGift:
            known = catalogue.gifts.get(id)
            if change.category and change.category not in catalogue.categories:
                raise BadRequest(f"category: there is no category {change.category}")
            if known is None and len(catalogue.gifts) >= GIFTS_MAX:
                raise QuotaExceeded(f"at most {GIFTS_MAX} gifts")
            if known is None:
                after = change.first(tenant, id, defaults, by, now)
            else:
                after = change.apply(known, defaults, by, now)
            await _write(tx, known, after)
            return ChangedGift(known, after, now)

        return await self._in_turn(tenant, work)

    async def retire(self, tenant: TenantName, id: GiftId, *, retired: bool) -> ChangedGift:
        """Offer a gift never again, or bring it back, hidden. Raises ``GiftNotOffered`` where there is none."""
        now = at(moment(self.clock.now()))

        async def work(tx: Tx, catalogue: Catalogue) -> ChangedGift:
            known = catalogue.find(id)
            if (known.gift.state is GiftState.RETIRED) is retired:
                return ChangedGift(known, known, now)
            state = GiftState.RETIRED if retired else GiftState.HIDDEN
            after = replace(known, gift=replace(known.gift, state=state, updated=now))
            await tx.gift_catalogues.put(after.gift)
            return ChangedGift(known, after, now)

        return await self._in_turn(tenant, work)

    async def order(self, tenant: TenantName, ids: Sequence[GiftId]) -> Sequence[GiftId]:
        """Put gifts in this order; those that are not named come behind them, in the order that they had.

        Returns all ids in their order. Raises ``GiftNotOffered`` for one that there is not.
        """

        async def work(tx: Tx, catalogue: Catalogue) -> Sequence[GiftId]:
            named = [catalogue.find(id).gift for id in ids]
            others = [one.gift for one in catalogue.gifts.values() if one.gift.id not in ids]
            ordered = [*named, *sorted(others, key=lambda gift: (gift.position, gift.id))]
            for place, gift in enumerate(ordered, 1):
                if gift.position != place:
                    await tx.gift_catalogues.put(replace(gift, position=place))
            return [gift.id for gift in ordered]

        return await self._in_turn(tenant, work)

    async def put_category(self, category: GiftCategory) -> GiftCategory | None:
        """Add a category, or replace the one of that id, which is returned. Raises ``QuotaExceeded``."""

        async def work(tx: Tx, catalogue: Catalogue) -> GiftCategory | None:
            known = catalogue.categories.get(category.id)
            if known is None and len(catalogue.categories) >= CATEGORIES_MAX:
                raise QuotaExceeded(f"at most {CATEGORIES_MAX} categories")
            await tx.gift_catalogues.put_category(category)
            return known

        return await self._in_turn(category.tenant, work)

    async def remove_category(self, tenant: TenantName, id: str) -> GiftCategory | None:
        """Take a category away and return it; its gifts are in none then. None where there was none."""

        async def work(tx: Tx, catalogue: Catalogue) -> GiftCategory | None:
            known = catalogue.categories.get(id)
            if known is not None:
                await tx.gift_catalogues.remove_category(tenant, id)
            return known

        return await self._in_turn(tenant, work)

    async def seed(self, tenant: TenantName) -> Sequence[GiftId]:
        """Add the built-in gifts that the tenant does not have; return which those are."""

        async def work(tx: Tx, catalogue: Catalogue) -> Sequence[GiftId]:
            return await self._seed(tx, tenant, catalogue)

        return await self._in_turn(tenant, work, begins=False)

    async def _in_turn(
        self, tenant: TenantName, work: Callable[[Tx, Catalogue], Awaitable[R]], *, begins: bool = True
    ) -> R:
        """Make a change: one at a time in all processes, because each begins with the version.

        ``begins``: what people were shown until the first change becomes the tenant's own.
        """

        async def bump_and_work(tx: Tx) -> R:
            await tx.configuration_version.bump()
            await tx.gift_catalogues.bump(tenant)
            catalogue = arranged(tenant, 0, await tx.gift_catalogues.load(tenant))
            beginning = self.catalogues.beginning(tenant)
            if begins and not catalogue.gifts and beginning.gifts:
                await self._seed(tx, tenant, catalogue)
                catalogue = replace(beginning, categories={**beginning.categories, **catalogue.categories})
            return await work(tx, catalogue)

        result = await self.catalogues.db.transact(bump_and_work)
        await self.catalogues.reload()
        return result

    async def _seed(self, tx: Tx, tenant: TenantName, catalogue: Catalogue) -> Sequence[GiftId]:
        built_in = builtin_catalogue(tenant, self.catalogues.defaults)
        missing = [one for id, one in built_in.gifts.items() if id not in catalogue.gifts]
        for category in built_in.categories.values():
            if category.id not in catalogue.categories:
                await tx.gift_catalogues.put_category(category)
        for one in missing:
            await _write(tx, None, one)
        return [one.gift.id for one in missing]


async def _write(tx: Tx, before: CataloguedGift | None, after: CataloguedGift) -> None:
    """Write a gift, and the version that it did not have before."""
    await tx.gift_catalogues.put(after.gift)
    if before is None or before.newest.number != after.newest.number:
        await tx.gift_catalogues.add_version(after.gift.tenant, after.gift.id, after.newest)
