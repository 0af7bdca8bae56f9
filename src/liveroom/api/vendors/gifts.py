"""What is read of gifts at Tencent's ``live_engine_http_srv``: the tenant's own catalogue, in Tencent's words.

Gifts are made and priced with ``admin/set_gift`` alone, and sent with ``gifts/send``: Tencent's ``send_gift`` has no
key, so that a repeated call would charge twice. What is not offered answers as a package without gifts does.
"""

from collections.abc import Mapping
from typing import Any, Final

from liveroom.api.vendors.calls import Said, VendorCaller, VendorCommand, VendorRefusal, text_in
from liveroom.domain.errors import BadRequest, RoomNotFound, UserNotFound
from liveroom.domain.gifts.catalogue import Catalogue, OfferedGift
from liveroom.domain.gifts.model import GiftCategory
from liveroom.domain.gifts.texts import GiftTexts, read_tag, texts_in
from liveroom.domain.ids import RoomId, UserId, made_at
from liveroom.ports import Clock
from liveroom.usecases.gifts.catalogues import GiftCatalogues
from liveroom.usecases.gifts.listing import SentGifts

SERVICE: Final = "live_engine_http_srv"
PARAMETER_WRONG: Final = 100002
ROOM_UNKNOWN: Final = 100004
GIFTS_TOO_OFTEN: Final = 100012
NO_GIFTS: Final = 102001
GIFT_UNKNOWN: Final = 102002
_A_SECOND: Final = 1
"""What Tencent takes of catalogue calls."""
_COUNTED_A_SECOND: Final = 200
_CHINESE: Final = {"zh": "zh-Hans"}
"""How Tencent names what we call otherwise."""
_NOT_OFFERED: Final = (
    *("add_gift", "edit_gift", "del_gift", "add_gift_category", "edit_gift_category", "del_gift_category"),
    *("add_gift_category_relations", "del_gift_category_relations", "set_gift_language", "del_gift_language"),
    *("set_gift_category_language", "del_gift_category_language", "send_gift"),
)


class VendorGifts:
    """Reads catalogues."""

    def __init__(self, catalogues: GiftCatalogues, sent: SentGifts, clock: Clock, *, offered: bool) -> None:
        """``offered``: gifts are on in this installation."""
        self._catalogues: Final = catalogues
        self._sent: Final = sent
        self._clock: Final = clock
        self._offered: Final = offered

    def commands(self) -> list[VendorCommand]:
        """Return Tencent's commands about gifts."""
        reads = {
            "get_gift_info_list": self._list,
            "get_gift": self._gift,
            "get_gift_category": self._category,
            "get_gift_category_relations": self._relations,
            "get_gift_language": self._gift_language,
            "get_gift_category_language": self._category_language,
        }
        refused = dict.fromkeys(_NOT_OFFERED, _refuse)
        return [
            *(VendorCommand(f"{SERVICE}/{name}", do, _A_SECOND, GIFTS_TOO_OFTEN) for name, do in reads.items()),
            VendorCommand(f"{SERVICE}/get_gift_count", self._count, _COUNTED_A_SECOND),
            *(VendorCommand(f"{SERVICE}/{name}", do, _COUNTED_A_SECOND) for name, do in refused.items()),
        ]

    async def _list(self, by: VendorCaller, _: Said) -> Said:
        catalogue, offered = self._now(by)
        gifts = [_written(one, by.origin) for one in offered]
        categories = [_category(one, offered) for one in catalogue.sorted_categories()]
        return _both({"TotalCount": len(gifts), "GiftList": gifts, "CategoryList": categories})

    async def _gift(self, by: VendorCaller, said: Said) -> Said:
        found = _written(self._find(by, said), by.origin)
        info = {
            "GiftId": found["GiftId"],
            "Coins": found["Coins"],
            "DefaultName": found["Name"],
            "DefaultDesc": found["Desc"],
            **{name: found[name] for name in ("IconUrl", "ResourceUrl", "Level", "ExtensionInfo", "CreateTime")},
        }
        return _both({"GiftInfo": info})

    async def _category(self, by: VendorCaller, said: Said) -> Said:
        category, _ = self._find_category(by, said)
        texts = {"DefaultName": category.texts.name, "DefaultDesc": category.texts.description}
        return _both({"CategoryInfo": {"CategoryId": category.id, **texts, "ExtensionInfo": ""}})

    async def _relations(self, by: VendorCaller, said: Said) -> Said:
        category, offered = self._find_category(by, said)
        return _both({"Relation": {"CategoryId": category.id, "GiftIdList": _ids_in(category, offered)}})

    async def _gift_language(self, by: VendorCaller, said: Said) -> Said:
        gift, tag = self._find(by, said).gift, _tag_in(said)
        texts = texts_in(tag, gift.texts, gift.languages)
        return _both({"GiftId": gift.id, "Language": said["Language"], "Name": texts.name, "Desc": texts.description})

    async def _category_language(self, by: VendorCaller, said: Said) -> Said:
        (category, _), tag = self._find_category(by, said), _tag_in(said)
        texts = texts_in(tag, category.texts, category.languages)
        named = {"CategoryName": texts.name, "CategoryDesc": texts.description}
        return _both({"CategoryId": category.id, "Language": said["Language"], **named})

    async def _count(self, by: VendorCaller, said: Said) -> Said:
        """Return what an account was sent in a room's last broadcast."""
        if not self._offered:
            raise VendorRefusal(NO_GIFTS, "gifts are not offered here")
        room, user = (text_in(said, name, PARAMETER_WRONG) for name in ("RoomId", "From_Account"))
        try:
            found = await self._sent.received_in_room(by.tenant.name, RoomId(room), UserId(user))
        except RoomNotFound:
            raise VendorRefusal(ROOM_UNKNOWN, "RoomId: it was never live") from None
        except UserNotFound:
            raise VendorRefusal(PARAMETER_WRONG, "From_Account: there is no such account") from None
        sums = {"TotalCount": found.gifts, "TotalCoins": found.coins, "GiftSenderCount": found.senders}
        return _both({"Sequence": made_at(found.last) or 0, **sums})

    def _now(self, by: VendorCaller) -> tuple[Catalogue, list[OfferedGift]]:
        if not self._offered:
            raise VendorRefusal(NO_GIFTS, "gifts are not offered here")
        catalogue = self._catalogues.of(by.tenant.name)
        return catalogue, list(catalogue.offered(catalogue.turn(self._clock.now())))

    def _find(self, by: VendorCaller, said: Said) -> OfferedGift:
        id = text_in(said, "GiftId", PARAMETER_WRONG)
        for one in self._now(by)[1]:
            if one.gift.id == id:
                return one
        raise VendorRefusal(GIFT_UNKNOWN, "there is no such gift")

    def _find_category(self, by: VendorCaller, said: Said) -> tuple[GiftCategory, list[OfferedGift]]:
        id = text_in(said, "CategoryId", PARAMETER_WRONG)
        catalogue, offered = self._now(by)
        found = catalogue.categories.get(id)
        if found is None:
            raise VendorRefusal(PARAMETER_WRONG, "CategoryId: there is no such category")
        return found, offered


