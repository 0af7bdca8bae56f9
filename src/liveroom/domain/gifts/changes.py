"""What an operator changes of a gift: what is not said stays as it is, and another price makes another version."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import NamedTuple

from liveroom.domain.errors import BadRequest, QuotaExceeded, StaleVersion
from liveroom.domain.gifts.builtin import Defaults
from liveroom.domain.gifts.catalogue import CataloguedGift
from liveroom.domain.gifts.model import (
    LEAD,
    VERSIONS_MAX,
    Animation,
    Gift,
    GiftId,
    GiftReceivers,
    GiftState,
    GiftVersion,
    Shares,
    check_times,
    points_of,
)
from liveroom.domain.gifts.texts import GiftTexts, read_texts
from liveroom.domain.ids import TenantName


class Unchanged:
    """Stands for a value that is not said, where None is one."""


UNCHANGED = Unchanged()


class Terms(NamedTuple):
    """What is to make a version. None: as it is, or as the settings have it."""

    price: int | None = None
    points: int | None = None
    shares: Shares | None = None
    level: int | None = None
    begins: datetime | None = None
    """From when it counts; None: as soon as every process knows it."""
    seen: int | None = None
    """The newest version that the operator has seen: if there is another, theirs is not made."""


@dataclass(frozen=True, slots=True)
class GiftChange:
    """What is to be another. None: as it is."""

    terms: Terms
    name: str | None = None
    description: str | None = None
    languages: Mapping[str, GiftTexts] | None = None
    category: str | None = None
    position: int | None = None
    hidden: bool | None = None
    receivers: GiftReceivers | None = None
    icon: str | None = None
    animation: Animation | Unchanged | None = UNCHANGED
    extension: str | None = None
    since: datetime | Unchanged | None = UNCHANGED
    until: datetime | Unchanged | None = UNCHANGED

    def first(self, tenant: TenantName, id: GiftId, defaults: Defaults, by: str, now: datetime) -> CataloguedGift:
        """Return the gift that it makes. Raises ``BadRequest``."""
        if self.name is None:
            raise BadRequest("name: a gift that is new needs one")
        if self.terms.price is None:
            raise BadRequest("price: a gift that is new needs one")
        gift = self._applied(Gift(tenant, id, GiftTexts(""), now, now, {}), now)
        return CataloguedGift(gift, (_version(None, self.terms, defaults, by, now),))

    def apply(self, known: CataloguedGift, defaults: Defaults, by: str, now: datetime) -> CataloguedGift:
        """Return the gift with the changes, and with one more version if they make one.

        Raises ``BadRequest``, ``StaleVersion``; ``QuotaExceeded`` for a gift that has had too many.
        """
        newest = known.newest
        if known.gift.state is GiftState.RETIRED:
            raise BadRequest("gift: it is retired; admin/retire_gift with retired=false brings it back first")
        if self.terms.seen not in (None, newest.number):
            raise StaleVersion({"version": newest.number, "price": newest.price})
        next_one = _version(newest, self.terms, defaults, by, now)
        versions = known.versions if _says_the_same(newest, next_one, self.terms) else (*known.versions, next_one)
        if len(versions) > VERSIONS_MAX:
            raise QuotaExceeded(f"at most {VERSIONS_MAX} versions of a gift")
        return CataloguedGift(self._applied(known.gift, now), versions)

    def _applied(self, gift: Gift, now: datetime) -> Gift:
        since = gift.since if isinstance(self.since, Unchanged) else self.since
        until = gift.until if isinstance(self.until, Unchanged) else self.until
        check_times(since, until)
        return replace(
            gift,
            texts=read_texts(
                gift.texts.name if self.name is None else self.name,
                gift.texts.description if self.description is None else self.description,
            ),
            languages=gift.languages if self.languages is None else self.languages,
            category=gift.category if self.category is None else self.category,
            position=gift.position if self.position is None else self.position,
            state=_state(gift.state, self.hidden),
            receivers=gift.receivers if self.receivers is None else self.receivers,
            icon=gift.icon if self.icon is None else self.icon,
            animation=gift.animation if isinstance(self.animation, Unchanged) else self.animation,
            extension=gift.extension if self.extension is None else self.extension,
            since=since,
            until=until,
            updated=now,
        )


def _state(former: GiftState, hidden: bool | None) -> GiftState:
    if hidden is None:
        return former
    return GiftState.HIDDEN if hidden else GiftState.OFFERED


def _version(newest: GiftVersion | None, terms: Terms, defaults: Defaults, by: str, now: datetime) -> GiftVersion:
    """Return the version after the newest, or the first. Raises ``BadRequest`` for one that counts from the past on."""
    if terms.begins is not None and terms.begins < now:
        raise BadRequest("fromUtc: is over; no version counts for what was sent")
    price = terms.price if terms.price is not None else newest.price if newest else 0
    points = terms.points
    if points is None:
        points = newest.points if newest and newest.price == price else points_of(price, defaults.percent)
    shares = terms.shares or (newest.shares if newest else defaults.shares)
    level = terms.level if terms.level is not None else newest.level if newest else 0
    # Nobody has seen the price of a gift that is new.
    begins = terms.begins or now if newest is None else max(terms.begins or now, now + LEAD)
    return GiftVersion(newest.number + 1 if newest else 1, price, points, shares, level, begins, now, by)


def _says_the_same(newest: GiftVersion, version: GiftVersion, terms: Terms) -> bool:
    is_same = newest[1:5] == version[1:5]
    return is_same and (terms.begins is None or version.begins == newest.begins)
