"""What the plain model of money keeps of each act, and what is fixed in its tests."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final, NamedTuple

CLEARING: Final = timedelta(hours=1)
"""How long earnings wait."""
LASTS: Final = timedelta(hours=1)
"""How long grants last that expire."""
GRABBED_LAST: Final = timedelta(hours=3)
"""How long coins from envelopes last."""
OPEN: Final = timedelta(seconds=120)
"""How long an envelope is open."""
CLOSES: Final = timedelta(days=30)
"""How long coins of somebody who is gone wait."""
RUNNING_MAX: Final = 3
PERCENT: Final = 45
"""Points for a hundred coins."""
HOST: Final = 500
"""How many of a thousand points are the receiver's."""
SHARE: Final = 300
"""How many are the agency's that the receiver is with."""
NOTICE: Final = timedelta(hours=2)
"""How long somebody who leaves is with the agency still."""
AGENCY: Final = "agency"
"""Whose its points are, where others have a number."""
STAGE: Final = 3
"""The last of those who are on stage; the host is the first of all."""
PRICES: Final = {"heart": (5, 2), "coffee": (10, 4)}
"""Coins and points of the gifts: rounded down."""


class Act(NamedTuple):
    """What somebody does; those fields count that belong to it."""

    what: str
    user: int = 0
    amount: int = 1
    key: str = ""
    by: str = "one"
    """Which operator does it."""
    thing: str = ""
    to: tuple[int, ...] = ()
    combo: str = ""
    parts: int = 1
    expires: datetime | None = None
    gift: str = ""
    """The gift that is taken back."""
    credit: tuple[str, str] = ("", "")
    """The credit that is, by its kind and key."""
    envelope: str = ""
    number: int = 0
    """Which of those that there are it is about."""


class Done(NamedTuple):
    """What the service has said."""

    word: str
    ids: tuple[str, ...] = ()
    """Of what came of it: the journal, the gifts, the envelope, the grab."""
    parts: tuple[int, ...] = ()
    """The coins of each part of an envelope."""
    ends: datetime | None = None
    """Of the envelope, or of somebody's time with the agency."""
    combo: int = 0
    """How many were sent in the combo so far."""

    def for_model(self, act: Act) -> "Done":
        """Return it with ids of nothing where nothing came of it: in another order something might have."""
        ids, rest = ("",) * max(len(act.to), 1), (1,) * (act.parts - 1)
        return self if self.ids else Done(self.word, ids, (act.amount - len(rest), *rest))


class Said(NamedTuple):
    """What a key was used for."""

    words: tuple[object, ...]
    refused: bool = False
    combo: int = 0


@dataclass
class PlainLot:
    """What is left of promotional coins that came together."""

    id: str
    left: int
    expires: datetime | None

    def is_usable(self, now: datetime) -> bool:
        return self.expires is None or self.expires > now


@dataclass
class PlainCredit:
    """What an operator has put into an account."""

    user: int
    account: str
    amount: int
    at: datetime
    id: str
    is_reversed: bool = False


@dataclass
class PlainGift:
    """One gift to one receiver."""

    sender: int
    receiver: int
    coins: int
    promo: int
    host: int
    agency: int
    platform: int
    at: datetime
    uses: list[tuple[PlainLot, int]]
    is_refunded: bool = False

    def moves(self) -> Mapping[tuple[str, int | str], int]:
        """Return what it has moved."""
        return {
            ("wallet", self.sender): self.promo - self.coins,
            ("promo", self.sender): -self.promo,
            ("sales", ""): self.coins,
            ("issue", ""): -self.host - self.agency - self.platform,
            ("earnings", self.receiver): self.host,
            ("earnings", AGENCY): self.agency,
            ("platform", ""): self.platform,
        }


@dataclass
class PlainPayout:
    """Points that are being paid, or were."""

    user: int | str
    points: int
    state: str

    def again(self, user: int | str, points: int) -> str:
        """Return what is answered to whoever asks for it once more."""
        if (self.user, self.points) != (user, points):
            return "KeyReused"
        return "BalanceTooLow" if self.state == "refused" else "repeated"


@dataclass
class PlainEnvelope:
    """A red envelope."""

    sender: int | None
    """None: the operator."""
    parts: tuple[int, ...]
    ends: datetime
    taken: list[int] = field(default_factory=list)
    """Who has which part, in their order."""
    is_over: bool = False

    @property
    def source(self) -> tuple[str, int | str]:
        """Return where its coins come from, and what is left goes back to."""
        return ("grants", "") if self.sender is None else ("wallet", self.sender)
