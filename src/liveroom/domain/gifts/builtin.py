"""The gifts that there are at first where gifts are tried out, and that ``liveroom gifts seed`` adds.

Their icons are files of the live page (``web/public/gifts``), drawn by ``scripts/draw_gifts.py``.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final, NamedTuple

from liveroom.domain.gifts.catalogue import Catalogue, CataloguedGift
from liveroom.domain.gifts.model import Gift, GiftCategory, GiftId, GiftReceivers, GiftVersion, Shares, points_of
from liveroom.domain.gifts.texts import GiftTexts
from liveroom.domain.ids import TenantName

EVER: Final = datetime(2026, 1, 1, tzinfo=UTC)
"""Since when their first versions count."""
_MADE_BY: Final = "liveroom"


class Defaults(NamedTuple):
    """What a gift earns unless something else is said for it."""

    percent: int
    """Points for a hundred coins."""
    shares: Shares


class _BuiltIn(NamedTuple):
    id: str
    zh: str
    en: str
    price: int
    level: int
    category: str
    receivers: GiftReceivers = GiftReceivers.STAGE


_CATEGORIES: Final = (("small", "心意", "Small"), ("grand", "豪华", "Grand"))
GIFTS: Final = (
    _BuiltIn("rose", "玫瑰", "Rose", 1, 0, "small"),
    _BuiltIn("heart", "爱心", "Heart", 5, 0, "small"),
    _BuiltIn("coffee", "咖啡", "Coffee", 10, 0, "small"),
    _BuiltIn("lollipop", "棒棒糖", "Lollipop", 20, 0, "small"),
    _BuiltIn("balloon", "气球", "Balloon", 50, 1, "small"),
    _BuiltIn("star", "星星", "Star", 99, 1, "small"),
    _BuiltIn("cake", "蛋糕", "Cake", 199, 1, "small"),
    _BuiltIn("crown", "皇冠", "Crown", 520, 2, "grand"),
    _BuiltIn("diamond", "钻石", "Diamond", 999, 2, "grand"),
    _BuiltIn("fireworks", "烟花", "Fireworks", 1314, 3, "grand"),
    _BuiltIn("rocket", "火箭", "Rocket", 2999, 4, "grand", GiftReceivers.HOST),
    _BuiltIn("castle", "城堡", "Castle", 6666, 5, "grand", GiftReceivers.HOST),
)


def builtin_catalogue(tenant: TenantName, defaults: Defaults) -> Catalogue:
    """Return the built-in gifts as the whole catalogue of a tenant."""
    return Catalogue(
        tenant,
        0,
        {GiftId(one.id): _catalogued(tenant, place, one, defaults) for place, one in enumerate(GIFTS, 1)},
        {
            id: GiftCategory(tenant, id, GiftTexts(en), _in_both(zh, en), n)
            for n, (id, zh, en) in enumerate(_CATEGORIES)
        },
    )


def _catalogued(tenant: TenantName, place: int, one: _BuiltIn, defaults: Defaults) -> CataloguedGift:
    gift = Gift(
        tenant,
        GiftId(one.id),
        GiftTexts(one.en),
        EVER,
        EVER,
        _in_both(one.zh, one.en),
        category=one.category,
        position=place,
        receivers=one.receivers,
        icon=f"/gifts/{one.id}.webp",
    )
    points = points_of(one.price, defaults.percent)
    version = GiftVersion(1, one.price, points, defaults.shares, one.level, EVER, EVER, _MADE_BY)
    return CataloguedGift(gift, (version,))


def _in_both(zh: str, en: str) -> Mapping[str, GiftTexts]:
    return {"en": GiftTexts(en), "zh": GiftTexts(zh)}