async def _refuse(_: VendorCaller, __: Said) -> Said:
    raise VendorRefusal(NO_GIFTS, "not offered here: see docs/gifts.md")


def _tag_in(said: Said) -> str:
    try:
        return read_tag(text_in(said, "Language", PARAMETER_WRONG))
    except BadRequest as wrong:
        raise VendorRefusal(PARAMETER_WRONG, wrong.detail) from None


def _both(reply: Said) -> Said:
    """Return an answer for those who read Tencent's pages, and for those who read as its manager does."""
    return {**reply, "Response": reply}


def _written(one: OfferedGift, origin: str) -> dict[str, Any]:
    gift, version = one
    return {
        "GiftId": gift.id,
        "Name": gift.texts.name,
        "Desc": gift.texts.description,
        "IconUrl": _absolute(gift.icon, origin),
        "ResourceUrl": _absolute(gift.animation.url, origin) if gift.animation else "",
        "Coins": version.price,
        "Level": version.level,
        "ExtensionInfo": gift.extension,
        "CreateTime": int(gift.created.timestamp()),
        "LanguageList": _languages(gift.languages, "Name", "Desc"),
    }


def _category(category: GiftCategory, offered: list[OfferedGift]) -> dict[str, Any]:
    return {
        "CategoryId": category.id,
        "CategoryName": category.texts.name,
        "CategoryDesc": category.texts.description,
        "GiftIdList": _ids_in(category, offered),
        "LanguageList": _languages(category.languages, "CategoryName", "CategoryDesc"),
    }


def _ids_in(category: GiftCategory, offered: list[OfferedGift]) -> list[str]:
    return [one.gift.id for one in offered if one.gift.category == category.id]


def _languages(languages: Mapping[str, GiftTexts], name: str, desc: str) -> list[dict[str, str]]:
    return [
        {"Language": _CHINESE.get(tag, tag), name: texts.name, desc: texts.description}
        for tag, texts in languages.items()
    ]


def _absolute(url: str, origin: str) -> str:
    return f"{origin}{url}" if url.startswith("/") else url
