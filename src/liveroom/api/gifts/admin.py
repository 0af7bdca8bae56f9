"""``admin/*`` about gifts: what is offered, at what price, and in which order."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Final, TypeVar

import msgspec

from liveroom.api.codes import Code
from liveroom.api.declare import Data, Who, method
from liveroom.api.envelopes import Page
from liveroom.api.gifts.admin_shapes import (
    AdminGift,
    AdminGiftCategory,
    facts_of,
    write_category,
    write_gift,
)
from liveroom.api.parameters import JsonObject, Many, Nothing, Request, Text, Whole, read_time
from liveroom.domain.errors import BadRequest
from liveroom.domain.gifts.changes import UNCHANGED, GiftChange, Terms, Unchanged
from liveroom.domain.gifts.model import (
    EXTENSION_MAX,
    GIFT_ID_MAX,
    GIFTS_MAX,
    LEVEL_MAX,
    POSITION_MAX,
    PRICE_MAX,
    URL_MAX,
    VERSIONS_MAX,
    Animation,
    AnimationKind,
    GiftCategory,
    GiftId,
    GiftReceivers,
    Shares,
    read_id,
    read_shares,
    read_url,
)
from liveroom.domain.gifts.texts import DESCRIPTION_MAX, NAME_MAX, GiftTexts, read_languages, read_texts
from liveroom.domain.operators.caller import Operator
from liveroom.usecases.gifts.admin import AdminGifts, ChangedGift

T = TypeVar("T")

_LANGUAGES_MAX: Final = 32 * 1024
_Id = Annotated[str, Text(GIFT_ID_MAX)]
_Name = Annotated[str, Text(NAME_MAX, name=True)]
_Url = Annotated[str, Text(URL_MAX, keep=True)]
_Time = Annotated[str, Text(19, keep=True)]
_Share = Annotated[int, Whole(0, 1000)]
_Position = Annotated[int, Whole(0, POSITION_MAX)]
_Languages = Annotated[bytes, JsonObject(_LANGUAGES_MAX)]


@method(
    "base/v1/admin/list_gifts",
    bad_request=Code.RoomQueryParams,
    who=Who.KEY,
    permission="gifts.view",
    needs="gifts",
    reply=list[AdminGift],
    data=Data.LIST,
)
async def list_gifts(_: Nothing, operator: Operator, gifts: AdminGifts) -> Page:
    """List all gifts, hidden and retired ones too, in the order in which apps show them."""
    catalogue = await gifts.catalogue(operator.tenant.name)
    ordered = sorted(catalogue.gifts.values(), key=lambda one: catalogue.place(one.gift))
    return Page.of([write_gift(one, operator.now) for one in ordered])


class SetGift(Request):
    """A new gift needs ``name`` and ``price``; of one that there is, what is not given stays as it is.

    ``giftId``: small letters, digits, ``-`` and ``_``. ``languages``: an object, such as
    ``{"zh": {"name": "玫瑰", "description": "…"}}``, at most 30. ``categoryId``, ``iconUrl``, ``animationUrl``,
    ``sinceUtc`` and ``untilUtc``: "" for none. ``animationKind``: ``svga``, ``mp4``, ``vap``, ``lottie`` or ``webp``.
    ``receivers``: ``host`` or ``stage``. ``extension``: an object for your apps. Price in coins; points that one earns
    altogether; shares per mille, all three or none. ``fromUtc``: when another price, points, shares or level count.
    ``version``: the newest that you have seen.
    """

    gift_id: _Id
    name: _Name | None = None
    description: Annotated[str, Text(DESCRIPTION_MAX, keep=True, name=True)] | None = None
    languages: _Languages | None = None
    category_id: Annotated[str, Text(GIFT_ID_MAX, keep=True)] | None = None
    position: _Position | None = None
    hidden: bool | None = None
    receivers: Annotated[str, Text(16)] | None = None
    icon_url: _Url | None = None
    animation_url: _Url | None = None
    animation_kind: Annotated[str, Text(16)] | None = None
    extension: Annotated[bytes, JsonObject(EXTENSION_MAX)] | None = None
    since_utc: _Time | None = None
    until_utc: _Time | None = None
    price: Annotated[int, Whole(1, PRICE_MAX)] | None = None
    points: Annotated[int, Whole(0, PRICE_MAX)] | None = None
    host_share: _Share | None = None
    agency_share: _Share | None = None
    platform_share: _Share | None = None
    level: Annotated[int, Whole(0, LEVEL_MAX)] | None = None
    from_utc: datetime | None = None
    version: Annotated[int, Whole(1, VERSIONS_MAX)] | None = None


@method(
    "base/v1/admin/set_gift",
    bad_request=Code.RoomCreateParams,
    who=Who.KEY,
    permission="gifts.manage",
    needs="gifts",
    reply=AdminGift,
    codes=(Code.QuotaExceeded, Code.StaleVersion),
)
async def set_gift(call: SetGift, operator: Operator, gifts: AdminGifts) -> AdminGift:
    """Make a gift, or change it; at most 500 (3005). Another price, points, shares or level make its next version.

    That counts from ``fromUtc`` on, at the earliest in 5 seconds; of versions that have begun the last made counts, and
    a former price is taken for 60 seconds more. Old versions stay. ``version`` is not the newest: 3009.
    """
    change = _read_change(call)
    id = GiftId(read_id(call.gift_id, "giftId"))
    return _shown(await gifts.put(operator.tenant.name, id, change, operator.actor), operator)


class RetireGift(Request):
    """``retired``: false brings the gift back, hidden."""

    gift_id: _Id
    retired: bool = True


@method(
    "base/v1/admin/retire_gift",
    bad_request=Code.RoomQueryParams,
    who=Who.KEY,
    permission="gifts.manage",
    needs="gifts",
    reply=AdminGift,
    codes=(Code.GiftNotOffered,),
)
async def retire_gift(call: RetireGift, operator: Operator, gifts: AdminGifts) -> AdminGift:
    """Offer a gift never again: it stays for what was sent of it. No such gift: 3052."""
    return _shown(await gifts.retire(operator.tenant.name, GiftId(call.gift_id), retired=call.retired), operator)


class OrderGifts(Request):
    """``giftIds``: a JSON array, a repeated key, or one text with commas."""

    gift_ids: Annotated[tuple[str, ...], Many(GIFTS_MAX, ",")]


@method(
    "base/v1/admin/order_gifts",
    bad_request=Code.RoomQueryParams,
    who=Who.KEY,
    permission="gifts.manage",
    needs="gifts",
    codes=(Code.GiftNotOffered,),
)
async def order_gifts(call: OrderGifts, operator: Operator, gifts: AdminGifts) -> None:
    """Put gifts in this order within their categories; those that are not named come behind them."""
    ordered = await gifts.order(operator.tenant.name, [GiftId(one) for one in call.gift_ids])
    operator.change.note({}, {"order": list(ordered)})


@method(
    "base/v1/admin/list_gift_categories",
    bad_request=Code.RoomQueryParams,
    who=Who.KEY,
    permission="gifts.view",
    needs="gifts",
    reply=list[AdminGiftCategory],
    data=Data.LIST,
)
async def list_gift_categories(_: Nothing, operator: Operator, gifts: AdminGifts) -> Page:
    """List the categories of gifts, in their order."""
    catalogue = await gifts.catalogue(operator.tenant.name)
    return Page.of([write_category(one) for one in catalogue.sorted_categories()])


class OneCategory(Request):
    """The category."""

    category_id: _Id


class SetGiftCategory(OneCategory):
    """``categoryId``: small letters, digits, ``-`` and ``_``. ``languages``: names by BCP 47 tag, such as
    ``{"zh": "豪华"}``. ``position``: the lowest is first.
    """

    name: _Name
    languages: _Languages | None = None
    position: _Position = 0


@method(
    "base/v1/admin/set_gift_category",
    bad_request=Code.RoomCreateParams,
    who=Who.KEY,
    permission="gifts.manage",
    needs="gifts",
    reply=AdminGiftCategory,
    codes=(Code.QuotaExceeded,),
)
async def set_gift_category(call: SetGiftCategory, operator: Operator, gifts: AdminGifts) -> AdminGiftCategory:
    """Add a category of gifts, or replace the one of that id; at most 30 (3005)."""
    named = {} if call.languages is None else _decoded(call.languages, dict[str, str])
    category = GiftCategory(
        operator.tenant.name,
        read_id(call.category_id, "categoryId"),
        read_texts(call.name),
        read_languages({tag: GiftTexts(name) for tag, name in named.items()}),
        call.position,
    )
    former = await gifts.put_category(category)
    operator.change.note(_category_facts(former), _category_facts(category))
    return write_category(category)


@method(
    "base/v1/admin/delete_gift_category",
    bad_request=Code.RoomQueryParams,
    who=Who.KEY,
    permission="gifts.manage",
    needs="gifts",
)
async def delete_gift_category(call: OneCategory, operator: Operator, gifts: AdminGifts) -> None:
    """Delete a category; its gifts stay, in none. There is none of that id: 0."""
    former = await gifts.remove_category(operator.tenant.name, call.category_id)
    operator.change.note(_category_facts(former), {})


class _Texts(msgspec.Struct):
    name: str
    description: str = ""


def _read_change(call: SetGift) -> GiftChange:
    languages = None
    if call.languages is not None:
        said = _decoded(call.languages, dict[str, _Texts])
        languages = read_languages({tag: GiftTexts(one.name, one.description) for tag, one in said.items()})
    return GiftChange(
        Terms(call.price, call.points, _read_shares(call), call.level, call.from_utc, call.version),
        name=call.name,
        description=call.description,
        languages=languages,
        category=call.category_id,
        position=call.position,
        hidden=call.hidden,
        receivers=_read_receivers(call.receivers),
        icon=None if call.icon_url is None else read_url(call.icon_url, "iconUrl"),
        animation=_read_animation(call),
        extension=None if call.extension is None else "" if call.extension == b"{}" else call.extension.decode(),
        since=_read_time(call.since_utc, "sinceUtc"),
        until=_read_time(call.until_utc, "untilUtc"),
    )


def _read_shares(call: SetGift) -> Shares | None:
    said = [one for one in (call.host_share, call.agency_share, call.platform_share) if one is not None]
    return read_shares(said) if said else None


def _read_receivers(text: str | None) -> GiftReceivers | None:
    if text is None or text in GiftReceivers.__members__.values():
        return None if text is None else GiftReceivers(text)
    raise BadRequest(f"receivers: must be {' or '.join(GiftReceivers)}")


def _read_animation(call: SetGift) -> Animation | Unchanged | None:
    if call.animation_url is None and call.animation_kind is None:
        return UNCHANGED
    if call.animation_url == "":
        return None
    kind = call.animation_kind or ""
    if call.animation_url is None or kind not in AnimationKind.__members__.values():
        raise BadRequest(f"animationKind: with animationUrl, one of {', '.join(AnimationKind)}")
    return Animation(read_url(call.animation_url, "animationUrl"), AnimationKind(kind))


def _read_time(text: str | None, name: str) -> datetime | Unchanged | None:
    if not text:
        return UNCHANGED if text is None else None
    try:
        return read_time(text)
    except BadRequest as wrong:
        raise BadRequest(f"{name}: {wrong}") from None


def _decoded(text: bytes, kind: type[T]) -> T:
    try:
        return msgspec.json.decode(text, type=kind)
    except msgspec.ValidationError:
        raise BadRequest("languages: an object of names by language") from None


def _shown(changed: ChangedGift, operator: Operator) -> AdminGift:
    operator.change.note({} if changed.before is None else facts_of(changed.before), facts_of(changed.after))
    return write_gift(changed.after, changed.at)


def _category_facts(category: GiftCategory | None) -> Mapping[str, str | int | list[str]]:
    if category is None:
        return {}
    names = sorted(f"{tag}: {texts.name}" for tag, texts in category.languages.items())
    return {"name": category.texts.name, "languages": names, "position": category.position}
