"""Gifts as clients read them in the events of rooms."""

from typing import Final

import msgspec

from liveroom.domain.gifts.events import GiftTotals
from liveroom.domain.payloads import Counter, Payload

_encode: Final = msgspec.json.Encoder().encode


class GiftSent(Payload):
    """A gift to one receiver."""

    sent_id: str
    """Unique: the same gift, sent again, has another."""
    gift_id: str
    """Which of the catalogue it is."""
    version: int
    """The version of it that was paid for."""
    count: int
    """How many of it, 1 to 999."""
    coins: Counter
    """What they cost together."""
    sender_id: str
    """Who sent it."""
    sender_name: str
    sender_avatar: str
    receiver_id: str
    """Who was given it."""
    receiver_name: str
    name: str | msgspec.UnsetType = msgspec.UNSET
    """Its name in the app's default language; left out if it has none."""
    combo_id: str | msgspec.UnsetType = msgspec.UNSET
    """The combo that it belongs to; left out if to none."""
    combo_total: int | msgspec.UnsetType = msgspec.UNSET
    """How many the combo has with it. Show the highest that was received: events may be left out."""
    late: bool | msgspec.UnsetType = msgspec.UNSET
    """True: it was sent a while ago, and is not worth an animation."""


class MoreGifts(Payload):
    """Gifts that have no event of their own."""

    count: Counter
    """How many."""
    coins: Counter
    """What they cost together."""


class GiftSums(Payload):
    """All gifts of the broadcast."""

    coins: Counter
    """What they cost together."""
    gifts: Counter
    """How many there are."""
    senders: Counter
    """How many different users have sent any."""


def write_more_gifts(count: int, coins: int) -> bytes:
    """Return ``MoreGifts`` as JSON."""
    return _encode(MoreGifts(count=count, coins=coins))


def gift_sums(totals: GiftTotals) -> GiftSums:
    """Return the totals as clients read them."""
    return GiftSums(coins=totals.coins, gifts=totals.gifts, senders=totals.senders)


def write_gift_sums(totals: GiftTotals) -> bytes:
    """Return ``GiftSums`` as JSON."""
    return _encode(gift_sums(totals))


def write_gift(gift: GiftSent) -> bytes:
    """Return it as JSON: what its event carries."""
    return _encode(gift)
