"""``gifts/send``: a gift to a room's owner, or to people on its stage."""

from typing import Annotated, Final

from msgspec import structs

from liveroom.api.codes import Code
from liveroom.api.declare import Data, method
from liveroom.api.envelopes import Page
from liveroom.api.parameters import Id, Many, Request, Text, Whole
from liveroom.api.shapes import Shape
from liveroom.domain.accounts.sessions import Actor
from liveroom.domain.gifts.model import GiftId
from liveroom.domain.gifts.sending import COMBO_MAX, COUNT_MAX, RECEIVERS_MAX
from liveroom.domain.ids import RoomId, UserId
from liveroom.domain.ledger.journals import read_key
from liveroom.domain.payloads import Counter, wire_time
from liveroom.usecases.gifts.listing import ListedGift, SentGifts
from liveroom.usecases.gifts.sending import GiftOutcome, Gifts, WantedGift

PAGE_MAX: Final = 100


class SendGift(Request):
    """``key``: yours, for this gift and all attempts at it; it never lapses. ``count``: how many of it.
    ``receiverIds``: up to nine who are on stage, each gets ``count``; without them the room's owner.
    ``version``: of the price that was shown (``gifts/catalog``). ``comboId``: the same for gifts that follow each
    other.
    """

    room_id: Id
    gift_id: Id
    key: Annotated[str, Text(64)]
    count: Annotated[int, Whole(1, COUNT_MAX)] = 1
    receiver_ids: Annotated[tuple[str, ...], Many(RECEIVERS_MAX, separator=",")] = ()
    version: Annotated[int, Whole(1, 2**31 - 1)] | None = None
    combo_id: Annotated[str, Text(COMBO_MAX)] = ""


class SentGiftObject(Shape):
    """What came of it."""

    sent_ids: list[str]
    """One for each receiver, in their order: the ``sentId`` of their events."""
    coins: Counter
    """What it cost altogether."""
    combo_total: int
    """How many were sent in the combo so far."""
    balance: Counter
    """Bought coins that are left."""
    promo_balance: Counter
    """Promotional coins that are left."""
    published: bool
    """The room has been told; else it will be within seconds."""
    repeated: bool
    """An earlier call with this key has sent it: nothing was paid now."""


@method(
    "base/v1/gifts/send",
    bad_request=Code.RoomQueryParams,
    reply=SentGiftObject,
    codes=(
        Code.RoomNotExists,
        Code.NotInRoom,
        Code.UserNotExists,
        Code.PermissionDenied,
        Code.RateLimited,
        Code.StaleVersion,
        Code.GiftNotOffered,
        Code.KeyReused,
        Code.BalanceTooLow,
        Code.AccountFrozen,
        Code.ChargeOpen,
        Code.ChargeReversed,
        Code.AdultsOnly,
        Code.CannotReceive,
        Code.QuotaExceeded,
    ),
)
async def send(call: SendGift, actor: Actor, gifts: Gifts) -> SentGiftObject:
    """Send a gift and pay for it, once for each key: repeat a call that broke off with the same key.

    Promotional coins are spent first, and earn the receiver nothing. The room receives ``gift.sent``, one event for
    each receiver. Too few coins (3051) is final for the key: after buying some, take a new one; so is more than the
    caller may give (3005, which says what is left; ``wallet/caps``). A price that changed more than a minute ago: 3009,
    with the new one in ``data``. 3000: the operator's server refuses it. Sender not known as an adult: 3084; a receiver
    who gets no gifts: 3085.
    """
    wanted = WantedGift(
        room=RoomId(call.room_id),
        gift=GiftId(call.gift_id),
        key=read_key(call.key),
        count=call.count,
        receivers=tuple(map(UserId, call.receiver_ids)),
        version=call.version,
        combo=call.combo_id,
    )
    return _shown(await gifts.send(actor, wanted))


def _shown(outcome: GiftOutcome) -> SentGiftObject:
    receipt = outcome.receipt
    return SentGiftObject(
        sent_ids=[gift.id for gift in receipt.gifts],
        coins=receipt.coins,
        combo_total=receipt.gifts[0].combo_total,
        balance=receipt.purse.coins,
        promo_balance=receipt.purse.promo,
        published=outcome.is_published,
        repeated=receipt.is_repeated,
    )


class ListedGiftObject(Shape):
    """A gift that was sent."""

    sent_id: str
    """Of this sending: another for each receiver."""
    gift_id: str
    """Which of the catalogue it is."""
    version: int
    count: int
    coins: Counter
    """What it cost altogether."""
    points: Counter
    """What its receiver has earned by it; 0 for others than them and operators."""
    sender_id: str
    sender_name: str
    """Empty: the account is gone."""
    receiver_id: str
    receiver_name: str
    room_id: str
    time_utc: str


class GiftsOfRoom(Request):
    """``cursor``: the ``nextCursor`` of the previous page."""

    room_id: Id
    cursor: Id = ""
    limit: Annotated[int, Whole(1, PAGE_MAX)] = 50


@method(
    "base/v1/gifts/list",
    bad_request=Code.RoomQueryParams,
    reply=list[ListedGiftObject],
    data=Data.LIST,
    codes=(Code.RoomNotExists, Code.NotInRoom),
)
async def list_sent(call: GiftsOfRoom, actor: Actor, sent_gifts: SentGifts) -> Page:
    """List the gifts of the running broadcast, newest first, also those that had no event of their own."""
    room = RoomId(call.room_id)
    found, cursor = await sent_gifts.in_room(actor, room, cursor=call.cursor, limit=call.limit)
    return Page.of([_without_points(one, actor) for one in found], cursor)


class OwnGifts(Request):
    """``cursor``: the ``nextCursor`` of the previous page."""

    cursor: Id = ""
    limit: Annotated[int, Whole(1, PAGE_MAX)] = 50


@method("base/v1/gifts/received", bad_request=Code.RoomQueryParams, reply=list[ListedGiftObject], data=Data.LIST)
async def received(call: OwnGifts, actor: Actor, sent_gifts: SentGifts) -> Page:
    """List what the caller was sent, in all rooms, newest first."""
    found, cursor = await sent_gifts.received(actor.tenant.name, actor.user, cursor=call.cursor, limit=call.limit)
    return Page.of(list(map(listed, found)), cursor)


def listed(one: ListedGift) -> ListedGiftObject:
    """Return a gift that was sent, as its receiver and operators see it."""
    gift = one.gift
    return ListedGiftObject(
        sent_id=gift.id,
        gift_id=gift.gift,
        version=gift.version,
        count=gift.count,
        coins=gift.coins,
        points=gift.shares.host,
        sender_id=one.sender,
        sender_name=one.names[0],
        receiver_id=one.receiver,
        receiver_name=one.names[1],
        room_id=gift.room,
        time_utc=wire_time(gift.created),
    )


def _without_points(one: ListedGift, actor: Actor) -> ListedGiftObject:
    """Return a gift as members of its room see it: what somebody earns is theirs to know."""
    shown = listed(one)
    return shown if one.receiver == actor.user else structs.replace(shown, points=0)
