"""Sending gifts: what one costs its sender and earns whom, decided with the wallet in hand.

Everything here is plain numbers: amounts are whole, shares are rounded down, and what is left over is the platform's.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from hashlib import sha256
from typing import Final, NamedTuple

from liveroom.domain.gifts.catalogue import OfferedGift
from liveroom.domain.gifts.model import GiftVersion
from liveroom.domain.ids import BroadcastId, RoomId, TenantName, UserId
from liveroom.domain.ledger.accounts import AccountId
from liveroom.domain.ledger.journals import JournalId
from liveroom.domain.protection.caps import GivingLimits

COUNT_MAX: Final = 999
"""Of one gift sent at once."""
RECEIVERS_MAX: Final = 9
COMBO_MAX: Final = 40
"""Characters of a combo's id."""
NO_AGENCY: Final = AccountId("")
_WHOLE: Final = 1000


class SentGiftState(StrEnum):
    """What became of a gift."""

    SENT = "sent"
    UNPAID = "unpaid"
    """Its sender had too little: refused for its key for ever."""
    CAPPED = "capped"
    """It was more than its sender might give: refused for its key for ever."""


@dataclass(frozen=True, slots=True)
class GiftOrder:
    """A gift that somebody wants to send: looked at, and not paid yet."""

    tenant: TenantName
    sender: UserId
    receivers: tuple[UserId, ...]
    """Each gets ``count`` of it."""
    room: RoomId
    broadcast: BroadcastId
    offered: OfferedGift
    """The gift, with the version by which it is sold."""
    count: int
    key: str
    """The sender's, of this gift and all attempts at it."""
    digest: str
    """Of what they said."""
    combo: str
    """The id that apps give gifts which follow each other; "": none."""
    category: str
    """The room's."""
    names: Mapping[UserId, tuple[str, str]]
    """Name and picture of sender and receivers."""
    limits: GivingLimits
    """What its sender may give, as far as the operator says it."""
    at: datetime
    battle: str = ""
    """The battle that runs in the room; "": none."""
    charge: "TakenCharge | None" = None
    """The operator's own wallet has paid; None: the sender's wallet here pays."""

    @property
    def coins(self) -> int:
        """Return what it costs altogether."""
        return self.offered.version.price * self.count * len(self.receivers)


class TakenCharge(NamedTuple):
    """What the operator's own wallet has said to have taken for an order."""

    id: str
    """The charge's."""
    balance: int
    receipt: str


class PointShares(NamedTuple):
    """Who gets the points of a gift."""

    host: int = 0
    agency: int = 0
    platform: int = 0

    @property
    def total(self) -> int:
        return self.host + self.agency + self.platform


@dataclass(frozen=True, slots=True)
class SentGift:
    """One gift to one receiver, as it is stored."""

    id: str
    batch: str
    """The journal that moved it; "" for one that was refused."""
    tenant: TenantName
    sender: AccountId
    """The wallet that it was paid from: accounts name users as long as there are."""
    receiver: AccountId
    """The earnings that it went to."""
    attempt: str
    """``attempt_of`` its sender and key."""
    digest: str
    room: RoomId
    broadcast: BroadcastId
    gift: str
    version: int
    count: int
    coins: int
    """What it cost altogether."""
    promo: int
    """How much of that was paid with promotional coins."""
    shares: PointShares
    combo: str
    """``attempt_of`` its sender and the combo's id; "": none."""
    combo_total: int
    """How many were sent in the combo, with this one."""
    state: SentGiftState
    created: datetime
    agency: AccountId = NO_AGENCY
    """What the agency that the receiver was with has earned goes there."""


@dataclass(frozen=True, slots=True)
class GiftReceipt:
    """What came of an order."""

    gifts: Sequence[SentGift]
    """One for each receiver, in their order."""
    purse: "Purse"
    """What the sender has then."""
    is_repeated: bool = False
    """It was sent by an earlier call with this key."""

    @property
    def coins(self) -> int:
        return sum(gift.coins for gift in self.gifts)


class ReceivedSums(NamedTuple):
    """What somebody was sent in a broadcast."""

    gifts: int = 0
    """How many, by their ``count``."""
    coins: int = 0
    senders: int = 0
    """How many different users have sent them."""
    last: str = ""
    """The id of the last one."""


class SettledGifts(NamedTuple):
    """What was sent in a broadcast, in coins."""

    coins: int
    """All of it."""
    untold: int
    """What the room may not know of yet."""


class UsedLot(NamedTuple):
    """What a gift took out of a lot of promotional coins."""

    gift: str
    lot: JournalId
    amount: int


class Purse(NamedTuple):
    """What a sender can pay with."""

    coins: int
    promo: int


def attempt_of(sender: AccountId, key: str) -> str:
    """Return under what the attempts of a sender with one key are found: a text of fixed length, for an index."""
    return sha256(f"{sender}\n{key}".encode()).hexdigest()[:40]


def payment(order: GiftOrder, purse: Purse) -> Sequence[int] | None:
    """Return how many promotional coins pay each receiver's part, the first ones first; None: there is too little.

    An owing wallet pays for nothing, also not with promotional coins.
    """
    each = order.offered.version.price * order.count
    promo = min(purse.promo, each * len(order.receivers))
    if purse.coins < 0 or each * len(order.receivers) - promo > purse.coins:
        return None
    parts = []
    for _ in order.receivers:
        parts.append(min(promo, each))
        promo -= parts[-1]
    return parts


def shares_of(version: GiftVersion, count: int, promo: int, *, has_agency: bool) -> PointShares:
    """Return the points of one receiver's part, of which ``promo`` coins were promotional: those earn nothing."""
    coins = version.price * count
    total = version.points * count * (coins - promo) // coins
    host = total * version.shares.host // _WHOLE
    agency = total * version.shares.agency // _WHOLE if has_agency else 0
    return PointShares(host, agency, total - host - agency)
