"""The catalogue of a tenant as a process has it in memory: what can be sent at a moment, and at what price.

It changes when an operator changes it, and by itself when a version begins to count, or a gift's time begins or ends.
Between two such moments it says the same, under the same revision: apps keep what they have until that is another.
"""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Final, NamedTuple

from liveroom.domain.gifts.failures import GiftNotOffered, PriceChanged
from liveroom.domain.gifts.model import Gift, GiftCategory, GiftId, GiftVersion
from liveroom.domain.ids import TenantName

STILL_TAKEN: Final = timedelta(seconds=60)
"""How long a former version is taken, from whoever was shown its price, after the next one counts."""
_BEFORE: Final = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class CataloguedGift:
    """A gift with its versions, in the order in which they were made."""

    gift: Gift
    versions: Sequence[GiftVersion]

    def counting(self, at: datetime) -> GiftVersion | None:
        """Return the version that counts: the last made of those that have begun; None before the first."""
        return next((one for one in reversed(self.versions) if one.begins <= at), None)

    @property
    def newest(self) -> GiftVersion:
        """Return the version that was made last, whether it counts already or not."""
        return self.versions[-1]

    def take(self, said: int | None, now: datetime) -> GiftVersion:
        """Return the version by which a gift is sent; ``said``: the one that the sender was shown, None for none.

        Raises ``GiftNotOffered``; ``PriceChanged``, with the version and the price that count.
        """
        current = self.counting(now)
        if current is None or not self.gift.is_offered(now):
            raise GiftNotOffered
        if said is None or said == current.number:
            return current
        since = now - STILL_TAKEN
        moments = (since, *(one.begins for one in self.versions if since < one.begins <= now))
        for former in map(self.counting, moments):
            if former is not None and former.number == said:
                return former
        raise PriceChanged({"version": current.number, "price": current.price})


class OfferedGift(NamedTuple):
    """A gift that can be sent, with the version that counts."""

    gift: Gift
    version: GiftVersion


@dataclass(frozen=True, eq=False)
class Catalogue:
    """All gifts of a tenant."""

    tenant: TenantName
    number: int
    """Counts the operator's changes."""
    gifts: Mapping[GiftId, CataloguedGift]
    categories: Mapping[str, GiftCategory]

    def find(self, id: GiftId) -> CataloguedGift:
        """Return a gift. Raises ``GiftNotOffered``."""
        found = self.gifts.get(id)
        if found is None:
            raise GiftNotOffered
        return found

    def turn(self, now: datetime) -> int:
        """Return how often it has changed by itself: at equal turns it says the same."""
        return bisect_right(self._turns, now)

    def revision(self, turn: int) -> str:
        """Return a name of what the catalogue says, the same in every process."""
        return f"{self.number}.{turn}"

    def nearest(self, tag: str) -> str:
        """Return the language of a gift or category that is nearest to the one asked for; "" for none."""
        while tag and tag not in self._languages:
            tag = tag.rpartition("-")[0]
        return tag

    def offered(self, turn: int) -> Sequence[OfferedGift]:
        """Return what can be sent, in the order in which apps show it."""
        now = self._turns[turn - 1] if turn else _BEFORE
        found = [
            OfferedGift(one.gift, version)
            for one in self.gifts.values()
            if one.gift.is_offered(now) and (version := one.counting(now)) is not None
        ]
        return sorted(found, key=lambda one: self.place(one.gift))

    def place(self, gift: Gift) -> tuple[bool, int, str, int, str]:
        """Return where a gift is: by its category, then by its position; those of no category are last."""
        category = self.categories.get(gift.category)
        return category is None, category.position if category else 0, gift.category, gift.position, gift.id

    def sorted_categories(self) -> Sequence[GiftCategory]:
        """Return the categories in their order."""
        return sorted(self.categories.values(), key=lambda one: (one.position, one.id))

    @cached_property
    def _languages(self) -> frozenset[str]:
        named = [one.gift.languages for one in self.gifts.values()]
        return frozenset[str]().union(*named, *(one.languages for one in self.categories.values()))

    @cached_property
    def _turns(self) -> Sequence[datetime]:
        """When it says something else by itself."""
        found = {version.begins for one in self.gifts.values() for version in one.versions}
        found |= {one.gift.since for one in self.gifts.values() if one.gift.since is not None}
        found |= {one.gift.until for one in self.gifts.values() if one.gift.until is not None}
        return sorted(found)


def empty_catalogue(tenant: TenantName) -> Catalogue:
    """Return the catalogue of a tenant that has no gifts."""
    return Catalogue(tenant, 0, {}, {})
