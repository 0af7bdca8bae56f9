"""``gifts/*``: what users can send."""

from functools import lru_cache
from typing import Annotated, Any

import msgspec

from liveroom.api.codes import Code
from liveroom.api.declare import method
from liveroom.api.gifts.shapes import AnimationName, ReceiversName, read_extension
from liveroom.api.parameters import Id, Request, Text
from liveroom.api.shapes import Shape
from liveroom.domain.accounts.sessions import Actor
from liveroom.domain.gifts.catalogue import Catalogue, OfferedGift
from liveroom.domain.gifts.model import GiftCategory
from liveroom.domain.gifts.texts import TAG_MAX, read_tag, texts_in
from liveroom.domain.ids import RoomId
from liveroom.domain.payloads import time_or_empty
from liveroom.usecases.envelopes.sending import EnvelopeSenders
from liveroom.usecases.gifts.showing import GiftTray

_Senders = Annotated[str, msgspec.Meta(extra_json_schema={"enum": list(EnvelopeSenders)})]


class ShownGift(Shape):
    """A gift that can be sent."""

    gift_id: str
    version: int
    """Of its price: send it with the gift."""
    price: int
    """Coins."""
    level: int
    """How dear it is, 0 to 9; from 3 on its event is never gathered with others."""
    name: str
    description: str
    category_id: str
    """Empty: none."""
    icon_url: str
    """Empty: none. An address that begins with ``/`` is of this service."""
    animation_url: str
    """Empty: none."""
    animation_kind: AnimationName
    """How it is played; empty without one."""
    receivers: ReceiversName
    """``host``: only the room's owner may receive it; ``stage``: whoever has a seat or is an anchor too."""
    until_utc: str
    """Until when it can be sent; empty: for ever."""
    extension: dict[str, Any]
    """What the operator has added for their apps."""


class ShownCategory(Shape):
    """Gifts that are shown together."""

    category_id: str
    name: str


class ShownCatalogue(Shape):
    """What can be sent."""

    offered: bool
    """False: gifts are switched off in this room."""
    revision: str
    changed: bool
    """True: gifts and categories follow. False: none are listed, as they are what the caller has under ``revision``, or
    as none can be sent in this room."""
    gifts: list[ShownGift]
    """In the order in which they are shown."""
    categories: list[ShownCategory]
    """In their order; those without gifts too."""
    envelopes: _Senders
    """Who may send red envelopes: nobody (``off``), ``hosts``, or ``everyone`` in the room."""


class AskCatalog(Request):
    """``roomId``: where gifts are to be sent. ``language``: a BCP 47 tag, such as ``en`` or ``zh-Hant``; without it the
    tenant's. ``revision``: of the catalogue that the caller has.
    """

    room_id: Id = ""
    language: Annotated[str, Text(TAG_MAX)] = ""
    revision: Annotated[str, Text(64)] = ""


@method(
    "base/v1/gifts/catalog",
    bad_request=Code.RoomQueryParams,
    reply=ShownCatalogue,
    codes=(Code.RoomNotExists, Code.NotInRoom),
)
async def catalog(call: AskCatalog, actor: Actor, tray: GiftTray) -> msgspec.Raw:
    """Return the gifts that can be sent, in the nearest language that each has.

    With ``roomId``, for its members (else 3007): whether gifts may be sent there. Ask again when a price is refused
    with 3009, or every few minutes with ``revision``: then nothing is listed unless something has changed.
    """
    language = read_tag(call.language or actor.tenant.language)
    shown = await tray.shown(actor, RoomId(call.room_id) if call.room_id else None)
    revision = shown.catalogue.revision(shown.turn)
    if not shown.is_open or call.revision == revision:
        return _without_gifts(revision, tray.envelopes, offered=shown.is_open)
    return _written(shown.catalogue, shown.turn, shown.catalogue.nearest(language), tray.envelopes)


def _without_gifts(revision: str, envelopes: EnvelopeSenders, *, offered: bool) -> msgspec.Raw:
    nothing = ShownCatalogue(
        offered=offered, revision=revision, changed=False, gifts=[], categories=[], envelopes=envelopes.value
    )
    return _raw(nothing)


@lru_cache(maxsize=64)
def _written(catalogue: Catalogue, turn: int, language: str, envelopes: EnvelopeSenders) -> msgspec.Raw:
    """Return what is answered to everybody of a language until the catalogue changes."""
    return _raw(
        ShownCatalogue(
            offered=True,
            revision=catalogue.revision(turn),
            changed=True,
            gifts=[_gift(one, language) for one in catalogue.offered(turn)],
            categories=[_category(one, language) for one in catalogue.sorted_categories()],
            envelopes=envelopes.value,
        )
    )


def _raw(shown: ShownCatalogue) -> msgspec.Raw:
    return msgspec.Raw(msgspec.json.encode(shown))


def _gift(one: OfferedGift, language: str) -> ShownGift:
    gift, version = one
    texts = texts_in(language, gift.texts, gift.languages)
    return ShownGift(
        gift_id=gift.id,
        version=version.number,
        price=version.price,
        level=version.level,
        name=texts.name,
        description=texts.description,
        category_id=gift.category,
        icon_url=gift.icon,
        animation_url=gift.animation.url if gift.animation else "",
        animation_kind=gift.animation.kind.value if gift.animation else "",
        receivers=gift.receivers.value,
        until_utc=time_or_empty(gift.until),
        extension=read_extension(gift.extension),
    )


def _category(category: GiftCategory, language: str) -> ShownCategory:
    return ShownCategory(category_id=category.id, name=texts_in(language, category.texts, category.languages).name)
