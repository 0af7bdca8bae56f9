"""Gifts as operators read them."""

from datetime import datetime
from typing import Any, Final

from liveroom.api.gifts.shapes import AnimationName, ReceiversName, StateName, read_extension
from liveroom.api.shapes import Shape
from liveroom.domain.gifts.catalogue import CataloguedGift
from liveroom.domain.gifts.model import GiftCategory, GiftVersion
from liveroom.domain.payloads import time_or_empty, wire_time

VERSIONS_SHOWN: Final = 20


class LanguageTexts(Shape):
    """What people of one language read."""

    name: str
    description: str


class PriceVersion(Shape):
    """What a gift costs and earns from some time on."""

    version: int
    price: int
    """Coins."""
    points: int
    """What one of it earns altogether."""
    host_share: int
    """Of the points, per mille."""
    agency_share: int
    platform_share: int
    level: int
    from_utc: str
    made_utc: str
    made_by: str
    counts: bool
    """It is the one that counts now."""


class AdminGift(Shape):
    """A gift with its versions."""

    gift_id: str
    name: str
    description: str
    languages: dict[str, LanguageTexts]
    """By BCP 47 tag."""
    category_id: str
    position: int
    state: StateName
    """``hidden``: not offered for now; ``retired``: never again."""
    offered: bool
    """It can be sent now."""
    receivers: ReceiversName
    icon_url: str
    animation_url: str
    animation_kind: AnimationName
    extension: dict[str, Any]
    since_utc: str
    """From when it can be sent; empty: since ever."""
    until_utc: str
    create_utc: str
    update_utc: str
    versions: list[PriceVersion]
    """The newest first, at most 20."""


class AdminGiftCategory(Shape):
    """A category of gifts."""

    category_id: str
    name: str
    languages: dict[str, str]
    """Names by BCP 47 tag."""
    position: int


def write_gift(one: CataloguedGift, now: datetime) -> AdminGift:
    """Return a gift as operators read it."""
    gift, counting = one.gift, one.counting(now)
    return AdminGift(
        gift_id=gift.id,
        name=gift.texts.name,
        description=gift.texts.description,
        languages={tag: LanguageTexts(name=name, description=more) for tag, (name, more) in gift.languages.items()},
        category_id=gift.category,
        position=gift.position,
        state=gift.state.value,
        offered=counting is not None and gift.is_offered(now),
        receivers=gift.receivers.value,
        icon_url=gift.icon,
        animation_url=gift.animation.url if gift.animation else "",
        animation_kind=gift.animation.kind.value if gift.animation else "",
        extension=read_extension(gift.extension),
        since_utc=time_or_empty(gift.since),
        until_utc=time_or_empty(gift.until),
        create_utc=wire_time(gift.created),
        update_utc=wire_time(gift.updated),
        versions=[_version(version, counting) for version in reversed(one.versions[-VERSIONS_SHOWN:])],
    )


def write_category(category: GiftCategory) -> AdminGiftCategory:
    """Return a category as operators read it."""
    return AdminGiftCategory(
        category_id=category.id,
        name=category.texts.name,
        languages={tag: texts.name for tag, texts in category.languages.items()},
        position=category.position,
    )


def facts_of(one: CataloguedGift) -> dict[str, Any]:
    """Return what the audit compares of a gift."""
    gift, newest = one.gift, one.newest
    return {
        "name": gift.texts.name,
        "description": gift.texts.description,
        "languages": sorted(f"{tag}: {' / '.join(texts)}" for tag, texts in gift.languages.items()),
        "category": gift.category,
        "position": gift.position,
        "state": gift.state.value,
        "receivers": gift.receivers.value,
        "icon": gift.icon,
        "animation": gift.animation.url if gift.animation else "",
        "extension": gift.extension,
        "since": time_or_empty(gift.since),
        "until": time_or_empty(gift.until),
        "version": newest.number,
        "price": newest.price,
        "points": newest.points,
        "shares": "/".join(map(str, newest.shares)),
        "level": newest.level,
        "from": wire_time(newest.begins),
    }


def _version(version: GiftVersion, counting: GiftVersion | None) -> PriceVersion:
    return PriceVersion(
        version=version.number,
        price=version.price,
        points=version.points,
        host_share=version.shares.host,
        agency_share=version.shares.agency,
        platform_share=version.shares.platform,
        level=version.level,
        from_utc=wire_time(version.begins),
        made_utc=wire_time(version.made),
        made_by=version.made_by,
        counts=version == counting,
    )
